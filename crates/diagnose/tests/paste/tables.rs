//! Rows and counters of `show`: whose they are, what they join, and which of them say nothing.

use ike::{Role, State};

use super::{only, tells};

const TOGETHER: &str = "
# `show crypto ipsec sa`, then another entry: each peer has this device's address of its own entry.
interface: GigabitEthernet0/0
    Crypto map tag: M, local addr 192.0.2.1
   current_peer 192.0.2.9 port 500
    #pkts encaps: 3, #pkts encrypt: 3, #pkts digest: 3
    #pkts decaps: 4, #pkts decrypt: 4, #pkts verify: 4
     current outbound spi: 0x9B3F2A11(2604608017)
    Crypto map tag: N, local addr 198.51.100.1
   current_peer 192.0.2.7 port 500
    #pkts encaps: 5, #pkts encrypt: 5, #pkts digest: 5
    #pkts decaps: 0, #pkts decrypt: 0, #pkts verify: 0
     current outbound spi: 0x9B3F2A12(2604608018)
=@ ios 198.51.100.1>192.0.2.7 ?: ? ? established/established ?|? [one-way=10] shows 11
=@ ios 192.0.2.1>192.0.2.9 ?: ? ? established/established ?|? [] shows 6 healthy

# A row of phase 1's table joins what other tables say of that peer.
IPv4 Crypto ISAKMP SA
192.0.2.9       192.0.2.1       MM_KEY_EXCH       1002 ACTIVE
192.0.2.7       192.0.2.1       QM_IDLE           1003 ACTIVE
    Crypto map tag: M, local addr 192.0.2.1
   current_peer 192.0.2.9 port 500
    #pkts encaps: 0, #pkts encrypt: 0, #pkts digest: 0
    #send errors 3, #recv errors 0
     current outbound spi: 0x0(0)
   current_peer 192.0.2.7 port 500
    #pkts encaps: 3, #pkts encrypt: 3, #pkts digest: 3
    #pkts decaps: 0, #pkts decrypt: 0, #pkts verify: 0
     current outbound spi: 0x9B3F2A12(2604608018)
=@ ios 192.0.2.1>192.0.2.9 ?: initiator main stalled/none MM_WAIT_MSG6|? [no-tunnel=7 message-lost?2 message-late?2 message-corrupted?2 peer-down?2] shows 2 no-sa
=@ ios 192.0.2.1>192.0.2.7 ?: initiator ? established/established MM_ACTIVE|? [one-way=11] shows 3+12

# A row with another address of this device's is another's.
192.0.2.9       192.0.2.2       MM_KEY_EXCH       1002 ACTIVE
    Crypto map tag: M, local addr 192.0.2.1
   current_peer 192.0.2.9 port 500
    #pkts encaps: 3, #pkts encrypt: 3, #pkts digest: 3
     current outbound spi: 0x9B3F2A12(2604608018)
=@ ios 192.0.2.2>192.0.2.9 ?: ? main stalled/none ?|? [psk-mismatch?1 identity-mismatch?1 message-lost?1 message-late?1 message-corrupted?1 +1] shows 1 supposed
=@ ios 192.0.2.1>192.0.2.9 ?: ? ? established/established ?|? [] shows 5 healthy

# What is up in a log stays up beside an older row.
ISAKMP-PAK: (1002):sending packet to 192.0.2.9 my_port 500 peer_port 500 (I) MM_KEY_EXCH
ISAKMP:(1002):Old State = IKE_I_MM6  New State = IKE_P1_COMPLETE
192.0.2.9       192.0.2.1       MM_NO_STATE       1002 ACTIVE
=@ ios 192.0.2.1>192.0.2.9 ?: initiator main established/none MM_ACTIVE|? [] shows 2 healthy

ISAKMP-PAK: (1002):sending packet to 192.0.2.9 my_port 500 peer_port 500 (I) MM_NO_STATE
192.0.2.9       192.0.2.1       MM_KEY_EXCH       1002 ACTIVE
=@ ios 192.0.2.1>192.0.2.9 ?: initiator main stalled/none MM_WAIT_MSG6|MM_WAIT_MSG5 [psk-mismatch?2 identity-mismatch?2 message-lost?2 message-late?2 message-corrupted?2 +1] shows 2 supposed

