//! Whose line is whose: by name, number, thread and address, and which attempt speaks for a peer.

use super::tells;

const NAMES: &str = r#"
# pluto: with another address a name that comes back is another negotiation; what it is called is its connection.
"c" #1: initiating IKEv1 Main Mode connection
"c" #1: sent Main Mode request
"d"[1] 192.0.2.9 #2: responding to Main Mode from unknown peer 192.0.2.9:500
"d"[2] 192.0.2.7 #3: responding to Main Mode from unknown peer 192.0.2.7:500
"d"[1] 192.0.2.9 #2: no acceptable Oakley Transform
=@ libreswan ?>192.0.2.9 d: responder main stalled/none ?|? [policy-mismatch!5]
=@ libreswan ?>? c: initiator main unknown/none MM_WAIT_MSG2|? [] shows 2
=@ libreswan ?>192.0.2.7 d: responder main unknown/none ?|? []

# charon: a thread goes on with what it spoke of; the number of an SA stays when it gets its name.
05[IKE] <1> 192.0.2.9 is initiating a Main Mode IKE_SA
06[IKE] <2> 192.0.2.7 is initiating a Main Mode IKE_SA
05[IKE] no proposal found
06[IKE] <b|2> IKE_SA b[2] established between 198.51.100.1[a]...192.0.2.7[b]
=@ strongswan ?>192.0.2.9 ?: responder main stalled/none ?|? [policy-mismatch!3]
=@ strongswan 198.51.100.1>192.0.2.7 b: responder main established/none ?|MM_ACTIVE [] shows 4 healthy

05[NET] received packet: from 192.0.2.9[500] to 198.51.100.1[500] (180 bytes)
05[IKE] <3> no IKE config found for 198.51.100.1...192.0.2.9, sending NO_PROPOSAL_CHOSEN
06[NET] received packet: from 192.0.2.7[500] to 198.51.100.1[500] (180 bytes)
06[IKE] <4> no proposal found
=@ strongswan 198.51.100.1>192.0.2.9 ?: ? ? stalled/none ?|? [missing-tunnel-group!2 ike-version? xauth-missing?]
=@ strongswan 198.51.100.1>192.0.2.7 ?: ? ? stalled/none ?|? [policy-mismatch!4]

# A line with charon's mark is charon's: no other vendor's words are found in it.
05[IKE] <1> 192.0.2.9 is initiating a Main Mode IKE_SA
06[IKE] <gw|1> activating XAUTH task
=> responder main unknown/none ?|? []
"#;

/// A name or a number that comes back with another address is another negotiation.
#[test]
fn whose_lines_are_whose() {
    tells(NAMES);
}

const NUMBERS: &str = "
ISAKMP-PAK: (0):received packet from 192.0.2.9 dport 500 sport 500 Global (N) NEW SA
ISAKMP-PAK: (0):received packet from 192.0.2.7 dport 500 sport 500 Global (N) NEW SA
ISAKMP:(0):no offers accepted!
=@ ios ?>192.0.2.7 ?: responder main stalled/none ?|NONE [policy-mismatch!3] shows 2
=@ ios ?>192.0.2.9 ?: responder main unknown/none ?|NONE [] shows 1

ISAKMP-PAK: (0):received packet from 192.0.2.9 dport 500 sport 500 Global (N) NEW SA
ISAKMP-PAK: (0):received packet from 192.0.2.7 dport 500 sport 500 Global (N) NEW SA
ISAKMP-PAK: (1001):sending packet to 192.0.2.7 my_port 500 peer_port 500 (R) MM_KEY_EXCH
ISAKMP:(0):no offers accepted!
=@ ios ?>192.0.2.9 ?: responder main stalled/none ?|NONE [policy-mismatch!4] shows 1
=@ ios ?>192.0.2.7 ?: responder main unknown/none ?|MM_WAIT_MSG5 [] shows 3

