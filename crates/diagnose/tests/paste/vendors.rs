//! What the lines of one device say in its own way: its states, what it sends again, its notifies, its children.

use super::tells;

const CHARON: &str = "
05[IKE] <gw|1> sending retransmit 1 of request message ID 0, seq 1
=> initiator ? stalled/none MM_WAIT_MSG2|NONE [no-route?1 missing-tunnel-group?1 port-500-blocked?1 wrong-peer-address?1 ike-disabled?1 +6] shows 1 supposed

05[IKE] <gw|1> sending retransmit 1 of response message ID 0, seq 1
=> responder ? stalled/none MM_WAIT_MSG2|MM_WAIT_MSG3 [no-route?1 port-500-blocked?1 message-lost?1 message-late?1 message-corrupted?1 +1] shows 1 supposed

05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
05[ENC] <gw|1> generating ID_PROT request 0 [ SA V V ]
05[ENC] <gw|1> generating ID_PROT request 0 [ SA V V ]
gw: #1, CONNECTING, IKEv1, 1111111111111111_i* 0000000000000000_r
=> initiator main stalled/none MM_WAIT_MSG2|NONE [no-route?2 missing-tunnel-group?2 port-500-blocked?2 wrong-peer-address?2 ike-disabled?2 +6] shows 4 supposed

05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
05[ENC] <gw|1> generating ID_PROT request 0 [ SA V V ]
05[ENC] <gw|1> parsed INFORMATIONAL_V1 request 7 [ HASH ]
06[IKE] <gw|1> sending retransmit 1 of request message ID 0, seq 1
=> initiator main stalled/none MM_WAIT_MSG2|NONE [no-route?4 missing-tunnel-group?4 port-500-blocked?4 wrong-peer-address?4 ike-disabled?4 +6] shows 4 supposed

05[IKE] <gw|1> initiating Aggressive Mode IKE_SA gw[1] to 192.0.2.9
gw: #1, CONNECTING, IKEv1, 1111111111111111_i* 2222222222222222_r
=> initiator aggressive stalled/none ?|NONE [missing-tunnel-group?2 missing-psk?2 ike-disabled?2 aggressive-mode-disabled?2 wrong-peer-address?2 +8] shows 2 supposed

06[IKE] <gw|1> 192.0.2.9 is initiating a Aggressive Mode IKE_SA
gw: #1, CONNECTING, IKEv1, 1111111111111111_i 2222222222222222_r*
=> responder aggressive stalled/none NONE|? [psk-mismatch?2 no-route?2 port-500-blocked?2 message-lost?2 message-late?2 +2] shows 2 supposed

05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
07[IKE] <gw|1> received retransmit of response with ID 0, but next request already sent
=> initiator main stalled/none ?|MM_WAIT_MSG5 [psk-mismatch? identity-mismatch? message-lost? message-late? message-corrupted? +1] shows 2 supposed

05[IKE] <gw|1> initiating Aggressive Mode IKE_SA gw[1] to 192.0.2.9
07[IKE] <gw|1> received retransmit of response with ID 0, but next request already sent
=> initiator aggressive stalled/none ?|NONE [missing-tunnel-group? missing-psk? ike-disabled? aggressive-mode-disabled? wrong-peer-address? +7] shows 2 supposed

06[IKE] <gw|1> 192.0.2.9 is initiating a Aggressive Mode IKE_SA
05[IKE] <gw|1> remote host is behind NAT
07[IKE] <gw|1> received retransmit of request with ID 0, retransmitting response
=> responder aggressive stalled/none NONE|AM_WAIT_MSG3 [psk-mismatch? identity-mismatch? no-route? port-500-blocked? message-lost? +3] shows 3 supposed

06[IKE] <gw|1> 192.0.2.9 is initiating a Main Mode IKE_SA
07[IKE] <gw|1> received retransmit of request with ID 0, retransmitting response
=> responder main stalled/none MM_WAIT_MSG2|? [no-route? port-500-blocked? message-lost? message-late? message-corrupted? +1] shows 2 supposed

