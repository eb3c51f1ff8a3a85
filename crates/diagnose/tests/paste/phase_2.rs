//! Phase 1 is complete: what is told of Quick Mode.

use super::tells;

const NOTIFIES: &str = "
05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
05[ENC] <gw|1> parsed ID_PROT response 0 [ SA V V ]
=> initiator main unknown/none ?|? [] shows 2

05[ENC] <1> generating ID_PROT response 0 [ ID HASH ]
gw: #1, CONNECTING, IKEv1, 1111111111111111_i 2222222222222222_r*
=> responder main stalled/none NONE|? [identity-mismatch?1] shows 2 supposed

05[ENC] <gw|1> generating ID_PROT request 0 [ SA V V ]
05[ENC] <gw|1> generating IKE_SA_INIT request 0 [ SA KE No ]
=> initiator main unknown/none MM_WAIT_MSG2|? [] shows 2

05[ENC] <gw|1> parsed ID_PROT response 0 [ SA V V ]
05[ENC] <gw|1> parsed IKE_SA_INIT response 0 [ SA KE No ]
=> initiator main unknown/none ?|? [] shows 2

05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
06[IKE] <gw|1> IKE_SA gw[1] established between 198.51.100.1[a]...192.0.2.9[b]
05[ENC] <gw|1> generating QUICK_MODE request 9 [ HASH SA No ID ID ]
=> initiator main established/unknown MM_ACTIVE|? [] shows 2 healthy

05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
06[IKE] <gw|1> IKE_SA gw[1] established between 198.51.100.1[a]...192.0.2.9[b]
05[ENC] <gw|1> generating QUICK_MODE request 9 [ HASH SA No ID ID ]
06[IKE] <gw|1> sending retransmit 1 of request message ID 9, seq 4
=> initiator main established/stalled MM_ACTIVE|? [transform-mismatch?4 pfs-mismatch?4 proxy-mismatch?4] shows 2+4

05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
06[IKE] <gw|1> IKE_SA gw[1] established between 198.51.100.1[a]...192.0.2.9[b]
05[ENC] <gw|1> generating TRANSACTION request 9 [ HASH CPRQ(ADDR) ]
=> initiator main established/none MM_ACTIVE|? [] shows 2+3 xauth xauth-waits

05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
05[ENC] <gw|1> generating ID_PROT request 0 [ SA V V ]
07[IKE] <gw|1> received SITUATION_NOT_SUPPORTED error notify
=> initiator main stalled/none MM_WAIT_MSG2|? [] shows 2

06[IKE] <gw|1> IKE_SA gw[1] established between 198.51.100.1[a]...192.0.2.9[b]
07[IKE] <gw|1> received DELETE for IKE_SA gw[1]
06[IKE] <gw|1> IKE_SA gw[1] established between 198.51.100.1[a]...192.0.2.9[b]
=> ? ? established/none ?|? [] shows 1 healthy

06[IKE] <gw|1> 192.0.2.9 is initiating a Main Mode IKE_SA
06[IKE] <gw|1> IKE_SA gw[1] established between 198.51.100.1[a]...192.0.2.9[b]
06[IKE] <gw|1> CHILD_SA n{1} established with SPIs c1_i c2_o and TS 10.1.0.0/24 === 10.2.0.0/24
07[IKE] <gw|1> deleting IKE_SA gw[1] between 198.51.100.1[a]...192.0.2.9[b]
06[IKE] <gw|1> CHILD_SA n{1} established with SPIs c1_i c2_o and TS 10.1.0.0/24 === 10.2.0.0/24
=> responder main established/established ?|MM_ACTIVE [] shows 2+5 healthy

05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
06[IKE] <gw|1> IKE_SA gw[1] established between 198.51.100.1[a]...192.0.2.9[b]
07[ENC] <gw|1> parsed INFORMATIONAL_V1 request 7 [ HASH N(INVAL_ID) ]
=> initiator main established/none MM_ACTIVE|? [identity-mismatch=3] shows 2

05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
06[IKE] <gw|1> IKE_SA gw[1] established between 198.51.100.1[a]...192.0.2.9[b]
07[ENC] <gw|1> generating INFORMATIONAL_V1 request 7 [ HASH N(INVAL_ID) ]
=> initiator main established/refused MM_ACTIVE|? [transform-mismatch?3 pfs-mismatch?3 proxy-mismatch?3] shows 2+3

