//! Two devices of one negotiation.

use super::tells;

const PAIRS: &str = "
# Both sides: the better known cause counts, each side's state is its own word.
05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
05[NET] <gw|1> sending packet: from 198.51.100.1[500] to 192.0.2.9[500] (180 bytes)
05[ENC] <gw|1> generating ID_PROT request 0 [ ID HASH ]
06[IKE] <gw|1> sending retransmit 1 of request message ID 0, seq 3
-----
05[NET] <1> received packet: from 198.51.100.1[500] to 192.0.2.9[500] (180 bytes)
06[IKE] <1> 198.51.100.1 is initiating a Main Mode IKE_SA
05[ENC] <1> generating ID_PROT response 0 [ KE No ]
08[ENC] <1> invalid ID_V1 payload length, decryption failed?
=@ strongswan 192.0.2.9>198.51.100.1 ?: responder main stalled/none MM_WAIT_MSG6|MM_WAIT_MSG5 [psk-mismatch=8 message-lost?7 message-late?7 message-corrupted?7 peer-down?7] shows 7+4 both

05[NET] <1> received packet: from 198.51.100.1[500] to 192.0.2.9[500] (180 bytes)
06[IKE] <1> 198.51.100.1 is initiating a Main Mode IKE_SA
05[ENC] <1> generating ID_PROT response 0 [ KE No ]
08[ENC] <1> invalid ID_V1 payload length, decryption failed?
-----
05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
05[NET] <gw|1> sending packet: from 198.51.100.1[500] to 192.0.2.9[500] (180 bytes)
05[ENC] <gw|1> generating ID_PROT request 0 [ ID HASH ]
06[IKE] <gw|1> sending retransmit 1 of request message ID 0, seq 3
=@ strongswan 192.0.2.9>198.51.100.1 ?: responder main stalled/none MM_WAIT_MSG6|MM_WAIT_MSG5 [psk-mismatch=4 message-lost?3 message-late?3 message-corrupted?3 peer-down?3] shows 3+8 both

# Where neither knows for certain, what either may come from.
05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
05[ENC] <gw|1> generating ID_PROT request 0 [ SA V V ]
06[IKE] <gw|1> sending retransmit 1 of request message ID 0, seq 1
-----
06[IKE] <1> 198.51.100.1 is initiating a Main Mode IKE_SA
06[ENC] <1> generating ID_PROT response 0 [ SA V V ]
06[IKE] <1> received retransmit of request with ID 0, retransmitting response
=@ strongswan 198.51.100.1>192.0.2.9 gw: initiator main stalled/none MM_WAIT_MSG2|MM_WAIT_MSG3 [no-route?3 missing-tunnel-group?3 port-500-blocked?3 wrong-peer-address?3 ike-disabled?3 +6] shows 3+6 both

# One that names another peer is not the other side.
05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
05[NET] <gw|1> sending packet: from 198.51.100.1[500] to 192.0.2.9[500] (180 bytes)
06[IKE] <gw|1> sending retransmit 1 of request message ID 0, seq 1
-----
05[IKE] <1> 203.0.113.7 is initiating a Main Mode IKE_SA
06[IKE] <1> no proposal found
=@ strongswan ?>203.0.113.7 ?: responder main stalled/none ?|? [policy-mismatch!5]
=@ strongswan 198.51.100.1>192.0.2.9 gw: initiator main stalled/none MM_WAIT_MSG2|NONE [no-route?3 missing-tunnel-group?3 port-500-blocked?3 wrong-peer-address?3 ike-disabled?3 +6] shows 3 supposed

05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
05[NET] <gw|1> sending packet: from 198.51.100.1[500] to 192.0.2.9[500] (180 bytes)
06[IKE] <gw|1> sending retransmit 1 of request message ID 0, seq 1
-----
05[NET] <1> received packet: from 198.51.100.1[500] to 203.0.113.7[500] (180 bytes)
05[IKE] <1> 198.51.100.1 is initiating a Main Mode IKE_SA
06[IKE] <1> no proposal found
=@ strongswan 203.0.113.7>198.51.100.1 ?: responder main stalled/none ?|? [policy-mismatch!6]
=@ strongswan 198.51.100.1>192.0.2.9 gw: initiator main stalled/none MM_WAIT_MSG2|NONE [no-route?3 missing-tunnel-group?3 port-500-blocked?3 wrong-peer-address?3 ike-disabled?3 +6] shows 3 supposed