Crypto map tag: M, local addr 192.0.2.1
Session status: UP-IDLE
Peer: 192.0.2.9 port 500
    Crypto map tag: N, local addr 198.51.100.1
=@ ios 192.0.2.1>192.0.2.9 ?: ? ? established/none ?|? [] shows 3 healthy
";

/// Rows of phase 1 and counters of phase 2 are of the peer and of the address that stand with them.
#[test]
fn what_tables_say_together() {
    tells(TOGETHER);
}

const ROWS: &str = "
# `detail`: without a cipher it is not complete, and a deleted one is not.
1001  192.0.2.1       192.0.2.9              ACTIVE aes  sha    psk  14 23:59:45 D
1002  192.0.2.1       192.0.2.7              ACTIVE                        0       
1003  192.0.2.1       192.0.2.8              ACTIVE aes  sha    psk  14 23:59:45 (deleted)
x     192.0.2.1       192.0.2.6              ACTIVE aes  sha    psk  14 23:59:45
=@ ios 192.0.2.1>192.0.2.7 ?: ? ? stalled/none ?|? [no-tunnel?2] shows 2
=@ ios 192.0.2.1>192.0.2.8 ?: ? ? stalled/none ?|? [no-tunnel?3] shows 3
=@ ios 192.0.2.1>192.0.2.9 ?: ? ? established/none ?|? [] shows 1 healthy

# Blocks of the IPv6 part.
dst: 2001:db8::1
src: 2001:db8::2
state: MM_NO_STATE    conn-id:   1002 status: ACTIVE (deleted)
dst: 2001:db8::3
src: 2001:db8::2
state: MM_KEY_EXCH    conn-id:   1003 status: ACTIVE
state: QM_IDLE        conn-id:   1004 status: ACTIVE
=@ ios 2001:db8::2>2001:db8::1 ?: initiator main stalled/none MM_WAIT_MSG2|NONE [policy-mismatch?3 no-route?3 port-500-blocked?3 wrong-peer-address?3 ike-disabled?3 +7] shows 3 supposed
=@ ios 2001:db8::2>2001:db8::3 ?: initiator main stalled/none MM_WAIT_MSG6|MM_WAIT_MSG5 [psk-mismatch?6 identity-mismatch?6 message-lost?6 message-late?6 message-corrupted?6 +1] shows 6 supposed

# A deleted row says something only where there is no living one between the same two, either way round.
192.0.2.9       192.0.2.1       MM_NO_STATE          0 ACTIVE (deleted)
192.0.2.7       192.0.2.1       QM_IDLE           1002 ACTIVE
192.0.2.1       192.0.2.7       MM_NO_STATE          0 ACTIVE (deleted)
=@ ios 192.0.2.1>192.0.2.9 ?: initiator main stalled/none MM_WAIT_MSG2|NONE [policy-mismatch?1 no-route?1 port-500-blocked?1 wrong-peer-address?1 ike-disabled?1 +7] shows 1 supposed
=@ ios 192.0.2.1>192.0.2.7 ?: initiator ? established/none MM_ACTIVE|? [] shows 2 healthy

# The address that other lines name as this device's own.
192.0.2.1       192.0.2.9       MM_KEY_EXCH       1002 ACTIVE
    Crypto map tag: M, local addr 192.0.2.1
   current_peer 192.0.2.7 port 500
    #pkts encaps: 3, #pkts encrypt: 3, #pkts digest: 3
     current outbound spi: 0x9B3F2A12(2604608018)
=@ ios 192.0.2.1>192.0.2.9 ?: responder main stalled/none MM_WAIT_MSG6|MM_WAIT_MSG5 [psk-mismatch?1 message-lost?1 message-late?1 message-corrupted?1 peer-down?1] shows 1 supposed
=@ ios 192.0.2.1>192.0.2.7 ?: ? ? established/established ?|? [] shows 5 healthy

192.0.2.1       192.0.2.9       CONF_XAUTH        1002 ACTIVE
=@ ios 192.0.2.9>192.0.2.1 ?: ? ? established/none ?|? [] shows 1 xauth xauth-waits