ISAKMP-PAK: (1001):sending packet to 192.0.2.9 my_port 500 peer_port 500 (I) MM_KEY_EXCH
ISAKMP-PAK: (1002):sending packet to 192.0.2.7 my_port 500 peer_port 500 (R) MM_KEY_EXCH
ISAKMP:(1001):Old State = IKE_I_MM6  New State = IKE_P1_COMPLETE
ISAKMP: (1002):retransmitting phase 1 MM_KEY_EXCH...
=@ ios ?>192.0.2.7 ?: responder main stalled/none MM_WAIT_MSG6|MM_WAIT_MSG5 [psk-mismatch?4 message-lost?4 message-late?4 message-corrupted?4 peer-down?4] shows 4 supposed
=@ ios ?>192.0.2.9 ?: initiator main established/none MM_ACTIVE|? [] shows 3 healthy

ISAKMP-PAK: (1001):sending packet to 192.0.2.9 my_port 500 peer_port 500 (I) MM_KEY_EXCH
ISAKMP:(1001):Old State = IKE_I_MM6  New State = IKE_P1_COMPLETE
ISAKMP-PAK: (1001):sending packet to 192.0.2.7 my_port 500 peer_port 500 (R) MM_KEY_EXCH
ISAKMP: (1001):retransmitting phase 1 MM_KEY_EXCH...
=@ ios ?>192.0.2.7 ?: responder main stalled/none MM_WAIT_MSG6|MM_WAIT_MSG5 [psk-mismatch?4 message-lost?4 message-late?4 message-corrupted?4 peer-down?4] shows 4 supposed
=@ ios ?>192.0.2.9 ?: initiator main established/none MM_ACTIVE|? [] shows 2 healthy
";

/// A router numbers its SAs late, and gives numbers again.
#[test]
fn numbers_of_a_router() {
    tells(NUMBERS);
}

const NAMELESS: &str = r#"
05[IKE] no proposal found
05[NET] received packet: from 192.0.2.9[500] to 198.51.100.1[500] (180 bytes)
=@ strongswan 198.51.100.1>192.0.2.9 ?: ? ? stalled/none ?|? [policy-mismatch!1]

"c" #1: sent Main Mode request
packet from 192.0.2.9:500: ignoring informational payload NO_PROPOSAL_CHOSEN, msgid=00000000, length=12
=@ libreswan ?>192.0.2.9 c: initiator main stalled/none MM_WAIT_MSG2|NONE [policy-mismatch=2 ike-version?2 missing-tunnel-group?2 no-route?1 port-500-blocked?1 +8] shows 1 supposed

ISAKMP:(1001):Old State = IKE_READY  New State = IKE_I_MM1
   current_peer 192.0.2.9 port 500
    #pkts encaps: 5, #pkts encrypt: 5, #pkts digest: 5
=@ ios ?>? ?: initiator main unknown/none MM_WAIT_MSG2|? [] shows 1
=@ ios ?>192.0.2.9 ?: ? ? established/established ?|? [] healthy

ISAKMP-PAK: (0):received packet from 192.0.2.9 dport 500 sport 500 Global (N) NEW SA
ISAKMP-PAK: (1001):sending packet to 192.0.2.7 my_port 500 peer_port 500 (R) MM_KEY_EXCH
ISAKMP: reserved not zero on ID payload!
=@ ios ?>192.0.2.7 ?: responder main stalled/none MM_WAIT_MSG6|MM_WAIT_MSG5 [psk-mismatch=3 message-lost?2 message-late?2 message-corrupted?2 peer-down?2] shows 2 supposed
=@ ios ?>192.0.2.9 ?: responder main unknown/none ?|NONE [] shows 1
"#;

/// What has no address yet is of whoever is named next, unless that line begins something.
#[test]
fn what_has_no_address_yet() {
    tells(NAMELESS);
}

const BESIDE: &str = r#"
"c" #1: initiating IKEv1 Main Mode connection
"d" #2: responding to Main Mode from unknown peer 192.0.2.9:500
"d" #2: IKE SA established {auth=PRESHARED_KEY}
"c"[1] 192.0.2.9 #1: sent Main Mode I2
=@ libreswan ?>192.0.2.9 d: responder main established/none ?|MM_ACTIVE [] shows 3 healthy

"c" #1: initiating IKEv1 Main Mode connection
"d" #2: responding to Main Mode from unknown peer 192.0.2.9:500
"d" #2: IKE SA established {auth=PRESHARED_KEY}
"c"[1] 192.0.2.9 #1: no acceptable Oakley Transform
=@ libreswan ?>192.0.2.9 c: initiator main stalled/none ?|? [policy-mismatch!4]
=@ libreswan ?>192.0.2.9 d: responder main established/none ?|MM_ACTIVE [] shows 3 healthy

