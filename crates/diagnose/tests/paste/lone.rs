//! What one line is enough for: a reason that it names, or how far it shows that the tunnel came.

use diagnose::paste::read;

use super::tells;

const REASONS: &str = r#"
ike 0:gw:12: PSK authentication failed
=> ? ? stalled/none ?|? [psk-mismatch!1]

05[CFG] <1> no peer config found
=> ? ? stalled/none ?|? [identity-mismatch!1]

"c" #1: initial Aggressive Mode message from 192.0.2.9 but no (wildcard) connection has been configured
=> ? ? stalled/none ?|? [aggressive-mode-disabled!1 missing-tunnel-group? xauth-missing? identity-mismatch?]

05[IKE] <1> Aggressive Mode PSK disabled for security reasons
=> ? ? stalled/none ?|? [aggressive-mode-disabled!1 xauth-missing? missing-tunnel-group? identity-mismatch?]

%ASA-7-710005: UDP request discarded from 192.0.2.9/500 to outside:198.51.100.1/500
=> ? ? stalled/none ?|? [ike-disabled!1]

%ASA-3-713042: IKE Initiator unable to find policy: Intf inside, Src: 10.1.0.1, Dst: 10.2.0.1
=> ? ? stalled/none ?|? [wrong-peer-address!1]

05[NET] <gw|1> error writing to socket: Network is unreachable
=> ? ? stalled/none ?|? [no-route!1]

"c" #1: ERROR: asynchronous network error report on eth0 (192.0.2.1:500), complainant 192.0.2.9: Connection refused [errno 111, origin ICMP type 3 code 3 (not authenticated)]
=> ? ? stalled/none ?|? [port-closed!1]

05[ENC] <gw|1> parsed IKE_SA_INIT response 0 [ N(NO_PROP) ]
=> ? ? stalled/none ?|? [ike-version!1]

%ASA-3-713127: Group = g, IP = 192.0.2.9, Xauth required but selected Proposal does not support xauth, Check priorities of ike xauth proposals in ike proposal list
=> ? ? stalled/none ?|? [xauth-missing!1 identity-mismatch?]

05[IKE] <gw|1> XAuth authentication of 'carol' failed
=> ? ? established/none ?|? [xauth-failed!1]

05[IKE] <gw|1> no trusted RSA public key found for 'moon'
=> ? ? stalled/none ?|? [certificate!1]

%ASA-3-713123: Group = 192.0.2.9, IP = 192.0.2.9, IKE lost contact with remote peer, deleting connection (keepalive type: DPD)
=> ? ? deleted/none ?|? [peer-lost!1]

05[IKE] <gw|1> calculated HASH does not match HASH payload
=> ? ? stalled/none ?|? [psk-mismatch!1]

05[CFG] <1> found 1 matching config, but none allows pre-shared key authentication using Aggressive Mode
=> ? ? stalled/none ?|? [aggressive-mode-disabled!1 xauth-missing? missing-tunnel-group? identity-mismatch?]

05[CFG] <1> found 1 matching config, but none allows XAuthInitPSK authentication using Aggressive Mode
=> ? ? stalled/none ?|? [xauth-missing!1 identity-mismatch?]

05[CFG] <1> found 1 matching config, but none allows XAuthInitPSK authentication using Main Mode
=> ? ? stalled/none ?|? [xauth-missing!1 identity-mismatch?]

"c" #1: dropping packet with mangled IKE header
=> ? ? stalled/none ?|? [message-corrupted=1]

05[ENC] <1> invalid DH public value size (192 bytes) for MODP_2048
=> ? ? stalled/none ?|? [policy-mismatch!1]

%ASA-3-713138: Group = 192.0.2.9, IP = 192.0.2.9, Group 192.0.2.9 not found and BASE GROUP default preshared key not configured
=> ? ? stalled/none ?|? [missing-tunnel-group!1 missing-psk?]

05[IKE] <1> no IKE config found for 198.51.100.1...192.0.2.9, sending NO_PROPOSAL_CHOSEN
=> ? ? stalled/none ?|? [missing-tunnel-group!1 ike-version? xauth-missing?]

ISAKMP:(0):No pre-shared key with 192.0.2.9!
=> ? ? stalled/none ?|? [missing-psk!1 missing-tunnel-group?]

05[IKE] <1> no shared key found for '198.51.100.1'[198.51.100.1] - '192.0.2.9'[192.0.2.9]
=> ? ? stalled/none ?|? [missing-psk!1]

current_peer 192.0.2.9 port 500
    #send errors 0, #recv errors 0
     current outbound spi: 0x0(0)
=> ? ? none/none ?|? [] no-sa

"c" #1: Peer ID '@sun' mismatched on first found connection and no better connection found
=> ? ? stalled/none ?|? [identity-mismatch!1]