192.0.2.1       192.0.2.9       QM_IDLE           1002 ACTIVE
=@ ios 192.0.2.9>192.0.2.1 ?: ? ? established/none ?|? [] shows 1 healthy

192.0.2.9       192.0.2.1       MM_ACTIVE_TYPO    1002 ACTIVE
192.0.2.9       192.0.2.1       AG_INIT_EXCH      1002 ACTIVE
=@ ios 192.0.2.1>192.0.2.9 ?: ? aggressive stalled/none ?|? [psk-mismatch?2 aggressive-mode-disabled?2 missing-tunnel-group?2 missing-psk?2 policy-mismatch?2 +10] shows 2 supposed
";

/// Rows that are not complete, that are deleted, or whose end nothing tells.
#[test]
fn rows_by_themselves() {
    tells(ROWS);
}

const LISTS: &str = r#"
Session Type: LAN-to-LAN
Connection   : 192.0.2.9
Index        : 2                      IP Addr      : 192.0.2.9
Protocol     : IKEv1 IPsec
Encryption   : IKEv1: (1)AES256  IPsec: (1)AES256
Bytes Tx     : 400                    Bytes Rx     : 380
=@ asa ?>192.0.2.9 ?: ? ? established/established ?|? [] shows 4+5 healthy

Connection   : 192.0.2.9
Protocol     : IKEv1 IPsec
Encryption   : IKEv1: (1)AES256  IPsec: (1)AES256
Bytes Tx     : 400                    Bytes Rx     : 0
=@ asa ?>192.0.2.9 ?: ? ? established/established ?|? [one-way=4] shows 2+3

000 "a": 10.1.0.0/24===192.0.2.1<192.0.2.1>...192.0.2.9<192.0.2.9>===10.2.0.0/24; unrouted; eroute owner: #0
000 "b": 192.0.2.1<192.0.2.1>...192.0.2.7<192.0.2.7>; erouted; eroute owner: #4
000 #1: "a":500 STATE_MAIN_I3 (sent MI3, expecting MR3); EVENT_RETRANSMIT in 20s; nodpd; idle
000 #3: "b":500 STATE_MAIN_I4 (ISAKMP SA established); EVENT_SA_REPLACE in 2608s; newest ISAKMP; idle;
000 #4: "b":500 STATE_QUICK_I2 (sent QI2, IPsec SA established); EVENT_SA_REPLACE in 27838s; newest IPSEC;
=@ libreswan 192.0.2.1>192.0.2.9 a: initiator main stalled/none MM_WAIT_MSG6|MM_WAIT_MSG5 [psk-mismatch?3 identity-mismatch?3 message-lost?3 message-late?3 message-corrupted?3 +1] shows 3 supposed
=@ libreswan 192.0.2.1>192.0.2.7 b: ? ? established/established ?|? [] shows 4+5 healthy

IKEv1 SAs:
1   IKE Peer: 192.0.2.9
    Type    : user            Role    : initiator
    Rekey   : no              State   : MM_WAIT_MSG2
=@ asa ?>192.0.2.9 ?: initiator main stalled/none MM_WAIT_MSG2|NONE [policy-mismatch?4 no-route?4 port-500-blocked?4 wrong-peer-address?4 ike-disabled?4 +7] shows 4 supposed
"#;

/// An ASA's session database and its list; pluto's status of 3.x, with `000` and `STATE_`.
#[test]
fn lists_of_others() {
    tells(LISTS);
}

const COUNTERS: &str = "
Session status: UP-ACTIVE
Peer: 192.0.2.9 port 500
        Active SAs: 2, origin: crypto map
        Inbound:  #pkts dec'ed 0 drop 0 life (KB/Sec) 4607999/3542
        Outbound: #pkts enc'ed 5 drop 0 life (KB/Sec) 4607999/3542
        Active SAs: 0, origin: crypto map
        Inbound:  #pkts dec'ed 9 drop 0 life (KB/Sec) 0/0
        Outbound: #pkts enc'ed 0 drop 0 life (KB/Sec) 0/0
=@ ios ?>192.0.2.9 ?: ? ? established/established ?|? [one-way=5] shows 2+3