05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
06[IKE] <gw|1> IKE_SA gw[1] established between 198.51.100.1[a]...192.0.2.9[b]
07[ENC] <gw|1> parsed INFORMATIONAL_V1 request 7 [ HASH N(PLD_MAL) ]
=> initiator main established/refused MM_ACTIVE|? [transform-mismatch?3 pfs-mismatch?3 proxy-mismatch?3] shows 2+3

05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
06[IKE] <gw|1> IKE_SA gw[1] established between 198.51.100.1[a]...192.0.2.9[b]
07[ENC] <gw|1> generating INFORMATIONAL_V1 request 7 [ HASH N(PLD_MAL) ]
=> initiator main established/none MM_ACTIVE|? [] shows 2 healthy

05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
07[ENC] <gw|1> parsed INFORMATIONAL_V1 request 7 [ HASH N(NO_PROP) ]
=> initiator main established/refused MM_ACTIVE|? [transform-mismatch?2 pfs-mismatch?2 proxy-mismatch?2] shows 2

05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
05[ENC] <gw|1> generating QUICK_MODE request 9 [ HASH SA No ID ID ]
07[ENC] <gw|1> parsed INFORMATIONAL_V1 request 7 [ HASH N(INVAL_ID) ]
=> initiator main established/refused MM_ACTIVE|? [proxy-mismatch=3 transform-mismatch=3] shows 3

05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
07[ENC] <gw|1> parsed INFORMATIONAL_V1 request 7 [ N(NO_PROP) ]
07[ENC] <gw|1> parsed INFORMATIONAL_V1 request 7 [ N(INVAL_ID) ]
07[ENC] <gw|1> parsed INFORMATIONAL_V1 request 7 [ N(NO_PROP) ]
=> initiator main stalled/none ?|? [policy-mismatch=2 ike-version?2 missing-tunnel-group?2 identity-mismatch=3]

05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
06[IKE] <gw|1> IKE_SA gw[1] established between 198.51.100.1[a]...192.0.2.9[b]
05[ENC] <gw|1> generating QUICK_MODE request 9 [ HASH SA No ID ID ]
07[ENC] <gw|1> generating INFORMATIONAL_V1 request 7 [ HASH D ]
=> initiator main established/unknown MM_ACTIVE|? [] shows 2 healthy

05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
06[IKE] <gw|1> IKE_SA gw[1] established between 198.51.100.1[a]...192.0.2.9[b]
05[ENC] <gw|1> generating QUICK_MODE request 9 [ HASH SA No ID ID ]
07[ENC] <gw|1> parsed INFORMATIONAL_V1 request 7 [ HASH D ]
=> initiator main deleted/unknown NONE|? [transform-mismatch?4 pfs-mismatch?4 proxy-mismatch?4] shows 2+4
";

/// A notify is about the phase that it comes in.
#[test]
fn a_notify_is_of_the_phase_that_it_comes_in() {
    tells(NOTIFIES);
}

const REFUSALS: &str = r#"
# The peer could not read a message of Quick Mode: the next copy was taken.
05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
06[IKE] <gw|1> IKE_SA gw[1] established between 198.51.100.1[a]...192.0.2.9[b]
05[ENC] <gw|1> generating QUICK_MODE request 9 [ HASH SA No ID ID ]
07[ENC] <gw|1> parsed INFORMATIONAL_V1 request 7 [ HASH N(PLD_MAL) ]
06[IKE] <gw|1> CHILD_SA n{1} established with SPIs c1_i c2_o and TS 10.1.0.0/24 === 10.2.0.0/24
=> initiator main established/established MM_ACTIVE|? [] shows 2+4+5 refused-before healthy

# What came up was begun before the refusal: the other network's is refused.
05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
06[IKE] <gw|1> IKE_SA gw[1] established between 198.51.100.1[a]...192.0.2.9[b]
05[ENC] <gw|1> generating QUICK_MODE request 9 [ HASH SA No ID ID ]
07[ENC] <gw|1> parsed INFORMATIONAL_V1 request 7 [ HASH N(NO_PROP) ]
06[IKE] <gw|1> CHILD_SA n{1} established with SPIs c1_i c2_o and TS 10.1.0.0/24 === 10.2.0.0/24
=> initiator main established/established MM_ACTIVE|? [transform-mismatch?4 pfs-mismatch?4 proxy-mismatch?4] shows 2+4+5 refused-before