"c" #1: initiating IKEv1 Main Mode connection
"d" #2: responding to Main Mode from unknown peer 192.0.2.9:500
"d" #2: IKE SA established {auth=PRESHARED_KEY}
"c"[1] 192.0.2.9 #1: IPsec SA established tunnel mode
=@ libreswan ?>192.0.2.9 c: initiator main established/established MM_ACTIVE|? [] shows 4 healthy
=@ libreswan ?>192.0.2.9 d: responder main established/none ?|MM_ACTIVE [] shows 3 healthy

gw: #1, ESTABLISHED, IKEv1, 2a4b1f0c9d8e7f60_i* 3c5d7e9f0a1b2c3d_r
  local  'moon' @ 192.0.2.1[500]
  remote 'sun' @ 192.0.2.9[500]
gw: #2, CONNECTING, IKEv1, 1111111111111111_i* 0000000000000000_r
  local  '%any' @ 192.0.2.1[500]
  remote '%any' @ 192.0.2.9[500]
=@ strongswan 192.0.2.1>192.0.2.9 gw: initiator ? established/none MM_ACTIVE|? [] shows 1 healthy
"#;

/// Two SAs with one peer: what shows nothing beside the one that is up is left over.
#[test]
fn beside_one_that_is_up() {
    tells(BESIDE);
}

const ATTEMPTS: &str = r#"
05[IKE] <a|1> initiating Main Mode IKE_SA a[1] to 192.0.2.9
05[IKE] <a|1> received NO_PROPOSAL_CHOSEN error notify
05[IKE] <a|2> initiating Main Mode IKE_SA a[2] to 192.0.2.9
05[IKE] <a|2> IKE_SA a[2] established between 198.51.100.1[a]...192.0.2.9[b]
=@ strongswan 198.51.100.1>192.0.2.9 a: initiator main established/none MM_ACTIVE|? [] shows 4 x2 healthy

05[IKE] <a|2> initiating Main Mode IKE_SA a[2] to 192.0.2.9
05[IKE] <a|2> IKE_SA a[2] established between 198.51.100.1[a]...192.0.2.9[b]
05[IKE] <a|1> initiating Main Mode IKE_SA a[1] to 192.0.2.9
05[IKE] <a|1> received NO_PROPOSAL_CHOSEN error notify
=@ strongswan 198.51.100.1>192.0.2.9 a: initiator main stalled/none ?|? [policy-mismatch=4 ike-version?4 missing-tunnel-group?4] x2

05[IKE] <a|2> initiating Main Mode IKE_SA a[2] to 192.0.2.9
05[IKE] <a|2> IKE_SA a[2] established between 198.51.100.1[a]...192.0.2.9[b]
05[IKE] <a|1> initiating Main Mode IKE_SA a[1] to 192.0.2.9
05[IKE] <a|1> giving up after 5 retransmits
=@ strongswan 198.51.100.1>192.0.2.9 a: initiator main stalled/none ?|NONE [no-route?4 missing-tunnel-group?4 port-500-blocked?4 wrong-peer-address?4 ike-disabled?4 +6] shows 4 x2 supposed

05[IKE] <a|1> initiating Main Mode IKE_SA a[1] to 192.0.2.9
05[IKE] <a|1> received NO_PROPOSAL_CHOSEN error notify
05[IKE] <a|2> initiating Main Mode IKE_SA a[2] to 192.0.2.9
05[IKE] <a|2> giving up after 5 retransmits
05[IKE] <a|3> initiating Main Mode IKE_SA a[3] to 192.0.2.9
=@ strongswan ?>192.0.2.9 a: initiator main stalled/none ?|? [policy-mismatch=2 ike-version?2 missing-tunnel-group?2] x3

"c" #1: responding to Main Mode from unknown peer 192.0.2.9:500
"d" #2: responding to Main Mode from unknown peer 192.0.2.9:500
"d" #2: IKE SA established {auth=PRESHARED_KEY}
=@ libreswan ?>192.0.2.9 c: responder main established/none ?|MM_ACTIVE [] shows 3 healthy