# A third text finds a pair that is made already.
05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
-----
06[IKE] <1> 198.51.100.1 is initiating a Main Mode IKE_SA
-----
06[IKE] <1> 198.51.100.1 is initiating a Main Mode IKE_SA
=@ strongswan 198.51.100.1>192.0.2.9 gw: initiator main unknown/none ?|? [] both
=@ strongswan ?>198.51.100.1 ?: responder main unknown/none ?|? []
";

/// The better known cause counts, and each side's state is its own word.
#[test]
fn two_sides_make_one_story() {
    tells(PAIRS);
}

const ROWS: &str = "
192.0.2.9       198.51.100.1    MM_KEY_EXCH       1002 ACTIVE
-----
05[NET] <1> received packet: from 198.51.100.1[500] to 192.0.2.9[500] (180 bytes)
06[IKE] <1> 198.51.100.1 is initiating a Main Mode IKE_SA
05[ENC] <1> generating ID_PROT response 0 [ KE No ]
=@ ios 198.51.100.1>192.0.2.9 ?: initiator main stalled/none MM_WAIT_MSG6|MM_WAIT_MSG5 [psk-mismatch?1 identity-mismatch?1 message-lost?1 message-late?1 message-corrupted?1 +1] shows 1+4 both

192.0.2.9       198.51.100.1    MM_KEY_EXCH       1002 ACTIVE
-----
05[NET] <1> sending packet: from 198.51.100.1[500] to 192.0.2.9[500] (180 bytes)
05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
05[ENC] <1> generating ID_PROT request 0 [ ID HASH ]
=@ ios 192.0.2.9>198.51.100.1 ?: responder main stalled/none MM_WAIT_MSG6|MM_WAIT_MSG5 [psk-mismatch?1 identity-mismatch?1 message-lost?1 message-late?1 message-corrupted?1 +1] shows 1+4 both

05[NET] <1> sending packet: from 198.51.100.1[500] to 192.0.2.9[500] (180 bytes)
05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
05[ENC] <1> generating ID_PROT request 0 [ ID HASH ]
-----
192.0.2.9       198.51.100.1    MM_KEY_EXCH       1002 ACTIVE
=@ ios 192.0.2.9>198.51.100.1 ?: responder main stalled/none MM_WAIT_MSG6|MM_WAIT_MSG5 [psk-mismatch?4 identity-mismatch?4 message-lost?4 message-late?4 message-corrupted?4 +1] shows 4+3 both

192.0.2.9       198.51.100.1    MM_KEY_EXCH       1002 ACTIVE
-----
192.0.2.9       198.51.100.1    MM_KEY_EXCH       1002 ACTIVE
=@ ios 198.51.100.1>192.0.2.9 ?: ? main stalled/none MM_WAIT_MSG6|MM_WAIT_MSG5 [psk-mismatch?1 identity-mismatch?1 message-lost?1 message-late?1 message-corrupted?1 +1] shows 1+2 both

192.0.2.9       198.51.100.1    MM_KEY_EXCH       1002 ACTIVE
-----
192.0.2.9       198.51.100.1    MM_SA_SETUP       1002 ACTIVE
=@ ios 198.51.100.1>192.0.2.9 ?: ? main stalled/none ?|? [psk-mismatch?1 identity-mismatch?1 message-lost?1 message-late?1 message-corrupted?1 +3] shows 1+2 both
";

/// A row of which nobody knows whose it is plays the part that the other leaves.
#[test]
fn a_row_plays_the_part_that_is_left() {
    tells(ROWS);
}