06[IKE] <1> no proposal found
06[IKE] <1> no proposal found
06[IKE] <1> no proposal found
06[IKE] <1> no proposal found
06[IKE] <1> no proposal found
06[IKE] <1> no proposal found
06[IKE] <1> no proposal found
06[IKE] <1> no proposal found
=> ? ? stalled/none ?|? [policy-mismatch!1+2+3+4+5+6]

Couldn't find configuration for IKE phase-1 request for peer IP 192.0.2.9[500].
=> ? ? stalled/none ?|? [missing-tunnel-group!1 ike-version? xauth-missing?]

%ASA-3-713138: Group = 203.0.113.1 not found
=> ? ? stalled/none ?|? [missing-tunnel-group!1 missing-psk?]

"c" #1: X509: CERT payload bogus or revoked
=> ? ? stalled/none ?|? [certificate!1]
"#;

/// Each line that names its reason, and what else may be behind it.
#[test]
fn one_line_names_the_reason() {
    tells(REASONS);
}

const STEPS: &str = r#"
05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
=> initiator main unknown/none ?|? []

198.51.100.1    192.0.2.1       MM_KEY_EXCH       1002 ACTIVE
=> ? main stalled/none ?|? [psk-mismatch?1 identity-mismatch?1 message-lost?1 message-late?1 message-corrupted?1 +1] shows 1 supposed

198.51.100.1    192.0.2.1       CONF_XAUTH        1002 ACTIVE
=> ? ? established/none ?|? [] shows 1 xauth xauth-waits

06[IKE] <1> no proposal found
=> ? ? stalled/none ?|? [policy-mismatch!1]

"c" #2: IPsec SA established tunnel mode
=> ? ? established/established ?|? [] shows 1 healthy

%ASA-3-713902: Group = g, IP = 192.0.2.9, QM FSM error (P2 struct &0x1, mess id 0x2)!
=> ? ? established/refused ?|? [proxy-mismatch?1 transform-mismatch?1 pfs-mismatch?1 crypto-map-incomplete?1] shows 1

05[ENC] <gw|1> parsed IKE_SA_INIT request 0 [ SA KE No ]
=> ? ? none/none ?|? [] shows 1 ikev2

05[IKE] <gw|1> sending DPD request
=> ? ? none/none ?|? [] shows 1

ISAKMP:(0):Hash algorithm offered does not match policy!
=> ? ? stalled/none ?|? [policy-mismatch!1]

ISAKMP:(1001): Need XAUTH
=> ? ? established/none ?|? [] shows 1 xauth xauth-waits

#pkts encaps: 0, #pkts encrypt: 0, #pkts digest: 0
=> ? ? none/none ?|? []

#pkts encaps: 3, #pkts encrypt: 3, #pkts digest: 3
=> ? ? established/established ?|? [] healthy

gw: #2, CONNECTING, IKEv1, 1111111111111111_i 2222222222222222_r
=> ? ? stalled/none ?|? [no-tunnel?1] shows 1

There are no IKEv1 SAs
=> ? ? none/none ?|? [] no-sa

05[IKE] <gw|1> deleting IKE_SA gw[1] between 198.51.100.1[a]...192.0.2.9[b]
=> ? ? none/none ?|? [] shows 1

07[IKE] <gw|1> received DELETE for IKE_SA gw[1]
=> ? ? none/none ?|? [] shows 1

Session status: DOWN-NEGOTIATING
Peer: 192.0.2.9 port 500
=> ? ? stalled/none ?|? [no-tunnel?2] shows 2

Session status: UP-NO-IKE
Peer: 192.0.2.9 port 500
=> ? ? deleted/established ?|? [] shows 2 no-ike healthy

Session status: UP-IDLE
Peer: 192.0.2.9 port 500
=> ? ? established/none ?|? [] shows 2 healthy

Session status: DOWN
Peer: 192.0.2.9 port 500
=> ? ? none/none ?|? [] no-sa

07[IKE] <gw|1> no matching CHILD_SA config found for 10.1.0.0/16 === 10.2.0.0/16
=> ? ? established/refused ?|? [proxy-mismatch!1 transform-mismatch?1] shows 1

ISAKMP:(1001): Need XAUTH
ISAKMP:(1001):no offers accepted!
=> ? ? stalled/none ?|? [policy-mismatch!2] shows 1 xauth xauth-waits

05[IKE] <gw|1> giving up after 5 retransmits
=> ? ? stalled/none ?|? [] shows 1

ISAKMP:(1001):phase 1 packet is a duplicate of a previous packet.
=> ? ? stalled/none ?|? [] shows 1

5[IKE] <gw|1> peer not responding, trying again (2/3)
=> ? ? stalled/none ?|? [] shows 1

current_peer 192.0.2.9 port 500
    #send errors 3, #recv errors 0
     current outbound spi: 0x0(0)