06[IKE] <gw|1> IKE_SA gw[1] established between 198.51.100.1[a]...192.0.2.9[b]
06[IKE] <gw|1> CHILD_SA n{1} established with SPIs c1_i c2_o and TS 10.1.0.0/24 === 10.2.0.0/24
05[ENC] <gw|1> generating QUICK_MODE request 9 [ HASH SA No ID ID ]
07[ENC] <gw|1> parsed INFORMATIONAL_V1 request 7 [ HASH N(NO_PROP) ]
=> ? ? established/refused ?|? [transform-mismatch?4 pfs-mismatch?4 proxy-mismatch?4] shows 1+2+4

06[IKE] <gw|1> IKE_SA gw[1] established between 198.51.100.1[a]...192.0.2.9[b]
05[ENC] <gw|1> generating QUICK_MODE request 9 [ HASH SA No ID ID ]
06[IKE] <gw|1> CHILD_SA n{1} established with SPIs c1_i c2_o and TS 10.1.0.0/24 === 10.2.0.0/24
06[IKE] <gw|1> sending retransmit 1 of request message ID 9, seq 4
06[IKE] <gw|1> sending retransmit 1 of request message ID 9, seq 4
06[IKE] <gw|1> sending retransmit 1 of request message ID 9, seq 4
=> ? ? established/established ?|? [] shows 1+3+4 healthy

05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
05[ENC] <gw|1> generating ID_PROT request 0 [ ID HASH ]
05[ENC] <gw|1> invalid ID_V1 payload length, decryption failed?
=> initiator main stalled/none MM_WAIT_MSG6|MM_WAIT_MSG5 [psk-mismatch?3 identity-mismatch?3 message-lost?2 message-late?2 message-corrupted?2 +1] shows 2 supposed

05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
05[ENC] <gw|1> generating ID_PROT request 0 [ ID HASH ]
05[IKE] <gw|1> calculated HASH does not match HASH payload
=> initiator main stalled/none MM_WAIT_MSG6|MM_WAIT_MSG5 [message-corrupted=3 psk-mismatch?2 identity-mismatch?2 message-lost?2 message-late?2 +1] shows 2 supposed

05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
05[ENC] <gw|1> generating ID_PROT request 0 [ KE No NAT-D NAT-D ]
05[IKE] <gw|1> calculated HASH does not match HASH payload
=> initiator main stalled/none MM_WAIT_MSG4|? [psk-mismatch!3] shows 2

06[IKE] <gw|1> 192.0.2.9 is initiating a Main Mode IKE_SA
05[ENC] <gw|1> parsed ID_PROT request 0 [ ID HASH ]
05[IKE] <gw|1> calculated HASH does not match HASH payload
=> responder main stalled/none ?|NONE [psk-mismatch!3] shows 2

05[CFG] <1> found 1 matching config, but none allows pre-shared key authentication using Main Mode
=> ? ? stalled/none ?|? [xauth-missing!1 identity-mismatch?]

05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
05[IKE] <gw|1> XAuth authentication of 'carol' (myself) successful
=> initiator main established/none MM_ACTIVE|? [] shows 2 xauth healthy
";

/// charon's lines: what is sent again or comes again tells how far it came.
#[test]
fn lines_of_charon() {
    tells(CHARON);
}

const ROUTER: &str = r#"
ISAKMP:(1001):Old State = IKE_R_MM2  New State = IKE_R_MM3
ISAKMP: (1001):retransmitting phase 1 MM_KEY_EXCH...
=> responder main stalled/none MM_WAIT_MSG6|MM_WAIT_MSG5 [psk-mismatch?2 message-lost?2 message-late?2 message-corrupted?2 peer-down?2] shows 2 supposed

ISAKMP:(1001):Old State = IKE_READY  New State = IKE_I_MM1
=> initiator main unknown/none MM_WAIT_MSG2|? [] shows 1

ISAKMP:(1001):Old State = IKE_R_MM1  New State = IKE_R_MM2
=> responder main unknown/none ?|MM_WAIT_MSG3 [] shows 1

ISAKMP-PAK: (1001):received packet from 192.0.2.9 dport 500 sport 500 Global (R) MM_SA_SETUP
ISAKMP-PAK: (1001):sending packet to 192.0.2.9 my_port 500 peer_port 500 (R) MM_KEY_EXCH
ISAKMP-PAK: (1001):received packet from 192.0.2.9 dport 500 sport 500 Global (R) MM_KEY_EXCH
ISAKMP-PAK: (1001):sending packet to 192.0.2.9 my_port 500 peer_port 500 (R) MM_KEY_EXCH
=> responder main unknown/none ?|? [] shows 4

