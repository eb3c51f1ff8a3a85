//! Phase 1 is not complete: what its lines leave possible, the likeliest first, and where both sides are left.

use super::{issues, only, tells};

const UNREADABLE: &str = r#"
"c" #1: initiating IKEv1 Main Mode connection
"c" #1: sent Main Mode I3
"c" #1: malformed payload in packet
"c" #1: STATE_MAIN_I3: retransmission; will wait 0.5 seconds for response
"c" #1: STATE_MAIN_I3: retransmission; will wait 1 seconds for response
"c" #1: STATE_MAIN_I3: retransmission; will wait 2 seconds for response
=> initiator main stalled/none MM_WAIT_MSG6|? [identity-mismatch=3+3 xauth-missing?3 psk-mismatch?3+3 message-corrupted?6] shows 4

"c" #1: initiating IKEv1 Main Mode connection
"c" #1: sent Main Mode I3
"c" #1: STATE_MAIN_I3: retransmission; will wait 0.5 seconds for response
"c" #1: STATE_MAIN_I3: retransmission; will wait 1 seconds for response
"c" #1: STATE_MAIN_I3: retransmission; will wait 2 seconds for response
"c" #1: malformed payload in packet
=> initiator main stalled/none MM_WAIT_MSG6|? [psk-mismatch=6 identity-mismatch?6 message-corrupted?5] shows 3

"c" #1: initiating IKEv1 Main Mode connection
"c" #1: sent Main Mode I3
"c" #1: malformed payload in packet
"c" #1: malformed payload in packet
"c" #1: malformed payload in packet
"c" #1: STATE_MAIN_I3: retransmission; will wait 0.5 seconds for response
"c" #1: STATE_MAIN_I3: retransmission; will wait 1 seconds for response
"c" #1: STATE_MAIN_I3: retransmission; will wait 2 seconds for response
=> initiator main stalled/none MM_WAIT_MSG6|? [psk-mismatch=3+4+5 identity-mismatch?3 message-corrupted?8] shows 6

"c" #1: responding to Main Mode from unknown peer 192.0.2.9:500
"c" #1: sent Main Mode R2
"c" #1: malformed payload in packet
"c" #1: STATE_MAIN_R2: retransmission; will wait 0.5 seconds for response
"c" #1: STATE_MAIN_R2: retransmission; will wait 1 seconds for response
"c" #1: STATE_MAIN_R2: retransmission; will wait 2 seconds for response
=> responder main stalled/none MM_WAIT_MSG6|MM_WAIT_MSG5 [psk-mismatch=3+6 message-corrupted?6] shows 4 supposed

05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
05[ENC] <gw|1> generating ID_PROT request 0 [ ID HASH ]
07[ENC] <gw|1> ignore malformed INFORMATIONAL request, decryption failed
05[IKE] <gw|1> received retransmit of response with ID 0, but next request already sent
=> initiator main stalled/none MM_WAIT_MSG6|NONE [identity-mismatch?3 psk-mismatch?3 message-lost?2 message-late?2 message-corrupted?2 +1] shows 4 supposed

05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
05[ENC] <gw|1> generating ID_PROT request 0 [ ID HASH ]
07[ENC] <gw|1> ignore malformed INFORMATIONAL request, decryption failed
07[ENC] <gw|1> parsed INFORMATIONAL_V1 request 7 [ N(AUTH_FAILED) ]
=> initiator main stalled/none MM_WAIT_MSG6|NONE [identity-mismatch=4 xauth-missing?4 psk-mismatch?4 message-lost?2 message-late?2 +2] shows 2 supposed
"#;

/// A message that cannot be read comes from another key, or is a complaint that is encrypted otherwise.
#[test]
fn what_cannot_be_read_is_a_key_or_a_complaint() {
    tells(UNREADABLE);
}

const PACKETS: &str = "
ISAKMP-PAK: (0):sending packet to 192.0.2.9 my_port 500 peer_port 500 (I) MM_NO_STATE
ISAKMP-PAK: (0):received packet from 192.0.2.9 dport 500 sport 500 Global (I) MM_NO_STATE
=> initiator main stalled/none MM_WAIT_MSG2|NONE [policy-mismatch=2 ike-version?2 missing-tunnel-group?2 no-route?1 port-500-blocked?1 +8] shows 1 supposed

ISAKMP-PAK: (0):sending packet to 192.0.2.9 my_port 500 peer_port 500 (I) MM_NO_STATE
ISAKMP-PAK: (0):received packet from 192.0.2.9 dport 500 sport 500 Global (I) MM_NO_STATE
ISAKMP:(0):Old State = IKE_I_MM1  New State = IKE_I_MM2
=> initiator main unknown/none MM_WAIT_MSG2|? [] shows 3

ISAKMP-PAK: (0):sending packet to 192.0.2.9 my_port 500 peer_port 500 (I) MM_SA_SETUP
ISAKMP-PAK: (0):received packet from 192.0.2.9 dport 500 sport 500 Global (I) MM_SA_SETUP
=> initiator main unknown/none MM_WAIT_MSG4|? [] shows 1

