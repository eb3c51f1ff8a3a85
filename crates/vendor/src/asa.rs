//! ASA syslog, `debug crypto ikev1` and `show`. Sources: Cisco's message reference, public traces, facts on Cisco.

mod commands;
pub(crate) mod profile;
pub mod quick;

use ike::Role;

use crate::{About, Cover, Line, Phase2, Says, Way, published, recalled};

/// What is known of it.
pub(crate) static ABOUT: About = About {
    profile: Some(&profile::PROFILE),
    state_name: |state, _| state.asa(),
    commands: Some(commands::commands),
    look: Some(commands::look),
    ..About::lines("asa", "ASA", LINES)
};

/// The first message is about to leave. `interface`, `peer`
pub const NEW_PHASE_1: Line = printed!(
    "5-713041",
    "IKE Initiator: New Phase 1, Intf {interface}, IKE Peer {peer}",
    Says::Begins(Role::Initiator, None)
);
/// `mid`, `payloads`, `length`
pub const SENDING: Line = printed!(
    "7-713236",
    "IKE_DECODE SENDING Message (msgid={mid}) with payloads : {payloads} total length : {length}",
    Says::Message(Way::Sent)
);
/// `mid`, `payloads`, `length`
pub const RECEIVED: Line = printed!(
    "7-713236",
    "IKE_DECODE RECEIVED Message (msgid={mid}) with payloads : {payloads} total length : {length}",
    Says::Message(Way::Received)
);
/// `mid`, `payloads`, `length`
pub const RESENDING: Line = printed!(
    "7-713236",
    "IKE_DECODE RESENDING Message (msgid={mid}) with payloads : {payloads} total length : {length}",
    Says::Resends
);
/// An offer fits.
pub const ACCEPTABLE: Line = printed!("7-713906", "Oakley proposal is acceptable", Says::Chosen);
/// `group`
pub const LANDED: Line = printed!("7-713906", "Connection landed on tunnel_group {group}", Says::Detail);
/// `remote` and `local` are `IS` or `is NOT`.
pub const NAT_STATUS: Line = printed!(
    "6-713172",
    "Automatic NAT Detection Status: Remote end {remote} behind a NAT device This end {local} behind a NAT device",
    Says::Detail
);
/// The ISAKMP SA is up.
pub const PHASE_1_COMPLETED: Line = printed!("5-713119", "PHASE 1 COMPLETED", Says::Phase1Done);
/// Whoever runs this device cleared what it had with the peer; no trace shows which proxies stand there. `peer`
pub const CLEARED: Line = printed!(
    "5-713050",
    "Connection terminated for peer {peer}.  Reason: Administrator Reset  Remote Proxy N/A, Local Proxy N/A",
    Says::Cleared
);
/// The peer's Delete was obeyed. `peer`
pub const TERMINATED: Line = printed!(
    "5-713050",
    "Connection terminated for peer {peer}.  Reason: Peer Terminate  Remote Proxy N/A, Local Proxy N/A",
    Says::PeerEnds
);
/// The peer's first message came again.
pub const DUPLICATE_FIRST: Line = printed!("5-713202", "Duplicate first packet detected.", Says::HeardAgain);
/// Another one came again. `then`
pub const DUPLICATE_PHASE_1: Line =
    printed!("5-713201", "Duplicate Phase 1 packet detected. {then}", Says::HeardAgain);
/// `then`
pub const DUPLICATE_PHASE_2: Line =
    printed!("5-713201", "Duplicate Phase 2 packet detected. {then}", Says::HeardAgain);
/// `notify`
pub const UNENCRYPTED_NOTIFY: Line = printed!(
    "5-713904",
    "Received an un-encrypted {notify} notify message, dropping",
    Says::Notify(Way::Received, Cover::Clear)
);
/// Behind the one before.
pub const EXCHANGE_FAILED: Line =
    printed!("4-713903", "Information Exchange processing failed", Says::Detail);