ISAKMP:(1001):deleting SA reason "Death by retransmission P1" state (R) MM_KEY_EXCH (peer 192.0.2.9)
=> responder main stalled/none MM_WAIT_MSG6|MM_WAIT_MSG5 [psk-mismatch?1 message-lost?1 message-late?1 message-corrupted?1 peer-down?1] shows 1 supposed

ISAKMP:(1001):deleting SA reason "Death by retransmission P1" state (I) MM_KEY_EXCH (peer 192.0.2.9)
=> initiator main stalled/none MM_WAIT_MSG6|MM_WAIT_MSG5 [psk-mismatch?1 identity-mismatch?1 message-lost?1 message-late?1 message-corrupted?1 +1] shows 1 supposed

ISAKMP:(1001):deleting SA reason "Death by retransmission P1" state (I) MM_NO_STATE (peer 192.0.2.9)
=> initiator main stalled/none MM_WAIT_MSG2|NONE [policy-mismatch?1 no-route?1 port-500-blocked?1 wrong-peer-address?1 ike-disabled?1 +7] shows 1 supposed

ISAKMP:(1001):Old State = IKE_I_MM6  New State = IKE_P1_COMPLETE
ISAKMP:(1001): processing NOTIFY PROPOSAL_NOT_CHOSEN protocol 3
=> ? ? established/refused ?|? [proxy-mismatch?2 transform-mismatch?2 pfs-mismatch?2 crypto-map-incomplete?2] shows 1+2

ISAKMP:(1001): processing NOTIFY INVALID_ID_INFO protocol 3
=> ? ? established/refused ?|? [proxy-mismatch!1 crypto-map-incomplete?1] shows 1

ISAKMP:(1001): processing NOTIFY INVALID_ID_INFO protocol 1
=> ? ? stalled/none ?|? [identity-mismatch=1]

ISAKMP:(1001): processing NOTIFY PROPOSAL_NOT_CHOSEN protocol 1
=> ? ? stalled/none ?|? [policy-mismatch=1 ike-version?1 missing-tunnel-group?1]

ISAKMP:(1001): processing NOTIFY INITIAL_CONTACT protocol 1

ISAKMP:(1001):Old State = IKE_I_MM6  New State = IKE_P1_COMPLETE
ISAKMP:(1001):retransmitting phase 2 QM_IDLE       7 ...
=> ? ? established/stalled ?|? [message-lost?2 proxy-mismatch?2 transform-mismatch?2 pfs-mismatch?2 crypto-map-incomplete?2] shows 1+2

ISAKMP:(1001):Old State = IKE_I_MM6  New State = IKE_P1_COMPLETE
ISAKMP:(1001):beginning Quick Mode exchange, M-ID of 7
ISAKMP:(1001):Old State = IKE_QM_I_QM1  New State = IKE_QM_PHASE2_COMPLETE
ISAKMP:(1001):retransmitting phase 2 QM_IDLE       7 ...
ISAKMP:(1001):retransmitting phase 2 QM_IDLE       7 ...
ISAKMP:(1001):retransmitting phase 2 QM_IDLE       7 ...
=> ? ? established/established ?|? [message-lost?6] shows 1+3

ISAKMP:(1001):Old State = IKE_I_MM6  New State = IKE_P1_COMPLETE
ISAKMP:(1001):Old State = IKE_QM_I_QM1  New State = IKE_QM_PHASE2_COMPLETE
ISAKMP:(1001):beginning Quick Mode exchange, M-ID of 8
ISAKMP:(1001):retransmitting phase 2 QM_IDLE       8 ...
ISAKMP:(1001):retransmitting phase 2 QM_IDLE       8 ...
ISAKMP:(1001):retransmitting phase 2 QM_IDLE       8 ...
=> ? ? established/established ?|? [] shows 1+2+4 healthy

ISAKMP:(1001):Old State = IKE_P1_COMPLETE  New State = IKE_XAUTH_REQ_SENT
=> ? ? established/none ?|? [] shows 1 xauth xauth-waits

ISAKMP:(1001):Old State = IKE_I_MM6  New State = IKE_P1_COMPLETE
ISAKMP:(1001): Need XAUTH
ISAKMP:(1001):Old State = IKE_XAUTH_SET_SENT  New State = IKE_P1_COMPLETE
=> ? ? established/none ?|? [] shows 1+3 xauth healthy