const STRANGERS: &str = "
192.0.2.9       198.51.100.1    MM_KEY_EXCH       1002 ACTIVE
-----
05[NET] <1> received packet: from 198.51.100.1[500] to 203.0.113.7[500] (180 bytes)
06[IKE] <1> 198.51.100.1 is initiating a Main Mode IKE_SA
05[ENC] <1> generating ID_PROT response 0 [ KE No ]
=@ ios 198.51.100.1>192.0.2.9 ?: ? main stalled/none ?|? [psk-mismatch?1 identity-mismatch?1 message-lost?1 message-late?1 message-corrupted?1 +1] shows 1 supposed
=@ strongswan 203.0.113.7>198.51.100.1 ?: responder main unknown/none ?|MM_WAIT_MSG5 [] shows 4

05[NET] <1> received packet: from 198.51.100.1[500] to 203.0.113.7[500] (180 bytes)
06[IKE] <1> 198.51.100.1 is initiating a Main Mode IKE_SA
05[ENC] <1> generating ID_PROT response 0 [ KE No ]
-----
192.0.2.9       198.51.100.1    MM_KEY_EXCH       1002 ACTIVE
=@ ios 198.51.100.1>192.0.2.9 ?: ? main stalled/none ?|? [psk-mismatch?4 identity-mismatch?4 message-lost?4 message-late?4 message-corrupted?4 +1] shows 4 supposed
=@ strongswan 203.0.113.7>198.51.100.1 ?: responder main unknown/none ?|MM_WAIT_MSG5 [] shows 3

    Crypto map tag: M, local addr 192.0.2.1
   current_peer 192.0.2.9 port 500
    #pkts encaps: 5, #pkts encrypt: 5, #pkts digest: 5
-----
05[NET] <1> sending packet: from 192.0.2.1[500] to 192.0.2.9[500] (180 bytes)
05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
=@ strongswan 192.0.2.1>192.0.2.9 gw: initiator main unknown/none ?|? []
=@ ios 192.0.2.1>192.0.2.9 ?: ? ? established/established ?|? [] healthy
";

/// What does not fit, turned or not, stays as it is.
#[test]
fn what_is_not_the_other_side() {
    tells(STRANGERS);
}

const SEVERAL: &str = "
05[IKE] <a|1> IKE_SA a[1] established between 198.51.100.1[a]...192.0.2.5[b]
05[IKE] <b|2> initiating Main Mode IKE_SA b[2] to 192.0.2.6
05[IKE] <b|2> giving up after 5 retransmits
05[IKE] <c|3> initiating Main Mode IKE_SA c[3] to 192.0.2.7
05[IKE] <c|3> received NO_PROPOSAL_CHOSEN error notify
05[IKE] <4> 192.0.2.8 is initiating a Main Mode IKE_SA
05[IKE] <4> no proposal found
=@ strongswan ?>192.0.2.8 ?: responder main stalled/none ?|? [policy-mismatch!7]
=@ strongswan ?>192.0.2.7 c: initiator main stalled/none ?|? [policy-mismatch=5 ike-version?5 missing-tunnel-group?5]
=@ strongswan ?>192.0.2.6 b: initiator main stalled/none ?|NONE [no-route?3 missing-tunnel-group?3 port-500-blocked?3 wrong-peer-address?3 ike-disabled?3 +6] shows 3 supposed
=@ strongswan 198.51.100.1>192.0.2.5 a: ? ? established/none ?|? [] shows 1 healthy

Session status: DOWN
Peer: 192.0.2.4 port 500
ISAKMP-PAK: (1002):sending packet to 192.0.2.9 my_port 500 peer_port 500 (I) MM_NO_STATE
=@ ios ?>192.0.2.9 ?: initiator main unknown/none MM_WAIT_MSG2|? [] shows 3
=@ ios ?>192.0.2.4 ?: ? ? none/none ?|? [] no-sa
";

/// Failing ones first, then by how well the cause is known, and what was not begun last.
#[test]
fn the_order_of_stories() {
    tells(SEVERAL);
}