/// `notify`, `number`
pub const NOTIFY: Line = printed!(
    "5-713068",
    "Received non-routine Notify message: {notify} ({number})",
    Says::Notify(Way::Received, Cover::Protected)
);
/// The resends ran out. `mode` is `MM` or `AM`; `state` is the one it waited in, `sent` the one it last sent in.
pub const HISTORY: Line = printed!(
    "7-715065",
    "IKE {mode} {role} FSM error history (struct &{struct})  <state>, <event>:  {mode}_DONE, EV_ERROR-->{state}, \
     EV_RETRY-->{state}, EV_TIMEOUT-->{state}, NullEvent-->{sent}, EV_SND_MSG-->{sent}, EV_START_TMR-->{sent}, \
     EV_RESEND_MSG-->{state}, EV_RETRY",
    Says::GivesUp
);
/// Behind whatever ends an attempt.
pub const PEER_TABLE: Line =
    printed!("3-713902", "Removing peer from peer table failed, no match!", Says::Detail);
/// Behind the one before.
pub const PEER_ENTRY: Line = printed!("4-713903", "Error: Unable to remove PeerTblEntry", Says::Detail);
/// `attribute`, `offered`, `configured`
pub const DIFFERS: Line = printed!(
    "5-713257",
    "Phase 1 failure:  Mismatched attribute types for class {attribute}:  Rcv'd: {offered}  Cfg'd: {configured}",
    Says::Differs
);
/// Payload 1 is the SA: the offer itself was refused.
pub const OFFER_REFUSED: Line =
    printed!("3-713048", "Error processing payload: Payload ID: 1", Says::NoProposal);
/// `name`
pub const NO_GROUP: Line = printed!(
    "3-713138",
    "Group {name} not found and BASE GROUP default preshared key not configured",
    Says::NoGroup
);
/// Behind the one before.
pub const NO_VALID_GROUP: Line =
    printed!("5-713904", "Can't find a valid tunnel group, aborting...!", Says::NoGroup);
/// An encrypted message under cookies that are not there.
pub const NO_MATCHING_SA: Line =
    printed!("5-713904", "Received encrypted packet with no matching SA, dropping", Says::Detail);
/// Nothing on this interface takes UDP 500. `peer`, `pport`, `interface`, `end`, `lport`
pub const DISCARDED: Line = printed!(
    "7-710005",
    "UDP request discarded from {peer}/{pport} to {interface}:{end}/{lport}",
    Says::IkeOff
);
/// `proxies`
pub const NO_CRYPTO_MAP: Line = printed!(
    "3-713061",
    "Rejecting IPSec tunnel: no matching crypto map entry for {proxies}",
    Says::Phase2Refused(Phase2::Networks)
);
/// Both have PFS. `offered`, `configured`
pub const PFS_DIFFERS: Line = printed!(
    "5-713257",
    "Phase 2 failure:  Mismatched attribute types for class Group Description:  Rcv'd: Group {offered}  Cfg'd: Group {configured}",
    Says::Phase2Refused(Phase2::Pfs)
);
/// No transform set fits.
pub const UNACCEPTABLE: Line =
    printed!("5-713904", "All IPSec SA proposals found unacceptable!", Says::Phase2Refused(Phase2::Proposal));
/// `struct`, `id`: the message id.
pub const QM_ERROR: Line =
    printed!("3-713902", "QM FSM error (P2 struct &{struct}, mess id 0x{id})!", Says::Phase2Failed);
/// Behind the one before.
pub const CORRELATOR: Line =
    printed!("3-713902", "Removing peer from correlator table failed, no match!", Says::Detail);
/// The session ends for its crypto map.
pub const TORN_DOWN: Line = printed!(
    "5-713259",
    "Session is being torn down. Reason: crypto map policy not found",
    Says::Phase2Refused(Phase2::CryptoMap)
);
/// Message 1 finds nobody who would want a tunnel; traces have it without a number.
pub const NO_MAP_BOUND: Line =
    printed!("4-713903", "No crypto map bound to interface... dropping pkt", Says::MapUnbound);