ISAKMP:(1001): processing NOTIFY ATTRIBUTES_NOT_SUPPORTED protocol 3
=> ? ? established/refused ?|? [proxy-mismatch?1 transform-mismatch?1 pfs-mismatch?1 crypto-map-incomplete?1] shows 1
"#;

/// A router's: its own machine, its packets and its notifies.
#[test]
fn lines_of_a_router() {
    tells(ROUTER);
}

const ASA: &str = "
%ASA-7-715065: IP = 192.0.2.9, IKE MM Initiator FSM error history (struct &0x1)  <state>, <event>:  MM_DONE, EV_ERROR-->MM_WAIT_MSG2, EV_RETRY-->MM_WAIT_MSG2, EV_TIMEOUT
=> initiator main stalled/none MM_WAIT_MSG2|NONE [policy-mismatch?1 no-route?1 port-500-blocked?1 wrong-peer-address?1 ike-disabled?1 +7] shows 1 supposed

%ASA-7-715065: IP = 192.0.2.9, IKE MM Responder FSM error history (struct &0x1)  <state>, <event>:  MM_DONE, EV_ERROR-->MM_WAIT_MSG5, EV_RETRY-->MM_WAIT_MSG5, EV_TIMEOUT
=> responder main stalled/none MM_WAIT_MSG6|MM_WAIT_MSG5 [psk-mismatch?1 message-lost?1 message-late?1 message-corrupted?1 peer-down?1] shows 1 supposed

1   IKE Peer: 192.0.2.9
    Type    : user            Role    : responder
    Rekey   : no              State   : AM_TM_INIT_XAUTH_V6H
=> responder ? established/none ?|MM_ACTIVE [] shows 3 xauth xauth-waits

1   IKE Peer: 192.0.2.9
    Type    : L2L             Role    : initiator
    Rekey   : no              State   : MM_ACTIVE_REKEY
=> initiator main established/none MM_ACTIVE|? [] shows 3 healthy

%ASA-5-713119: Group = 192.0.2.9, IP = 192.0.2.9, PHASE 1 COMPLETED
%ASA-5-713049: Group = 192.0.2.9, IP = 192.0.2.9, Security negotiation complete for LAN-to-LAN Group (192.0.2.9)  Initiator, Inbound SPI = 0x00ab12, Outbound SPI = 0x2
%ASA-5-713120: Group = 192.0.2.9, IP = 192.0.2.9, PHASE 2 COMPLETED (msgid=7)
%ASA-6-602304: IPSEC: An inbound LAN-to-LAN SA (SPI= 0xAB12) between 192.0.2.1 and 192.0.2.9 (user= 192.0.2.9) has been deleted.
=> ? ? established/established ?|? [deleted=4] shows 1+3+4

%ASA-5-713119: Group = 192.0.2.9, IP = 192.0.2.9, PHASE 1 COMPLETED
%ASA-5-713049: Group = 192.0.2.9, IP = 192.0.2.9, Security negotiation complete for LAN-to-LAN Group (192.0.2.9)  Initiator, Inbound SPI = 0x00ab12, Outbound SPI = 0x2
%ASA-6-602304: IPSEC: An inbound LAN-to-LAN SA (SPI= 0x1) between 192.0.2.1 and 192.0.2.9 (user= 192.0.2.9) has been deleted.
=> ? ? established/established ?|? [] shows 1+2+3 healthy

%ASA-5-713120: Group = 192.0.2.9, IP = 192.0.2.9, PHASE 2 COMPLETED (msgid=7)
%ASA-6-602304: IPSEC: An inbound LAN-to-LAN SA (SPI= 0x1) between 192.0.2.1 and 192.0.2.9 (user= 192.0.2.9) has been deleted.
=> ? ? established/established ?|? [] shows 1+2 healthy
";

/// An ASA's: its history, its session database and the SPIs of its children.
#[test]
fn lines_of_an_asa() {
    tells(ASA);
}

const PLUTO: &str = r#"
"c" #1: initiating IKEv1 Main Mode connection
"c" #1: sent Main Mode I2
"c" #1: next payload type of ISAKMP Key Exchange Payload has an unknown value: 77
"c" #1: malformed payload in packet
=> initiator main stalled/none MM_WAIT_MSG4|MM_WAIT_MSG3 [message-corrupted=3 missing-tunnel-group?2 missing-psk?2 message-lost?2 message-late?2 +1] shows 2 supposed