# A notify says of networks what it says of the whole proposal.
05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
06[IKE] <gw|1> IKE_SA gw[1] established between 198.51.100.1[a]...192.0.2.9[b]
05[ENC] <gw|1> generating QUICK_MODE request 9 [ HASH SA No ID ID ]
07[ENC] <gw|1> parsed INFORMATIONAL_V1 request 7 [ HASH N(INVAL_ID) ]
=> initiator main established/refused MM_ACTIVE|? [proxy-mismatch=4 transform-mismatch=4] shows 2+4

ISAKMP:(1001):Old State = IKE_R_MM5  New State = IKE_P1_COMPLETE
ISAKMP-ERROR: (1001):IPSec policy invalidated proposal with error 32
=> ? ? established/refused ?|? [proxy-mismatch!2 crypto-map-incomplete?2] shows 1+2

ISAKMP:(1001):Old State = IKE_R_MM4  New State = IKE_R_MM5
ISAKMP-ERROR: (1001):IPSec policy invalidated proposal with error 32
=> responder main established/refused ?|MM_ACTIVE [proxy-mismatch!2 crypto-map-incomplete?2] shows 2

ISAKMP:(1001):Old State = IKE_I_MM5  New State = IKE_I_MM6
ISAKMP-ERROR: (1001):IPSec policy invalidated proposal with error 32
=> initiator main established/refused MM_ACTIVE|? [proxy-mismatch=2 transform-mismatch=2] shows 2

ISAKMP:(1001):Old State = IKE_I_MM5  New State = IKE_I_MM6
ISAKMP-ERROR: (1001):IPSec policy invalidated proposal with error 1
=> initiator main established/refused MM_ACTIVE|? [proxy-mismatch?2 transform-mismatch?2 pfs-mismatch?2 crypto-map-incomplete?2] shows 2

ISAKMP:(1001):Old State = IKE_R_MM4  New State = IKE_R_MM5
ISAKMP-ERROR: (1001):IPSec policy invalidated proposal with error 1
=> responder main established/refused ?|MM_ACTIVE [transform-mismatch?2 pfs-mismatch?2 proxy-mismatch?2] shows 2

ISAKMP:(1001):Old State = IKE_R_MM4  New State = IKE_R_MM5
ISAKMP-ERROR: (1001):phase 2 SA policy not acceptable! (local 192.0.2.1 remote 192.0.2.9)
=> responder main established/refused ?|MM_ACTIVE [transform-mismatch?2 pfs-mismatch?2 proxy-mismatch?2] shows 2

%ASA-5-713119: Group = 192.0.2.9, IP = 192.0.2.9, PHASE 1 COMPLETED
%ASA-3-713902: Group = 192.0.2.9, IP = 192.0.2.9, QM FSM error (P2 struct &0x1, mess id 0x2)!
=> ? ? established/refused ?|? [proxy-mismatch?2 transform-mismatch?2 pfs-mismatch?2 crypto-map-incomplete?2] shows 1+2

%ASA-5-713119: Group = 192.0.2.9, IP = 192.0.2.9, PHASE 1 COMPLETED
%ASA-5-713259: Group = 192.0.2.9, IP = 192.0.2.9, Session is being torn down. Reason: crypto map policy not found
=> ? ? deleted/refused ?|? [proxy-mismatch?2 crypto-map-incomplete?2] shows 1+2

%ASA-5-713119: Group = 192.0.2.9, IP = 192.0.2.9, PHASE 1 COMPLETED
%ASA-3-713902: Group = 192.0.2.9, IP = 192.0.2.9, QM FSM error (P2 struct &0x1, mess id 0x2)!
%ASA-5-713259: Group = 192.0.2.9, IP = 192.0.2.9, Session is being torn down. Reason: crypto map policy not found
=> ? ? deleted/refused ?|? [crypto-map-incomplete?3 proxy-mismatch?3] shows 1+3

# A line that says why counts more than one that does not, and the first that says it.
%ASA-5-713119: Group = 192.0.2.9, IP = 192.0.2.9, PHASE 1 COMPLETED
%ASA-5-713259: Group = 192.0.2.9, IP = 192.0.2.9, Session is being torn down. Reason: crypto map policy not found
%ASA-3-713061: Group = 192.0.2.9, IP = 192.0.2.9, Rejecting IPSec tunnel: no matching crypto map entry for remote proxy 10.2.0.0/255.255.255.0/0/0 local proxy 10.1.0.0/255.255.255.0/0/0 on interface outside
%ASA-5-713904: Group = 192.0.2.9, IP = 192.0.2.9, All IPSec SA proposals found unacceptable!
=> ? ? deleted/refused ?|? [proxy-mismatch!3 crypto-map-incomplete?3] shows 1+2+3