pub(crate) const LINES: &[Line] = &[
    // Phase 2 and what lies behind phase 1 come first: some of their words are phase 1's too.
    PFS_DIFFERS,
    published(
        "phase 2 failure:*mismatched attribute types for class group desc*: *rcv'd: {offered} cfg'd: {configured}",
        Says::Phase2Refused(Phase2::Pfs),
    ),
    published(
        "phase 2 failure:*mismatched attribute types for class encapsulation mode: *rcv'd: {offered} cfg'd: {configured}",
        Says::Phase2Refused(Phase2::Encapsulation),
    ),
    // Behind the two that name an attribute: the first pattern that fits counts.
    published("phase 2 failure", Says::Phase2Refused(Phase2::Unsaid)),
    UNACCEPTABLE,
    published("all ipsec sa proposals found unacceptable", Says::Phase2Refused(Phase2::Proposal)),
    NO_CRYPTO_MAP,
    published(
        "rejecting ipsec tunnel: no matching crypto map entry for {proxies}",
        Says::Phase2Refused(Phase2::Networks),
    ),
    TORN_DOWN,
    published("tunnel rejected: crypto map policy not found", Says::Phase2Refused(Phase2::Networks)),
    published("crypto map policy not found", Says::Phase2Refused(Phase2::CryptoMap)),
    published("acl does not match proxy ids", Says::Detail),
    published("static crypto map check by-passed: crypto map entry incomplete", Says::MapIncomplete),
    published("static crypto map check", Says::Detail),
    QM_ERROR,
    published("qm fsm error", Says::Phase2Failed),
    // vpn-tunnel-protocol lacks ikev1: for the peers of this group IKE is off.
    published("conflicting protocols specified by tunnel-group and group-policy", Says::IkeOff),
    published("tunnel rejected: ike peer does not match remote peer", Says::Phase2Refused(Phase2::Networks)),
    published(
        "mismatch: p1 authentication algorithm in the crypto map entry",
        Says::Phase2Refused(Phase2::Unsaid),
    ),
    published("ike lost contact with remote peer", Says::PeerDead),
    published("ike peer address same as our interface address", Says::NoPeer),
    published("ike peer address not configured for destination", Says::NoPeer),
    NO_MAP_BOUND,
    published("no crypto map bound to interface", Says::MapUnbound),
    published("responder forcing change of", Says::Rekey),
    published("overriding initiator's", Says::Rekey),
    published("ike initiator: rekeying phase", Says::Rekey),
    quick::COMPLETED,
    published("phase 2 completed", Says::Phase2Done),
    quick::NEGOTIATED,
    published("security negotiation complete for", Says::Phase2Done),
    quick::BEGIN,
    quick::ASKS,
    quick::ANSWERS,
    published("starting qm: msg id", Says::Phase2Begins),
    quick::SENDS_1,
    quick::SENDS_2,
    quick::SENDS_3,
    published("qm pkt: msg id", Says::Detail),
    quick::KEY,
    published("generating quick mode key", Says::Detail),
    quick::CREATED,
    quick::DELETED,
    published("ike initiator: new phase 2*ike peer {peer}", Says::Phase2Begins),
    published("ike initiator: new phase 2", Says::Phase2Begins),
    published("-602304: ", Says::Traffic),
    published("-602303: ", Says::Detail),
    published("-402116: *from {peer} ", Says::Traffic),
    published("-402119: *from {peer} ", Says::Traffic),
    published("ipsec: received an esp packet", Says::Traffic),
    published("lan-to-lan sa (spi", Says::Traffic),
    // Phase 1.
    DIFFERS,
    published(
        "phase 1 failure:*mismatched attribute types for class {attribute}: *rcv'd: {offered} cfg'd: {configured}",
        Says::Differs,
    ),
    published(
        "mismatched attribute types for class {attribute}: *rcv'd: {offered} cfg'd: {configured}",
        Says::Differs,
    ),
    published("mismatched attribute types for class", Says::NoProposal),
    published("all sa proposals found unacceptable", Says::NoProposal),
    OFFER_REFUSED,
    NEW_PHASE_1,
    published("ike initiator: new phase 1*ike peer {peer}", Says::Begins(Role::Initiator, None)),
    published("ike initiator: new phase 1", Says::Begins(Role::Initiator, None)),
    // With the length first: without it the hole for the payloads would take the length as well.
    SENDING,
    RECEIVED,
    RESENDING,
    published(
        "ike_decode sending message (msgid={mid}) with payloads : {payloads}",
        Says::Message(Way::Sent),
    ),
    published(
        "ike_decode received message (msgid={mid}) with payloads : {payloads}",
        Says::Message(Way::Received),
    ),
    published("ike_decode resending message (msgid={mid}) with payloads : {payloads}", Says::Resends),
    published("ike_decode resending", Says::Resends),
    DUPLICATE_FIRST,
    published("duplicate first packet detected", Says::HeardAgain),
    DUPLICATE_PHASE_1,
    published("duplicate phase 1 packet detected", Says::HeardAgain),
    DUPLICATE_PHASE_2,
    published("duplicate phase 2 packet detected", Says::Detail),
    published("mm initiator fsm error history*--> {state}, ", Says::GivesUp),
    HISTORY,
    // A history is printed newest first: the step behind DONE is where it stood.
    published("fsm error history*_done, ev_error-->{state}, ", Says::GivesUp),
    published("fsm error history", Says::GivesUp),
    PHASE_1_COMPLETED,
    UNENCRYPTED_NOTIFY,
    CLEARED,
    published("connection terminated for peer {peer}.*reason: administrator", Says::Cleared),
    TERMINATED,
    published("connection terminated for peer {peer}.*reason: peer terminate", Says::PeerEnds),
    published("un-encrypted {notify} notify message", Says::Notify(Way::Received, Cover::Clear)),
    NOTIFY,
    published("received non-routine notify message: {notify}", Says::Notify(Way::Received, Cover::Protected)),
    NO_GROUP,
    published("base group default preshared key not configured", Says::NoGroup),
    published("using base group default", Says::DefaultGroup),
    NO_VALID_GROUP,
    published("can't find a valid tunnel group", Says::NoGroup),
    published("713138: *group = {group} not found", Says::NoGroup),
    // Where a peer without a group of its own lands.
    published("connection landed on tunnel_group defaultl2lgroup", Says::DefaultGroup),
    LANDED,
    DISCARDED,
    published("udp request discarded from {peer}/", Says::IkeOff),
    published("end is behind a nat", Says::Nat),
    NAT_STATUS,
    published("automatic nat detection status", Says::Detail),
    NO_MATCHING_SA,
    published("received encrypted packet with no matching sa", Says::Detail),
    ACCEPTABLE,
    published("proposal*acceptable", Says::Chosen),
    published("session is being torn down", Says::Deletes),
    published("connection terminated for peer {peer}", Says::DeleteReceived),
    published("session disconnected*reason: administrator", Says::Cleared),
    published("session disconnected*reason: user requested", Says::PeerEnds),
    published("session disconnected*reason: lost service", Says::PeerDead),
    published("session disconnected", Says::Detail),
    published("no policy found for", Says::NoPeer),
    published("xauth required but selected proposal does not support xauth", Says::XauthMissing),
    published("has failed user authentication", Says::XauthFailed),
    published(
        "client ike auth mode differs from the group's configured auth mode",
        Says::NoSuchAuthentication,
    ),
    recalled("unknown transaction", Says::Xauth),
    published("no trust-point defined in tunnel-group", Says::Certificate),
    published("certificate validation failed", Says::Certificate),
    published("certificate chain failed validation", Says::Certificate),
    published("failed to find a suitable trustpoint", Says::Certificate),
    PEER_TABLE,
    CORRELATOR,
    PEER_ENTRY,
    EXCHANGE_FAILED,
    // Numbers alone, as message references and subjects of threads have them.
    published("#713257", Says::Differs),
    published("#713138", Says::NoGroup),
    published("#713139", Says::DefaultGroup),
    published("#713022", Says::NoGroup),
    published("#713048", Says::NoProposal),
    published("#713041", Says::Detail),
    published("#713042", Says::NoPeer),
    published("#713063", Says::NoPeer),
    published("#713062", Says::NoPeer),
    published("#713202", Says::HeardAgain),
    published("#713201", Says::HeardAgain),
    published("#713157", Says::GivesUp),
    published("#713119", Says::Phase1Done),
    published("#713120", Says::Phase2Done),
    published("#713049", Says::Phase2Done),
    published("#713050", Says::DeleteReceived),
    published("#713061", Says::Phase2Refused(Phase2::Networks)),
    published("#713187", Says::Phase2Refused(Phase2::Networks)),
    published("#713223", Says::MapIncomplete),
    published("#713224", Says::MapIncomplete),
    published("#713123", Says::PeerDead),
    published("#713206", Says::IkeOff),
    published("#713195", Says::NoPeer),
    published("#713165", Says::NoSuchAuthentication),
    published("#713127", Says::XauthMissing),
    published("#713167", Says::XauthFailed),
    published("#713166", Says::XauthFailed),
    published("#713172", Says::Detail),
    published("#713255", Says::NoGroup),
    published("#713256", Says::NoGroup),
    published("#713008", Says::IdentityRefused),
    published("#713016", Says::IdentityRefused),
    published("#713017", Says::IdentityRefused),
    published("#713073", Says::Rekey),
    published("#713074", Says::Rekey),
    published("#713075", Says::Rekey),
    published("#713076", Says::Rekey),
    published("#713092", Says::Rekey),
    published("#713169", Says::Rekey),
    published("#713170", Says::Rekey),
    published("#713121", Says::Dpd),
    published("#713122", Says::Dpd),
    published("#713124", Says::Dpd),
    published("#713129", Says::Xauth),
    published("#713130", Says::Xauth),
    published("#713131", Says::Xauth),
    published("#713132", Says::Xauth),
    published("#713168", Says::Xauth),
    published("#713081", Says::Certificate),
    published("#713082", Says::Certificate),
    published("#713083", Says::Certificate),
    published("#713086", Says::Certificate),
    published("#713094", Says::Certificate),
    published("#713098", Says::Certificate),
    published("#713109", Says::Certificate),
    published("#713226", Says::Certificate),
    published("#717009", Says::Certificate),
    published("#717027", Says::Certificate),
    published("#710005", Says::IkeOff),
    published("#713902", Says::Detail),
    published("#713903", Says::Detail),
    published("#713904", Says::Detail),
    published("#713905", Says::Detail),
    published("#713906", Says::Detail),
    published("#713236", Says::Detail),
    // The rest of IKE's classes: known as the ASA's, and proof of nothing.
    published("-713", Says::Detail),
    published("-714", Says::Detail),
    published("-715", Says::Detail),
    published("#113009", Says::Detail),
    published("#113019", Says::Detail),
    published("-752", Says::Detail),
    // The same lines as a console has them, without their numbers.
    published("removing peer from", Says::Detail),
    published("unable to remove peertblentry", Says::Detail),
    published("information exchange processing failed", Says::Detail),
    published("keep-alive type for this connection", Says::Dpd),
    published("starting p1 rekey timer", Says::Detail),
    published("starting p2 rekey timer", Says::Detail),
    published("pitcher: ", Says::Detail),
    published("[ikev1", Says::Detail),
    // `show crypto ikev1 sa`, both layouts, and `show crypto ipsec sa`.
    published("ike peer: {peer}", Says::Peer),
    published("peer address: {peer}", Says::Peer),
    published("role    : {role}", Says::Stands),
    published("rekey   : {rekey} *state   : {state}", Says::Stands),
    published("no                  state", Says::Detail),
    published("there are no ikev1 sas", Says::NoSa),
    published("there are no isakmp sas", Says::NoSa),
    published("there are no ipsec sas", Says::NoSa),
    published("there are no ikev2 sas", Says::Detail),
    published("{n} {peer} {kind} {role} no   {state} ", Says::Stands),
    published("active sa: ", Says::Detail),
    published("rekey sa: ", Says::Detail),
    published("total ike sa: ", Says::Detail),
    published("ikev1 sas:", Says::Detail),
    published("current_peer: {peer}", Says::Peer),
    published("send errors: ", Says::Detail),
    published("encrypt : ", Says::Detail),
    published("auth    : ", Says::Detail),
    published("ike peer      type  dir", Says::Detail),
    published("crypto map tag: {map}, seq num: {seq}, local addr: {local}", Says::Own),
    published("current outbound spi: {spi}", Says::Phase2Done),
    published("current inbound spi", Says::Detail),
    published("dynamic allocated peer ip: ", Says::Detail),
    published("icmp error validation: ", Says::Detail),
    published("sa state: ", Says::Detail),
    published("slot: {slot}, conn_id: ", Says::Detail),
    published("anti replay bitmap:", Says::Detail),
    published("0xffffffff", Says::Detail),
    published("0x00000000 0x", Says::Detail),
    published("local ident (", Says::Detail),
    published("lifetime remaining: ", Says::Detail),
    // `show vpn-sessiondb l2l`: a session that it lists has both phases.
    published("there are presently no active sessions", Says::NoSa),
    published("session type: lan-to-lan", Says::Detail),
    published("connection   : {peer}", Says::Peer),
    published("index        : {n} *ip addr      : {peer}", Says::Peer),
    published("protocol     : ikev1 ipsec", Says::Phase1Done),
    published("protocol     : ike ipsec", Says::Phase1Done),
    published("encryption   : ikev1: *ipsec: ", Says::Phase2Done),
    published("bytes tx     : {out} bytes rx     : {in}", Says::Counts),
    published("pkts tx      : {out} pkts rx      : {in}", Says::Counts),
    published("encryption   : ikev2: ", Says::Ikev2),
    published("ikev2 tunnels: ", Says::Ikev2),
    published("encryption   : ", Says::Detail),
    published("encapsulation: ", Says::Detail),
    published("tunnel id    : ", Says::Detail),
    published("session id   : ", Says::Detail),
    published("udp src port : ", Says::Detail),
    published("ike neg mode : ", Says::Detail),
    published("rekey int (", Says::Detail),
    published("rekey left(", Says::Detail),
    published("d/h group    : ", Says::Detail),
    published("pfs group    : ", Says::Detail),
    published("filter name  : ", Says::Detail),
    published("ipv6 filter  : ", Says::Detail),
    published("local addr   : ", Says::Detail),
    published("remote addr  : ", Says::Detail),
    published("idle time out: ", Says::Detail),
    published("conn time out: ", Says::Detail),
    published("ike sessions: ", Says::Detail),
    published("ike tunnels: ", Says::Detail),
    published("ikev1 tunnels: ", Says::Detail),
    published("ipsec tunnels: ", Says::Detail),
    published("ipsecovernatt tunnels: ", Says::Detail),
    published("=ike:", Says::Detail),
    published("=ikev1:", Says::Detail),
    published("=ikev2:", Says::Ikev2),
    published("=ipsec:", Says::Detail),
    published("=ipsecovernatt:", Says::Detail),
    published("login time   : ", Says::Detail),
    published("duration     : ", Says::Detail),
    published("hashing      : ", Says::Detail),
];