"c" #1: initiating IKEv1 Main Mode connection
"c" #1: sent Main Mode I2
"c" #1: next payload type of ISAKMP Identification Payload has an unknown value: 77
"c" #1: malformed payload in packet
=> initiator main stalled/none MM_WAIT_MSG4|? [psk-mismatch=3+4 identity-mismatch?3 missing-tunnel-group?2 missing-psk?2 message-lost?2 +3] shows 2

"c" #1: responding to Main Mode from unknown peer 192.0.2.9:500
"c" #1: sent Main Mode R2
"c" #1: next payload type of ISAKMP Nonce Payload has an unknown value: 77
=> responder main stalled/none MM_WAIT_MSG6|MM_WAIT_MSG5 [psk-mismatch=3 message-lost?2 message-late?2 message-corrupted?2 peer-down?2] shows 2 supposed

"c" #1: malformed payload in packet
=> ? ? stalled/none ?|? [psk-mismatch=1]

"c" #1: next payload type of ISAKMP Nonce Payload has an unknown value: 77
=> ? ? stalled/none ?|? [message-corrupted=1]

"c" #1: initiating IKEv1 Main Mode connection
"c" #1: IKE SA established {auth=PRESHARED_KEY}
"c" #1: next payload type of ISAKMP Nonce Payload has an unknown value: 77
=> initiator main established/none MM_ACTIVE|? [] shows 2 healthy

"c" #1: initiating IKEv1 Main Mode connection
"c" #1: sent Main Mode I3
"c" #1: STATE_MAIN_I2: retransmission; will wait 0.5 seconds for response
=> initiator main stalled/none MM_WAIT_MSG6|MM_WAIT_MSG5 [psk-mismatch?3 identity-mismatch?3 message-lost?3 message-late?3 message-corrupted?3 +1] shows 3 supposed

"c" #1: initiating IKEv1 Main Mode connection
"c" #1: max number of retransmissions (2) reached STATE_MAIN_I1.  No response (or no acceptable response) to our first IKE message
=> initiator main stalled/none MM_WAIT_MSG2|NONE [no-route?2 missing-tunnel-group?2 port-500-blocked?2 wrong-peer-address?2 ike-disabled?2 +6] shows 2 supposed

"c" #1: XAUTH: Successfully Authenticated
=> ? ? established/none ?|? [] shows 1 xauth healthy
"#;

/// pluto's: what cannot be read before there are keys was damaged on the way.
#[test]
fn lines_of_pluto() {
    tells(PLUTO);
}

const COOKIES: &str = "
ike 0:gw:12: sent IKE msg (P1_RETRANSMIT): 192.0.2.1:500->192.0.2.9:500, len=288, id=1111111111111111/0000000000000000
=> initiator ? stalled/none ?|NONE [no-route?1 port-500-blocked?1 wrong-peer-address?1 ike-disabled?1 peer-down?1 +6] shows 1 supposed

ike 0:gw:12: sent IKE msg (P1_RETRANSMIT): 192.0.2.1:500->192.0.2.9:500, len=288, id=1111111111111111/2222222222222222
=> initiator ? stalled/none ?|MM_WAIT_MSG5 [psk-mismatch?1 identity-mismatch?1 message-lost?1 message-late?1 message-corrupted?1 +1] shows 1 supposed

ike 0:gw:12: negotiation timeout, deleting
=> ? ? stalled/none ?|? [] shows 1

phase1 negotiation failed due to time up 192.0.2.1[500]<=>192.0.2.9[500] 0123456789abcdef:0000000000000000
=> initiator ? stalled/none ?|NONE [no-route?1 port-500-blocked?1 wrong-peer-address?1 ike-disabled?1 peer-down?1 +6] shows 1 supposed

phase1 negotiation failed due to time up 192.0.2.1[500]<=>192.0.2.9[500] 0123456789abcdef:0123456789abcdef
=> ? ? stalled/none ?|? [] shows 1
";

/// FortiOS's and RouterOS's: a cookie that is zero has not come.
#[test]
fn lines_that_have_cookies() {
    tells(COOKIES);
}