ISAKMP-PAK: (0):sending packet to 192.0.2.9 my_port 500 peer_port 500 (I) MM_NO_STATE
ISAKMP-PAK: (0):received packet from 192.0.2.9 dport 500 sport 500 Global (I) MM_NO_STATE
ISAKMP-PAK: (0):sending packet to 192.0.2.9 my_port 500 peer_port 500 (I) MM_SA_SETUP
ISAKMP-PAK: (0):received packet from 192.0.2.9 dport 500 sport 500 Global (I) MM_SA_SETUP
=> initiator main stalled/none MM_WAIT_MSG4|NONE [missing-tunnel-group=4 missing-psk?4 message-lost?3 message-late?3 message-corrupted?3 +1] shows 3 supposed

ISAKMP-PAK: (0):sending packet to 192.0.2.9 my_port 500 peer_port 500 (I) MM_NO_STATE
ISAKMP-PAK: (0):received packet from 192.0.2.9 dport 500 sport 500 Global (I) MM_NO_STATE
ISAKMP-PAK: (0):sending packet to 192.0.2.9 my_port 500 peer_port 500 (I) MM_SA_SETUP
ISAKMP-PAK: (0):received packet from 192.0.2.9 dport 500 sport 500 Global (I) MM_SA_SETUP
ISAKMP:(0):phase 1 packet is a duplicate of a previous packet.
=> initiator main stalled/none MM_WAIT_MSG4|MM_WAIT_MSG3 [message-lost?3 message-late?3 message-corrupted?3] shows 5 supposed

ISAKMP-PAK: (0):sending packet to 192.0.2.9 my_port 500 peer_port 500 (I) MM_KEY_EXCH
ISAKMP-PAK: (0):received packet from 192.0.2.9 dport 500 sport 500 Global (I) MM_KEY_EXCH
ISAKMP-PAK: (0):received packet from 192.0.2.9 dport 500 sport 500 Global (I) MM_KEY_EXCH
=> initiator main unknown/none MM_WAIT_MSG6|? [] shows 1

ISAKMP-PAK: (0):sending packet to 192.0.2.9 my_port 500 peer_port 500 (R) MM_SA_SETUP
ISAKMP-PAK: (0):received packet from 192.0.2.9 dport 500 sport 500 Global (R) MM_NO_STATE
=> responder main unknown/none ?|MM_WAIT_MSG3 [] shows 1
";

/// A router names no notify in clear: it is a packet that came and moved nothing.
#[test]
fn a_packet_that_moves_nothing_was_a_notify() {
    tells(PACKETS);
}

const NOTIFIES: &str = "
05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
07[IKE] <gw|1> received INVALID_KE_PAYLOAD error notify
=> initiator main stalled/none ?|? [missing-psk=2]

05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
05[ENC] <gw|1> generating ID_PROT request 0 [ SA V V ]
07[IKE] <gw|1> received INVALID_KE_PAYLOAD error notify
=> initiator main stalled/none MM_WAIT_MSG2|NONE [policy-mismatch=3 missing-psk?3 missing-tunnel-group?2 no-route?2 port-500-blocked?2 +7] shows 2 supposed

05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
05[ENC] <gw|1> generating ID_PROT request 0 [ KE No ]
07[IKE] <gw|1> received INVALID_KE_PAYLOAD error notify
=> initiator main stalled/none MM_WAIT_MSG4|NONE [missing-psk=3 missing-tunnel-group?2 message-lost?2 message-late?2 message-corrupted?2 +1] shows 2 supposed

05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
05[ENC] <gw|1> generating ID_PROT request 0 [ ID CERT SIG ]
07[IKE] <gw|1> received AUTHENTICATION_FAILED error notify
=> initiator main stalled/none MM_WAIT_MSG6|? [certificate=3+3+2 identity-mismatch?3 xauth-missing?3 message-lost?2 message-late?2 +2] shows 2

05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
05[ENC] <gw|1> generating ID_PROT request 0 [ ID CERT SIG ]
07[IKE] <gw|1> received INVALID_ID_INFORMATION error notify
=> initiator main stalled/none MM_WAIT_MSG6|NONE [identity-mismatch=3 certificate?2 message-lost?2 message-late?2 message-corrupted?2 +1] shows 2 supposed

05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
05[ENC] <gw|1> generating ID_PROT request 0 [ ID HASH ]
07[IKE] <gw|1> received AUTHENTICATION_FAILED error notify
=> initiator main stalled/none MM_WAIT_MSG6|NONE [identity-mismatch=3 xauth-missing?3 psk-mismatch?3 message-lost?2 message-late?2 +2] shows 2 supposed

05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
05[ENC] <gw|1> generating ID_PROT request 0 [ ID HASH ]
05[IKE] <gw|1> local host is behind NAT, sending keep alives
07[IKE] <gw|1> received AUTHENTICATION_FAILED error notify
=> initiator main stalled/none MM_WAIT_MSG6|NONE [identity-mismatch=4 xauth-missing?4 psk-mismatch?4 message-lost?2 message-late?2 +2] shows 2 supposed
";