# Cisco's peer says the same of networks.
05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
05[IKE] <gw|1> received Cisco Unity vendor ID
06[IKE] <gw|1> IKE_SA gw[1] established between 198.51.100.1[a]...192.0.2.9[b]
05[ENC] <gw|1> generating QUICK_MODE request 9 [ HASH SA No ID ID ]
07[ENC] <gw|1> parsed INFORMATIONAL_V1 request 7 [ HASH N(NO_PROP) ]
=> initiator main established/refused MM_ACTIVE|? [proxy-mismatch?5 transform-mismatch?5 pfs-mismatch?5] shows 3+5

IPv4 Crypto ISAKMP SA
198.51.100.1    192.0.2.1       QM_IDLE           1002 ACTIVE
current_peer 198.51.100.1 port 500
    #send errors 3, #recv errors 0
     current outbound spi: 0x0(0)
=> ? ? established/refused ?|? [proxy-mismatch?4 transform-mismatch?4 pfs-mismatch?4 crypto-map-incomplete?4] shows 2 no-sa

"c" #1: IKE SA established {auth=PRESHARED_KEY}
"c" #2: we require PFS but Quick I1 SA specifies no GROUP_DESCRIPTION
=> ? ? established/refused ?|? [pfs-mismatch!2] shows 1+2

"c" #1: IKE SA established {auth=PRESHARED_KEY}
"c" #2: compression proposed by 192.0.2.9, but policy for "c" forbids it
=> ? ? established/refused ?|? [transform-mismatch!2] shows 1+2

"c" #1: IKE SA established {auth=PRESHARED_KEY}
"c" #2: sending encrypted notification NO_PROPOSAL_CHOSEN to 192.0.2.9:500
=> ? ? established/refused ?|? [transform-mismatch?2 pfs-mismatch?2 proxy-mismatch?2] shows 1+2
"#;

/// A refusal is history once the child that it was about is up; its words say what may differ.
#[test]
fn a_refusal_of_quick_mode() {
    tells(REFUSALS);
}

const SILENCE: &str = "
05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
06[IKE] <gw|1> IKE_SA gw[1] established between 198.51.100.1[a]...192.0.2.9[b]
05[ENC] <gw|1> generating QUICK_MODE request 9 [ HASH SA No ID ID ]
06[IKE] <gw|1> sending retransmit 1 of request message ID 9, seq 4
=> initiator main established/stalled MM_ACTIVE|? [transform-mismatch?4 pfs-mismatch?4 proxy-mismatch?4] shows 2+4

05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
06[IKE] <gw|1> IKE_SA gw[1] established between 198.51.100.1[a]...192.0.2.9[b]
05[ENC] <gw|1> generating QUICK_MODE request 9 [ HASH SA No ID ID ]
06[IKE] <gw|1> sending retransmit 1 of request message ID 9, seq 4
06[IKE] <gw|1> sending retransmit 1 of request message ID 9, seq 4
=> initiator main established/stalled MM_ACTIVE|? [message-lost?5 transform-mismatch?5 pfs-mismatch?5 proxy-mismatch?5] shows 2+4

05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
06[IKE] <gw|1> IKE_SA gw[1] established between 198.51.100.1[a]...192.0.2.9[b]
05[ENC] <gw|1> generating QUICK_MODE request 9 [ HASH SA No ID ID ]
07[IKE] <gw|1> giving up after 5 retransmits
=> initiator main established/stalled MM_ACTIVE|? [message-lost? transform-mismatch? pfs-mismatch? proxy-mismatch?] shows 2+4

ISAKMP:(1001):Old State = IKE_R_MM4  New State = IKE_R_MM5
ISAKMP:(1001):checking IPSec proposal 1
ISAKMP:(1001):retransmitting phase 2 QM_IDLE       7 ...
=> responder main established/stalled ?|MM_ACTIVE [message-lost?3 transform-mismatch?3 pfs-mismatch?3 proxy-mismatch?3] shows 3
";

/// Whoever refuses Quick Mode says so: what is sent again did not arrive.
#[test]
fn silence_of_quick_mode() {
    tells(SILENCE);
}
