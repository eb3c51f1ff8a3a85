//! Phase 1 is complete, and comes to an end again, or the peer does not know of it.

use super::tells;

const DELETES: &str = r#"
05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
06[IKE] <gw|1> IKE_SA gw[1] established between 198.51.100.1[a]...192.0.2.9[b]
07[IKE] <gw|1> received DELETE for IKE_SA gw[1]
=> initiator main deleted/none NONE|? [identity-mismatch?3] shows 2+3

05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
05[IKE] <gw|1> received end entity cert "CN=b"
06[IKE] <gw|1> IKE_SA gw[1] established between 198.51.100.1[a]...192.0.2.9[b]
07[IKE] <gw|1> received DELETE for IKE_SA gw[1]
=> initiator main deleted/none NONE|? [certificate?4 identity-mismatch?4] shows 3+4

05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
06[IKE] <gw|1> IKE_SA gw[1] established between 198.51.100.1[a]...192.0.2.9[b]
05[ENC] <gw|1> generating QUICK_MODE request 9 [ HASH SA No ID ID ]
07[IKE] <gw|1> received DELETE for IKE_SA gw[1]
=> initiator main deleted/unknown NONE|? [transform-mismatch?4 pfs-mismatch?4 proxy-mismatch?4] shows 2+4

05[IKE] <gw|1> initiating Aggressive Mode IKE_SA gw[1] to 192.0.2.9
06[IKE] <gw|1> IKE_SA gw[1] established between 198.51.100.1[a]...192.0.2.9[b]
05[ENC] <gw|1> generating QUICK_MODE request 9 [ HASH SA No ID ID ]
07[IKE] <gw|1> received DELETE for IKE_SA gw[1]
=> initiator aggressive deleted/unknown NONE|? [identity-mismatch?4] shows 2+4

05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
06[IKE] <gw|1> IKE_SA gw[1] established between 198.51.100.1[a]...192.0.2.9[b]
05[ENC] <gw|1> generating TRANSACTION request 9 [ HASH CPRQ(ADDR) ]
07[IKE] <gw|1> received DELETE for IKE_SA gw[1]
=> initiator main deleted/none NONE|? [] shows 2+3+4 xauth xauth-waits

05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
06[IKE] <gw|1> IKE_SA gw[1] established between 198.51.100.1[a]...192.0.2.9[b]
06[IKE] <gw|1> CHILD_SA n{1} established with SPIs c1_i c2_o and TS 10.1.0.0/24 === 10.2.0.0/24
05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
06[IKE] <gw|1> IKE_SA gw[1] established between 198.51.100.1[a]...192.0.2.9[b]
07[IKE] <gw|1> received DELETE for IKE_SA gw[1]
=> initiator main deleted/none NONE|? [] shows 5+6 x2 healthy
"#;

/// It proved itself and was not believed, unless something came behind.
#[test]
fn a_delete_before_phase_2_is_a_proof_that_was_refused() {
    tells(DELETES);
}

const COPIES: &str = "
06[IKE] <gw|1> 192.0.2.9 is initiating a Main Mode IKE_SA
06[IKE] <gw|1> IKE_SA gw[1] established between 198.51.100.1[a]...192.0.2.9[b]
07[IKE] <gw|1> received retransmit of request with ID 0, retransmitting response
07[IKE] <gw|1> received retransmit of request with ID 0, retransmitting response
07[IKE] <gw|1> received retransmit of request with ID 0, retransmitting response
=> responder main established/none ?|MM_ACTIVE [message-lost?5 peer-down?5 no-route?5 identity-mismatch?5] shows 2

06[IKE] <gw|1> 192.0.2.9 is initiating a Main Mode IKE_SA
06[IKE] <gw|1> IKE_SA gw[1] established between 198.51.100.1[a]...192.0.2.9[b]
07[ENC] <gw|1> ignore malformed INFORMATIONAL request, decryption failed
07[IKE] <gw|1> received retransmit of request with ID 0, retransmitting response
07[IKE] <gw|1> received retransmit of request with ID 0, retransmitting response
07[IKE] <gw|1> received retransmit of request with ID 0, retransmitting response
=> responder main established/none ?|MM_ACTIVE [identity-mismatch?6+6 message-lost?6 peer-down?6 no-route?6] shows 2