192.0.2.9 is initiating a Main Mode IKE_SA
%ASA-5-713119: Group = 192.0.2.9, IP = 192.0.2.9, PHASE 1 COMPLETED
=@ strongswan ?>192.0.2.9 ?: responder main unknown/none ?|? []
=@ asa ?>192.0.2.9 ?: ? ? established/none ?|? [] shows 2 healthy

05[IKE] <a|1> initiating Main Mode IKE_SA a[1] to 192.0.2.9
05[IKE] <a|1> IKE_SA a[1] established between 198.51.100.1[a]...192.0.2.9[b]
05[ENC] <a|1> generating QUICK_MODE request 9 [ HASH SA No ID ID ]
05[ENC] <a|1> parsed INFORMATIONAL_V1 request 7 [ HASH N(NO_PROP) ]
05[IKE] <a|2> initiating Main Mode IKE_SA a[2] to 192.0.2.9
05[IKE] <a|2> giving up after 5 retransmits
=@ strongswan 198.51.100.1>192.0.2.9 a: initiator main stalled/none ?|NONE [no-route?6 missing-tunnel-group?6 port-500-blocked?6 wrong-peer-address?6 ike-disabled?6 +6] shows 6 x2 supposed
"#;

/// An attempt that failed before one that is up is over; one behind it counts.
#[test]
fn the_attempt_that_speaks_for_a_peer() {
    tells(ATTEMPTS);
}

const BEGINNINGS: &str = "
05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
05[ENC] <gw|1> generating ID_PROT request 0 [ SA V V ]
06[IKE] <gw|1> sending retransmit 1 of request message ID 0, seq 1
06[IKE] <gw|1> sending retransmit 2 of request message ID 0, seq 1
05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
=> initiator main stalled/none MM_WAIT_MSG2|NONE [no-route?4 missing-tunnel-group?4 port-500-blocked?4 wrong-peer-address?4 ike-disabled?4 +5] shows 3 supposed

05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
06[IKE] <gw|1> sending retransmit 1 of request message ID 0, seq 1
06[IKE] <gw|1> sending retransmit 2 of request message ID 0, seq 1
06[IKE] <gw|1> sending retransmit 3 of request message ID 0, seq 1
05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
=> initiator main stalled/none MM_WAIT_MSG2|NONE [no-route?4 missing-tunnel-group?4 port-500-blocked?4 wrong-peer-address?4 ike-disabled?4 +6] shows 2 x2 supposed

05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
05[IKE] <gw|1> peer not responding, trying again (2/3)
05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
=> initiator main stalled/none ?|NONE [no-route?2 missing-tunnel-group?2 port-500-blocked?2 wrong-peer-address?2 ike-disabled?2 +6] shows 2 x2 supposed

05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
05[ENC] <gw|1> generating ID_PROT request 0 [ KE No NAT-D NAT-D ]
05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
=> initiator main unknown/none ?|? [] x2
";

/// Another beginning is another attempt once something came of the one before.
#[test]
fn a_new_attempt_begins() {
    tells(BEGINNINGS);
}

const DELETES: &str = r#"
05[IKE] <gw|1> IKE_SA gw[1] established between 198.51.100.1[a]...192.0.2.9[b]
05[IKE] <gw|1> CHILD_SA n{1} established with SPIs c1_i c2_o and TS 10.1.0.0/24 === 10.2.0.0/24
06[IKE] <2> 192.0.2.9 is initiating a Main Mode IKE_SA
06[IKE] <gw|2> IKE_SA gw[2] established between 198.51.100.1[a]...192.0.2.9[b]
06[IKE] <gw|1> received DELETE for IKE_SA gw[1]
=> responder main deleted/none ?|NONE [] shows 4+5 x2 healthy

"c" #1: ISAKMP SA established {auth=PRESHARED_KEY}
"c" #1: modecfg: Sending IP request (MODECFG_I1)
"c" #1: received Delete SA payload: self-deleting ISAKMP State #1
=> ? ? deleted/none ?|? [] shows 1+2+3 xauth xauth-waits
"#;

/// An SA that a newer one replaces is deleted; so is one whose Mode Config fails. Neither tells of an identity.
#[test]
fn deletes_of_another_kind() {
    tells(DELETES);
}