/// What a notify is about depends on how far it came, and on how the sides prove who they are.
#[test]
fn a_notify_is_read_by_how_far_it_came() {
    tells(NOTIFIES);
}

const SILENCE: &str = "
05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
05[ENC] <gw|1> generating ID_PROT request 0 [ SA V V ]
06[IKE] <gw|1> sending retransmit 1 of request message ID 0, seq 1
=> initiator main stalled/none MM_WAIT_MSG2|NONE [no-route?3 missing-tunnel-group?3 port-500-blocked?3 wrong-peer-address?3 ike-disabled?3 +6] shows 3 supposed

05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
05[ENC] <gw|1> generating ID_PROT request 0 [ SA V V ]
05[ENC] <gw|1> parsed ID_PROT response 0 [ SA V V ]
06[IKE] <gw|1> sending retransmit 1 of request message ID 0, seq 1
=> initiator main stalled/none MM_WAIT_MSG2|NONE [policy-mismatch?4 missing-tunnel-group?4 no-route?4 port-500-blocked?4 wrong-peer-address?4 +7] shows 4 supposed

%ASA-5-713041: IP = 192.0.2.9, IKE Initiator: New Phase 1, Intf inside, IKE Peer 192.0.2.9
%ASA-7-713236: IP = 192.0.2.9, IKE_DECODE SENDING Message (msgid=0) with payloads : HDR + SA (1) + NONE (0) total length : 108
%ASA-7-713236: IP = 192.0.2.9, IKE_DECODE RESENDING Message (msgid=0) with payloads : HDR + SA (1) + NONE (0) total length : 108
=> initiator main stalled/none MM_WAIT_MSG2|NONE [policy-mismatch?3 no-route?3 port-500-blocked?3 wrong-peer-address?3 ike-disabled?3 +7] shows 3 supposed

05[IKE] <gw|1> initiating Aggressive Mode IKE_SA gw[1] to 192.0.2.9
05[ENC] <gw|1> generating AGGRESSIVE request 0 [ SA KE No ID V V ]
06[IKE] <gw|1> sending retransmit 1 of request message ID 0, seq 1
=> initiator aggressive stalled/none AM_WAIT_MSG2|NONE [aggressive-mode-disabled?3 missing-tunnel-group?3 missing-psk?3 ike-disabled?3 wrong-peer-address?3 +7] shows 3 supposed

06[IKE] <gw|1> 192.0.2.9 is initiating a Main Mode IKE_SA
06[ENC] <1> generating ID_PROT response 0 [ SA V V ]
06[IKE] <1> received retransmit of request with ID 0, retransmitting response
=> responder main stalled/none MM_WAIT_MSG2|MM_WAIT_MSG3 [no-route?2 port-500-blocked?2 message-lost?2 message-late?2 message-corrupted?2 +1] shows 3 supposed

05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
05[ENC] <gw|1> generating ID_PROT request 0 [ KE No NAT-D NAT-D ]
05[IKE] <gw|1> local host is behind NAT, sending keep alives
05[ENC] <gw|1> generating ID_PROT request 0 [ ID HASH ]
06[IKE] <gw|1> sending retransmit 1 of request message ID 0, seq 3
=> initiator main stalled/none MM_WAIT_MSG6|? [port-4500-blocked?3 message-lost?5 message-late?5 message-corrupted?5 peer-down?5] shows 5

05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
05[ENC] <gw|1> generating ID_PROT request 0 [ KE No NAT-D NAT-D ]
05[IKE] <gw|1> local host is behind NAT, sending keep alives
06[IKE] <gw|1> sending retransmit 1 of request message ID 0, seq 2
=> initiator main stalled/none MM_WAIT_MSG4|NONE [missing-tunnel-group?4 missing-psk?4 message-lost?4 message-late?4 message-corrupted?4 +1] shows 4 supposed
";

/// Where nothing came, what leaves a device silent: a daemon would have said what it refuses.
#[test]
fn silence_is_what_leaves_the_same_picture() {
    tells(SILENCE);
}

/// A peer that was heard from dies less often in the middle than a message is lost.
#[test]
fn a_peer_that_was_heard_from_is_less_likely_down() {
    let places = |calls: &str, sent: &str| {
        let calls = format!("05[IKE] <gw|1> initiating {calls} Mode IKE_SA gw[1] to 192.0.2.9");
        let again = "06[IKE] <gw|1> sending retransmit 1 of request message ID 0, seq 1";
        let story = only(&format!("{calls}\n05[ENC] <gw|1> generating {sent} ]\n{again}\n{again}"));
        ["peer-down", "message-lost"]
            .map(|cause| issues(&story).iter().position(|one| *one == cause).unwrap())
    };
    let [down, lost] = places("Aggressive", "AGGRESSIVE request 0 [ SA KE No ID V V");
    assert!(down < lost);
    let [down, lost] = places("Main", "ID_PROT request 0 [ KE No NAT-D NAT-D");
    assert!(down > lost);
}
