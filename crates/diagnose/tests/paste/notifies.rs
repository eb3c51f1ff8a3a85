//! What a notify is about, by which it is, how far the exchange came, and whose it is.

use super::tells;

const NOTIFIES: &str = "
05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
05[ENC] <gw|1> parsed INFORMATIONAL_V1 request 7 [ N(INVAL_EX) ]
=> initiator main stalled/none ?|? [aggressive-mode-disabled=2 ike-version?2]

05[IKE] <gw|1> initiating Aggressive Mode IKE_SA gw[1] to 192.0.2.9
05[IKE] <gw|1> received UNSUPPORTED_EXCHANGE_TYPE error notify
=> initiator aggressive stalled/none ?|? [aggressive-mode-disabled=2 ike-version?2]

05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
05[IKE] <gw|1> received INVALID_MAJOR_VERSION error notify
=> initiator main stalled/none ?|? [ike-version=2]

05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
05[ENC] <gw|1> generating ID_PROT request 0 [ ID HASH ]
05[IKE] <gw|1> received INVALID_HASH_INFORMATION error notify
=> initiator main stalled/none MM_WAIT_MSG6|MM_WAIT_MSG5 [psk-mismatch=3 identity-mismatch?2 message-lost?2 message-late?2 message-corrupted?2 +1] shows 2 supposed

05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
05[ENC] <gw|1> generating ID_PROT request 0 [ SA V V ]
05[IKE] <gw|1> received UNEQUAL_PAYLOAD_LENGTHS error notify
=> initiator main stalled/none MM_WAIT_MSG2|NONE [message-corrupted=3 policy-mismatch?2 missing-tunnel-group?2 no-route?2 port-500-blocked?2 +7] shows 2 supposed

06[IKE] <gw|1> 192.0.2.9 is initiating a Main Mode IKE_SA
05[ENC] <gw|1> generating ID_PROT response 0 [ SA V V ]
05[IKE] <gw|1> received PAYLOAD_MALFORMED error notify
=> responder main stalled/none ?|MM_WAIT_MSG3 [psk-mismatch=3 no-route?2 port-500-blocked?2 message-lost?2 message-late?2 +2] shows 2

05[IKE] <gw|1> initiating Aggressive Mode IKE_SA gw[1] to 192.0.2.9
05[ENC] <gw|1> generating AGGRESSIVE request 0 [ SA KE No ID V V ]
05[IKE] <gw|1> received PAYLOAD_MALFORMED error notify
=> initiator aggressive stalled/none AM_WAIT_MSG2|AM_WAIT_MSG3 [psk-mismatch=3 aggressive-mode-disabled?2 missing-tunnel-group?2 missing-psk?2 policy-mismatch?2 +10] shows 2 supposed

06[IKE] <gw|1> 192.0.2.9 is initiating a Aggressive Mode IKE_SA
05[ENC] <gw|1> generating AGGRESSIVE response 0 [ SA KE No ID HASH ]
05[IKE] <gw|1> received INVALID_KE_PAYLOAD error notify
=> responder aggressive stalled/none ?|AM_WAIT_MSG3 [policy-mismatch=3 missing-psk?3 psk-mismatch?2 identity-mismatch?2 no-route?2 +5] shows 2

05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 192.0.2.9
05[ENC] <gw|1> generating ID_PROT request 0 [ SA V V ]
05[IKE] <gw|1> received INVALID_IKE_SPI error notify
06[IKE] <gw|1> sending retransmit 1 of request message ID 0, seq 1
=> initiator main stalled/none MM_WAIT_MSG2|NONE [missing-tunnel-group=3+4 missing-psk?3+4 policy-mismatch?4 no-route?4 port-500-blocked?4 +7] shows 4 supposed

06[IKE] <gw|1> 192.0.2.9 is initiating a Main Mode IKE_SA
07[ENC] <gw|1> generating INFORMATIONAL_V1 request 7 [ HASH N(AUTH_FAILED) ]
=> responder main stalled/none ?|? [identity-mismatch=2 xauth-missing?2 psk-mismatch?2]
";

/// Before message 5 no key can be at fault; whoever sends one says why itself.
#[test]
fn each_notify_has_its_causes() {
    tells(NOTIFIES);
}