=> ? ? none/none ?|? [no-tunnel=2] no-sa

gw[1]: DELETING, 192.0.2.1[moon]...198.51.100.1[sun]
gw[1]: IKEv1 SPIs: 2ab3c4d5e6f70819_i 9988776655443322_r*
=> responder ? unknown/none ?|? []

gw: #1, DELETING, IKEv1, 2a4b1f0c9d8e7f60_i* 3c5d7e9f0a1b2c3d_r
=> initiator ? deleted/none NONE|? [] shows 1 healthy

gw: #1, REKEYED, IKEv1, 2a4b1f0c9d8e7f60_i* 3c5d7e9f0a1b2c3d_r
=> initiator ? established/none MM_ACTIVE|? [] shows 1 healthy

gw: #1, REKEYING, IKEv1, 2a4b1f0c9d8e7f60_i* 3c5d7e9f0a1b2c3d_r
=> initiator ? established/none MM_ACTIVE|? [] shows 1 healthy

gw: #1, ESTABLISHED, IKEv2, 2a4b1f0c9d8e7f60_i* 3c5d7e9f0a1b2c3d_r
=> ? ? none/none ?|? [] shows 1 ikev2

%ASA-6-602304: IPSEC: An outbound LAN-to-LAN SA (SPI= 0x1) between 192.0.2.1 and 192.0.2.9 (user= u) has been deleted.
=> ? ? none/none ?|? [] shows 1

05[IKE] <gw|1> initiating Aggressive Mode IKE_SA gw[1] to 192.0.2.9
05[ENC] <gw|1> generating AGGRESSIVE request 0 [ HASH NAT-D NAT-D ]
gw: #1, CONNECTING, IKEv1, 1111111111111111_i* 2222222222222222_r
=> initiator aggressive stalled/none AM_WAIT_MSG4|? [] shows 3

IKE MM Initiator FSM error history (struct &0xd8)  <state>, <event>:  MM_DONE, EV_ERROR-->MM_WAIT_MSG6, EV_RETRY
=> initiator main stalled/none MM_WAIT_MSG6|MM_WAIT_MSG5 [psk-mismatch?1 identity-mismatch?1 message-lost?1 message-late?1 message-corrupted?1 +1] shows 1 supposed

*Mar  1 00:01:02.003: ISAKMP:(0): retransmitting phase 1 MM_KEY_EXCH...
=> ? main stalled/none ?|? [psk-mismatch?1 identity-mismatch?1 message-lost?1 message-late?1 message-corrupted?1 +1] shows 1 supposed

pluto[9]: "peer" #1: STATE_MAIN_I2: retransmission; will wait 0.5 seconds for response
=> initiator main stalled/none MM_WAIT_MSG4|NONE [missing-tunnel-group?1 missing-psk?1 message-lost?1 message-late?1 message-corrupted?1 +1] shows 1 supposed

05[IKE] initiating Main Mode IKE_SA gw[1] to 192.0.2.9
07[IKE] giving up after 5 retransmits
=> initiator main stalled/none ?|NONE [no-route?2 missing-tunnel-group?2 port-500-blocked?2 wrong-peer-address?2 ike-disabled?2 +6] shows 2 supposed

%ASA-4-402119: IPSEC: Received an ESP packet (SPI= 0x1) from 192.0.2.9 (user= x) to 192.0.2.2 that failed anti-replay checking.
=> ? ? none/none ?|? [] shows 1

198.51.100.1    192.0.2.1       QM_IDLE           1002 ACTIVE
=> ? ? established/none ?|? [] shows 1 healthy
"#;

/// A line that names no reason may still show how far it came, or that something waits.
#[test]
fn a_line_shows_how_far_it_came() {
    tells(STEPS);
}

/// An address, a list of proposals, an identity, the beginning of a child: of these alone nothing is told.
#[test]
fn what_tells_nothing_is_no_story() {
    for text in [
        "05[NET] <gw|1> received packet: from 192.0.2.9[500] to 198.51.100.1[500] (180 bytes)",
        "05[CFG] <1> configured proposals: IKE:AES_CBC_128/HMAC_SHA1_96/PRF_HMAC_SHA1/MODP_4096",
        "05[CFG] <1> looking for pre-shared key peer configs matching 198.51.100.1...192.0.2.9[b]",
        "\"c\" #2: initiating Quick Mode IKEv1+PSK+ENCRYPT+TUNNEL",
        "ISAKMP-ERROR: (0):Failed to find peer index node to update peer_info_list",
        "current_peer 192.0.2.9 port 500\n    #send errors 3, #recv errors 0",
    ] {
        let paste = read(&[text]);
        assert_eq!(
            (paste.stories, paste.unknown, paste.total),
            (vec![], vec![], text.lines().count()),
            "{text}"
        );
    }
}