06[IKE] <gw|1> 192.0.2.9 is initiating a Main Mode IKE_SA
06[IKE] <gw|1> IKE_SA gw[1] established between 198.51.100.1[a]...192.0.2.9[b]
07[IKE] <gw|1> received retransmit of request with ID 0, retransmitting response
07[IKE] <gw|1> received retransmit of request with ID 0, retransmitting response
07[IKE] <gw|1> received retransmit of request with ID 0, retransmitting response
05[ENC] <gw|1> parsed QUICK_MODE request 9 [ HASH SA No ID ID ]
=> responder main established/unknown ?|MM_ACTIVE [] shows 2 healthy

05[IKE] <gw|1> initiating Aggressive Mode IKE_SA gw[1] to 192.0.2.9
06[IKE] <gw|1> IKE_SA gw[1] established between 198.51.100.1[a]...192.0.2.9[b]
07[IKE] <gw|1> received retransmit of response with ID 0, but next request already sent
07[IKE] <gw|1> received retransmit of response with ID 0, but next request already sent
07[IKE] <gw|1> received retransmit of response with ID 0, but next request already sent
=> initiator aggressive established/none AM_ACTIVE|? [message-lost?5 peer-down?5 no-route?5 identity-mismatch?5] shows 2

05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
06[IKE] <gw|1> IKE_SA gw[1] established between 198.51.100.1[a]...192.0.2.9[b]
06[IKE] <gw|1> CHILD_SA n{1} established with SPIs c1_i c2_o and TS 10.1.0.0/24 === 10.2.0.0/24
07[IKE] <gw|1> received retransmit of request with ID 0, retransmitting response
07[IKE] <gw|1> received retransmit of request with ID 0, retransmitting response
07[IKE] <gw|1> received retransmit of request with ID 0, retransmitting response
=> initiator main established/established MM_ACTIVE|? [message-lost?6] shows 2+3

05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
06[IKE] <gw|1> IKE_SA gw[1] established between 198.51.100.1[a]...192.0.2.9[b]
06[IKE] <gw|1> CHILD_SA n{1} established with SPIs c1_i c2_o and TS 10.1.0.0/24 === 10.2.0.0/24
07[IKE] <gw|1> received retransmit of request with ID 0, retransmitting response
07[IKE] <gw|1> received retransmit of request with ID 0, retransmitting response
=> initiator main established/established MM_ACTIVE|? [] shows 2+3 healthy
";

/// The peer goes on repeating what this side has answered: at the third copy its answers do not arrive.
#[test]
fn copies_behind_the_end() {
    tells(COPIES);
}

const UP_ALONE: &str = "
05[IKE] <gw|1> initiating Aggressive Mode IKE_SA gw[1] to 192.0.2.9
06[IKE] <gw|1> IKE_SA gw[1] established between 198.51.100.1[a]...192.0.2.9[b]
07[IKE] <gw|1> giving up after 5 retransmits
=> initiator aggressive established/none AM_ACTIVE|? [message-lost?3 peer-down?3] shows 2+3

05[IKE] <gw|1> initiating Aggressive Mode IKE_SA gw[1] to 192.0.2.9
07[IKE] <gw|1> giving up after 5 retransmits
06[IKE] <gw|1> IKE_SA gw[1] established between 198.51.100.1[a]...192.0.2.9[b]
=> initiator aggressive established/none AM_ACTIVE|? [] shows 2+3 healthy

05[IKE] <gw|1> initiating Aggressive Mode IKE_SA gw[1] to 192.0.2.9
06[IKE] <gw|1> IKE_SA gw[1] established between 198.51.100.1[a]...192.0.2.9[b]
05[ENC] <gw|1> generating TRANSACTION request 9 [ HASH CPRQ(ADDR) ]
07[IKE] <gw|1> giving up after 5 retransmits
=> initiator aggressive established/none AM_ACTIVE|? [] shows 2+3+4 xauth xauth-waits

05[IKE] <gw|1> initiating Aggressive Mode IKE_SA gw[1] to 192.0.2.9
06[IKE] <gw|1> IKE_SA gw[1] established between 198.51.100.1[a]...192.0.2.9[b]
06[IKE] <gw|1> CHILD_SA n{1} established with SPIs c1_i c2_o and TS 10.1.0.0/24 === 10.2.0.0/24
07[IKE] <gw|1> giving up after 5 retransmits
=> initiator aggressive established/established AM_ACTIVE|? [] shows 2+3+4 healthy