Session status: UP-ACTIVE
Peer: 192.0.2.9 port 500
        Active SAs: 0, origin: crypto map
        Inbound:  #pkts dec'ed 9 drop 0 life (KB/Sec) 0/0
        Outbound: #pkts enc'ed 0 drop 0 life (KB/Sec) 0/0
        Active SAs: 2, origin: crypto map
        Inbound:  #pkts dec'ed 5 drop 0 life (KB/Sec) 4607999/3542
        Outbound: #pkts enc'ed 5 drop 0 life (KB/Sec) 4607999/3542
=@ ios ?>192.0.2.9 ?: ? ? established/established ?|? [] shows 2+6 healthy

   current_peer 192.0.2.9 port 500
    #pkts encaps: 5, #pkts encrypt: 5, #pkts digest: 5
    #pkts decaps: 0, #pkts decrypt: 0, #pkts verify: 0
     current outbound spi: 0x0(0)
    #pkts encaps: 6, #pkts encrypt: 6, #pkts digest: 6
    #pkts decaps: 7, #pkts decrypt: 7, #pkts verify: 7
     current outbound spi: 0x9B3F2A12(2604608018)
=@ ios ?>192.0.2.9 ?: ? ? established/established ?|? [] shows 7 healthy

      current_peer: 192.0.2.9
      #pkts encaps: 5, #pkts encrypt: 5, #pkts digest: 5
      #pkts decaps: 0, #pkts decrypt: 0, #pkts verify: 0
      #pkts encaps: 5, #pkts encrypt: 5, #pkts digest: 5
      #pkts decaps: 0, #pkts decrypt: 0, #pkts verify: 0
=@ asa ?>192.0.2.9 ?: ? ? established/established ?|? [one-way=3]

192.0.2.9       192.0.2.1       QM_IDLE           1002 ACTIVE
   current_peer 192.0.2.9 port 500
    #send errors 0, #recv errors 0
     current outbound spi: 0x0(0)
=@ ios 192.0.2.1>192.0.2.9 ?: ? ? established/none ?|? [] shows 1 no-sa healthy

192.0.2.9       192.0.2.1       QM_IDLE           1002 ACTIVE
   current_peer 192.0.2.9 port 500
    #send errors 0, #recv errors 0
=@ ios 192.0.2.1>192.0.2.9 ?: ? ? established/none ?|? [] shows 1 healthy

192.0.2.9       192.0.2.1       QM_IDLE           1002 ACTIVE
   current_peer 192.0.2.9 port 500
    #send errors 3, #recv errors 0
=@ ios 192.0.2.1>192.0.2.9 ?: ? ? established/none ?|? [] shows 1 healthy

192.0.2.9       192.0.2.1       QM_IDLE           1002 ACTIVE
   current_peer 192.0.2.9 port 500
    #send errors 3, #recv errors 0
     current outbound spi: 0x9B3F2A12(2604608018)
=@ ios 192.0.2.1>192.0.2.9 ?: ? ? established/established ?|? [] shows 1+4 healthy
";

/// Counters of an SA that is gone say nothing: its number stands before them or behind them.
#[test]
fn counters_of_tunnels() {
    tells(COUNTERS);
}

/// A row may stand for a state of either side; a name that one side alone can have does not.
#[test]
fn the_states_that_a_row_stands_for() {
    let standing = |text: &str| {
        let standing = only(text).standing;
        (standing[Role::Initiator], standing[Role::Responder])
    };
    let row = "192.0.2.9       192.0.2.1       MM_KEY_EXCH       1002 ACTIVE";
    assert_eq!(standing(row), (Some(State::MmWaitMsg6), Some(State::MmWaitMsg5)));
    let list = "1   IKE Peer: 192.0.2.9\n    Rekey   : no              State   : MM_ACTIVE\n";
    assert_eq!(standing(list), (None, None));
    let known = "192.0.2.7       192.0.2.1       MM_KEY_EXCH       1003 ACTIVE";
    let stories = diagnose::paste::read(&[&format!("{row}\n{known}")]).stories;
    assert!(stories.iter().all(|story| story.standing[Role::Initiator].is_none()), "{stories:#?}");
}