05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
06[IKE] <gw|1> IKE_SA gw[1] established between 198.51.100.1[a]...192.0.2.9[b]
07[IKE] <gw|1> giving up after 5 retransmits
=> initiator main established/none MM_ACTIVE|? [] shows 2+3 healthy
";

/// In Aggressive Mode the initiator may be up alone.
#[test]
fn an_initiator_that_is_up_alone() {
    tells(UP_ALONE);
}

const ENDS: &str = r#"
%ASA-5-713119: Group = 192.0.2.9, IP = 192.0.2.9, PHASE 1 COMPLETED
%ASA-5-713120: Group = 192.0.2.9, IP = 192.0.2.9, PHASE 2 COMPLETED (msgid=7)
%ASA-5-713050: Group = 192.0.2.9, IP = 192.0.2.9, Connection terminated for peer 192.0.2.9.  Reason: Administrator Reset  Remote Proxy N/A, Local Proxy N/A
=> ? ? deleted/established ?|? [deleted!3] shows 1+2+3

%ASA-5-713119: Group = 192.0.2.9, IP = 192.0.2.9, PHASE 1 COMPLETED
%ASA-5-713120: Group = 192.0.2.9, IP = 192.0.2.9, PHASE 2 COMPLETED (msgid=7)
%ASA-5-713050: Group = 192.0.2.9, IP = 192.0.2.9, Connection terminated for peer 192.0.2.9.  Reason: Peer Terminate  Remote Proxy N/A, Local Proxy N/A
=> ? ? deleted/established ?|? [deleted=3] shows 1+2+3

%ASA-5-713119: Group = 192.0.2.9, IP = 192.0.2.9, PHASE 1 COMPLETED
%ASA-5-713050: Group = 192.0.2.9, IP = 192.0.2.9, Connection terminated for peer 192.0.2.9.  Reason: Peer Terminate  Remote Proxy N/A, Local Proxy N/A
=> ? ? deleted/none ?|? [identity-mismatch?2] shows 1+2

ISAKMP:(1001):Old State = IKE_I_MM6  New State = IKE_P1_COMPLETE
ISAKMP:(1001):Old State = IKE_QM_I_QM1  New State = IKE_QM_PHASE2_COMPLETE
ISAKMP:(1001):processing DELETE payload. message ID = 7
ISAKMP:(1001):deleting SA reason "No reason" state (I) QM_IDLE       (peer 192.0.2.9)
=> ? ? deleted/established ?|? [deleted=4] shows 1+2+3+4

ISAKMP:(1001):Old State = IKE_I_MM6  New State = IKE_P1_COMPLETE
ISAKMP:(1001):Old State = IKE_QM_I_QM1  New State = IKE_QM_PHASE2_COMPLETE
ISAKMP:(1001):deleting SA reason "No reason" state (I) QM_IDLE       (peer 192.0.2.9)
=> ? ? deleted/established ?|? [] shows 1+2+3 healthy

ISAKMP:(1001):Old State = IKE_I_MM6  New State = IKE_P1_COMPLETE
ISAKMP:(1001):Old State = IKE_QM_I_QM1  New State = IKE_QM_PHASE2_COMPLETE
ISAKMP:(1001):Enqueued KEY_MGR_DELETE_SAS for IPSEC SA (SPI:0x9B3F2A11)
=> ? ? established/established ?|? [deleted=3] shows 1+2+3

ISAKMP:(1001):Old State = IKE_I_MM6  New State = IKE_P1_COMPLETE
ISAKMP:(1001):Old State = IKE_QM_I_QM1  New State = IKE_QM_PHASE2_COMPLETE
ISAKMP:(1001):Old State = IKE_QM_I_QM1  New State = IKE_QM_PHASE2_COMPLETE
ISAKMP:(1001):Enqueued KEY_MGR_DELETE_SAS for IPSEC SA (SPI:0x9B3F2A11)
=> ? ? established/established ?|? [] shows 1+3+4 healthy

05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
06[IKE] <gw|1> IKE_SA gw[1] established between 198.51.100.1[a]...192.0.2.9[b]
06[IKE] <gw|1> CHILD_SA n{1} established with SPIs c1_i c2_o and TS 10.1.0.0/24 === 10.2.0.0/24
07[IKE] <gw|1> received DELETE for IKE_SA gw[1]
=> initiator main deleted/established NONE|? [] shows 2+3+4 healthy
"#;

/// Somebody ended it: a Cisco says who, daemons say the same whenever they are stopped.
#[test]
fn who_ended_it() {
    tells(ENDS);
}
