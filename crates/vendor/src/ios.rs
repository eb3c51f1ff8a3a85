//! IOS and IOS XE `debug crypto isakmp`, syslog and `show`. Sources: public traces, facts on Cisco.

mod commands;
pub(crate) mod profile;
pub mod quick;

use ike::{Mode, Role, State};

use crate::{About, Line, Phase2, Says, Source, Way, published, recalled};

/// `show crypto isakmp sa`, of PIX 6 too, while the peer rests in this state.
pub fn state_name(state: State) -> &'static str {
    match state {
        State::MmWaitMsg2 => "MM_NO_STATE",
        State::MmWaitMsg3 | State::MmWaitMsg4 => "MM_SA_SETUP",
        State::MmWaitMsg5 | State::MmWaitMsg6 => "MM_KEY_EXCH",
        State::AmWaitMsg2 | State::AmWaitMsg3 => "AG_INIT_EXCH",
        State::AmWaitMsg4 => "AG_AUTH",
        State::MmActive | State::AmActive => "QM_IDLE",
    }
}

/// What is known of it.
pub(crate) static ABOUT: About = About {
    profile: Some(&profile::PROFILE),
    state_name: |state, _| state_name(state),
    commands: Some(commands::commands),
    look: Some(commands::look),
    ..About::lines("ios", "IOS", LINES)
};

/// `peer`, `lport`, `pport`, `role`, `state`
pub const SENDING: Line = printed!(
    "ISAKMP-PAK",
    "sending packet to {peer} my_port {lport} peer_port {pport} ({role}) {state}",
    Says::Message(Way::Sent)
);
/// `peer`, `lport`, `pport`, `role`, `state`
pub const RECEIVED: Line = printed!(
    "ISAKMP-PAK",
    "received packet from {peer} dport {lport} sport {pport} Global ({role}) {state}",
    Says::Message(Way::Received)
);
/// `state`
pub const RETRANSMITTING: Line = printed!("ISAKMP", "retransmitting phase 1 {state}...", Says::Resends);
/// `state`
pub const RETRANSMITTING_2: Line =
    printed!("ISAKMP", "retransmitting phase 2 {state}...", Says::Phase2Waits, Source::Recalled);
/// Behind an accepted message, and behind the answer. `old`, `state`
pub const MOVED: Line = printed!("ISAKMP", "Old State = {old}  New State = {state}", Says::Stands);
/// The ISAKMP SA is up. `old`
pub const COMPLETE: Line =
    printed!("ISAKMP", "Old State = {old}  New State = IKE_P1_COMPLETE", Says::Phase1Done);
/// What stands in a line of its own below it.
pub const STATUS: Line = printed!("ISAKMP", "SA authentication status:", Says::Detail);
/// All of the line: the word stands in other lines, too.
pub const AUTHENTICATED: Line = printed!("", "=authenticated", Says::Phase1Done);
/// `of`: the peer's address.
pub const FOUND_KEY: Line = printed!("ISAKMP", "found peer pre-shared key matching {of}", Says::Detail);
/// The peer repeats itself: what was sent last was lost.
pub const DUPLICATE: Line =
    printed!("ISAKMP", "phase 1 packet is a duplicate of a previous packet.", Says::HeardAgain);
/// Behind the one before.
pub const RETRANSMITTING_DUE: Line =
    printed!("ISAKMP", "retransmitting due to retransmit phase 1", Says::HeardAgain);
/// On good tunnels, too: a Delete came, and the two lines below follow.
pub const DELETE: Line = printed!("ISAKMP", "processing DELETE payload.", Says::DeleteReceived);
/// Behind the one before.
pub const NOT_PARANOID: Line = printed!("ISAKMP", "peer does not do paranoid keepalives.", Says::Detail);
/// Behind the one before. `role` is a letter. `state`, `peer`
pub const DELETING: Line = printed!(
    "ISAKMP",
    "deleting SA reason \"No reason\" state ({role}) {state}       (peer {peer})",
    Says::Deletes
);
/// Protocol 1 is phase 1's, 3 phase 2's. `notify`, `protocol`
pub const NOTIFY: Line = printed!(
    "ISAKMP",
    "processing NOTIFY {notify} protocol {protocol}",
    Says::Notify(Way::Received, crate::Cover::Unsaid)
);
/// `transform`, `policy`
pub const CHECKING: Line = printed!(
    "ISAKMP",
    "Checking ISAKMP transform {transform} against priority {policy} policy",
    Says::Detail
);
/// A value of the transform: `cipher`.
pub const ENCRYPTION: Line = printed!("ISAKMP", "      encryption {cipher}", Says::Detail);
/// `bits`
pub const KEY_LENGTH: Line = printed!("ISAKMP", "      keylength of {bits}", Says::Detail);
/// `hash`
pub const HASH: Line = printed!("ISAKMP", "      hash {hash}", Says::Detail);
/// `number`
pub const GROUP: Line = printed!("ISAKMP", "      default group {number}", Says::Detail);
/// `method`
pub const AUTH: Line = printed!("ISAKMP", "      auth {method}", Says::Detail);
/// The unit of the one after.
pub const LIFE_TYPE: Line = printed!("ISAKMP", "      life type in seconds", Says::Detail);
/// `bytes`: the attribute's, as they came.
pub const LIFE_DURATION: Line = printed!("ISAKMP:", "      life duration (VPI) of  {bytes}", Says::Detail);
/// An offer fits.
pub const ACCEPTABLE: Line = printed!("ISAKMP", "atts are acceptable. Next payload is 0", Says::Chosen);
/// An offer does not. `next`: 3 where another transform follows.
pub const NOT_ACCEPTABLE: Line =
    printed!("ISAKMP", "atts are not acceptable. Next payload is {next}", Says::Detail);
/// `attribute`; no values.
pub const DIFFERS: Line = printed!("ISAKMP", "{attribute} offered does not match policy!", Says::Differs);
/// No offer fits.
pub const NO_OFFERS: Line = printed!("ISAKMP", "no offers accepted!", Says::NoProposal);
/// Behind the one before. `local`, `peer`
pub const NOT_ACCEPTABLE_1: Line =
    printed!("ISAKMP", "phase 1 SA policy not acceptable! (local {local} remote {peer})", Says::NoProposal);
/// `mode`, `peer`
pub const MODE_FAILURE: Line = printed!(
    "",
    "%CRYPTO-6-IKMP_MODE_FAILURE: Processing of {mode} mode failed with peer at {peer}",
    Says::Detail
);
/// `peer`
pub const NO_KEY: Line = printed!("ISAKMP", "No pre-shared key with {peer}!", Says::NoKey);
/// With wrong keys decryption does not fail, it yields junk: lengths and reserved bytes that cannot be. `peer`
pub const BAD_MESSAGE: Line = printed!(
    "",
    "%CRYPTO-4-IKMP_BAD_MESSAGE: IKE message from {peer} failed its sanity check or is malformed",
    Says::Unreadable
);
/// No entry has this list mirrored.
pub const NO_MAP: Line = printed!(
    "ISAKMP-ERROR",
    "IPSec policy invalidated proposal with error 32",
    Says::Phase2Refused(Phase2::Networks)
);
/// No such transform set, or the other mode.
pub const NO_TRANSFORM: Line = printed!(
    "ISAKMP-ERROR",
    "IPSec policy invalidated proposal with error 256",
    Says::Phase2Refused(Phase2::Proposal)
);
/// The reason stands in the lines before it. `local`, `peer`
pub const NOT_ACCEPTABLE_2: Line = printed!(
    "ISAKMP-ERROR",
    "phase 2 SA policy not acceptable! (local {local} remote {peer})",
    Says::Phase2Failed
);

pub(crate) const LINES: &[Line] = &[
    // Quick Mode first.
    NOT_ACCEPTABLE_2,
    published("phase 2 sa policy not acceptable", Says::Phase2Failed),
    NO_MAP,
    NO_TRANSFORM,
    recalled("ipsec policy invalidated proposal with error 8", Says::Phase2Refused(Phase2::Proposal)),
    published("ipsec policy invalidated proposal", Says::Phase2Refused(Phase2::Unsaid)),
    published("transform proposal not supported for identity", Says::Phase2Refused(Phase2::Proposal)),
    published("proxy identities not supported", Says::Phase2Refused(Phase2::Networks)),
    recalled("invalid proxy ids", Says::Phase2Refused(Phase2::Networks)),
    published("did not find matching map", Says::Detail),
    // Protocol 3 is ESP; with 1 the same words are phase 1's.
    published("sending notify proposal_not_chosen protocol 3", Says::Phase2Failed),
    quick::NOT_CHOSEN,
    published("processing of quick mode failed with peer at {peer}", Says::Phase2Failed),
    quick::BEGINNING,
    published("beginning quick mode exchange", Says::Phase2Begins),
    quick::COMPLETE,
    published("new state = ike_qm_phase2_complete", Says::Phase2Done),
    quick::MOVED,
    published("state = ike_qm_", Says::Detail),
    quick::NODE,
    published("input = ike_mesg_*ike_init_qm", Says::Detail),
    published("input = ike_mesg_*ike_qm_exch", Says::Detail),
    published("input = ike_mesg_*ike_got_spi", Says::Detail),
    published("input = ike_mesg_*ipsec_install_done", Says::Detail),
    quick::NEW_NODE,
    published("set new node*to qm_idle", Says::Detail),
    quick::CHECKING,
    published("checking ipsec proposal", Says::Phase2Begins),
    recalled("old state = ike_xauth*new state = ike_p1_complete", Says::XauthDone),
    published("old state = ike_p1_complete  new state = ike_xauth", Says::Xauth),
    recalled("retransmitting phase 2 conf_", Says::Detail),
    RETRANSMITTING_2,
    recalled("retransmitting phase 2 qm_", Says::Phase2Waits),
    recalled("retransmitting phase 2", Says::Detail),
    published("ike_xauth", Says::Xauth),
    published("need xauth", Says::Xauth),
    published("config payload", Says::Xauth),
    recalled("unknown attr: config", Says::Xauth),
    published("conf_xauth", Says::Xauth),
    published("conf_addr", Says::Xauth),
    published("scanning profiles for xauth", Says::Detail),
    published("dpd/r_u_there", Says::Dpd),
    published("%crypto-4-recvd_pkt_inv_spi*srcaddr={peer}", Says::Traffic),
    published("%crypto-4-recvd_pkt_inv_spi", Says::Traffic),
    published("%crypto-4-recvd_pkt_not_ipsec", Says::Traffic),
    // Phase 1.
    published("beginning main mode exchange", Says::Begins(Role::Initiator, Some(Mode::Main))),
    published("beginning aggressive mode exchange", Says::Begins(Role::Initiator, Some(Mode::Aggressive))),
    published("created a peer struct for {peer}, peer port", Says::Peer),
    SENDING,
    RECEIVED,
    published(
        "received packet from {peer} dport {lport} sport {pport} ({role}) {state}",
        Says::Message(Way::Received),
    ),
    published("received packet from {peer} dport", Says::Peer),
    published("sending packet to {peer} my_port", Says::Peer),
    published("sending informational packet to {peer} ", Says::Detail),
    COMPLETE,
    published("new state = ike_p1_complete", Says::Phase1Done),
    MOVED,
    published("old state = {old} new state = {state}", Says::Stands),
    STATUS,
    published("sa authentication status", Says::Detail),
    AUTHENTICATED,
    published("sa has been authenticated with {peer}", Says::Detail),
    RETRANSMITTING,
    published("retransmitting phase 1 {state}", Says::Resends),
    published("retransmission skipped for phase 1", Says::Detail),
    RETRANSMITTING_DUE,
    DUPLICATE,
    published("phase 1 packet is a duplicate", Says::HeardAgain),
    recalled("phase 2 packet is a duplicate", Says::HeardAgain),
    published("incrementing error counter on sa", Says::Detail),
    published(
        "deleting sa reason \"death by retransmission p1\" state ({role}) {state} (peer {peer})",
        Says::GivesUp,
    ),
    published("death by retransmission p1", Says::GivesUp),
    // Some logs have it spelt so.
    published("recevied fatal informational", Says::DeleteReceived),
    published("received fatal informational", Says::DeleteReceived),
    DELETE,
    published("processing delete payload", Says::DeleteReceived),
    NOT_PARANOID,
    published("peer does not do paranoid keepalives", Says::Detail),
    DELETING,
    published("deleting sa reason", Says::Deletes),
    quick::DONE,
    quick::LARVAL,
    quick::DELETED,
    recalled("enqueued key_mgr_delete_sas for ipsec sa", Says::ChildDeleted),
    published("deleting node", Says::Detail),
    NOTIFY,
    published("sending notify {notify} protocol {protocol}", Says::Notify(Way::Sent, crate::Cover::Unsaid)),
    DIFFERS,
    published("{attribute} offered does not match policy", Says::Differs),
    published("proposed key length does not match policy", Says::Differs),
    NOT_ACCEPTABLE,
    published("atts are not acceptable", Says::Detail),
    published("attrs are not acceptable", Says::Detail),
    ACCEPTABLE,
    quick::ACCEPTABLE,
    published("atts are acceptable", Says::Chosen),
    NO_OFFERS,
    published("no offers accepted", Says::NoProposal),
    NOT_ACCEPTABLE_1,
    published("phase 1 sa policy not acceptable", Says::NoProposal),
    MODE_FAILURE,
    recalled("processing of main mode failed with peer at {peer}", Says::Detail),
    recalled("processing of aggressive mode failed with peer at {peer}", Says::Detail),
    recalled("processing of informational mode failed with peer at {peer}", Says::Detail),
    BAD_MESSAGE,
    published("ike message from {peer} failed its sanity check", Says::Unreadable),
    published("ikmp_bad_message", Says::Unreadable),
    // What another key makes of message 5: payload 5, the identity, is the first to be read.
    published("reserved not zero on", Says::Unreadable),
    published("ikmp_mode_failure", Says::Detail),
    published("ikmp_not_encrypted", Says::Detail),
    published("ikmp_no_sa", Says::Detail),
    recalled("ikmp_hash_size_exceeded", Says::Unreadable),
    published("ikmp_no_preshared_key", Says::NoKey),
    NO_KEY,
    published("no pre-shared key with", Says::NoKey),
    published("no cert or pre-shared address key", Says::NoKey),
    // A router looks for the key first: without one message 1 is never sent.
    published("can not start main mode", Says::NoKey),
    // Said before every Main Mode: the router tries the other mode first.
    published("can not start aggressive mode", Says::Detail),
    FOUND_KEY,
    published("found peer pre-shared key match", Says::Detail),
    published("local preshared key found", Says::Detail),
    published("my hash no match -  this node inside nat", Says::Nat),
    published("nat found, both nodes inside nat", Says::Nat),
    published("his hash no match", Says::Detail),
    // Stands in good runs, too.
    published("failed to find peer index node", Says::Detail),
    // IOS XE 17 leaves weak defaults out and says so: harmless where a policy is configured.
    published("csdl compliant", Says::Detail),
    CHECKING,
    published("checking isakmp transform", Says::Detail),
    published("checking ipsec proposal", Says::Phase2Begins),
    ENCRYPTION,
    KEY_LENGTH,
    HASH,
    GROUP,
    AUTH,
    LIFE_TYPE,
    published("life type in", Says::Detail),
    LIFE_DURATION,
    published("life duration", Says::Detail),
    published("ignoring request to send delete notify", Says::Detail),
    published("input = ike_", Says::Detail),
    published("isakmp-pak:", Says::Detail),
    published("isakmp-error:", Says::Detail),
    published("isakmp:", Says::Detail),
    published("isakmp (", Says::Detail),
    published("isakmp :", Says::Detail),
    published("ipsec(", Says::Detail),
    published("isakmp_on_off", Says::Detail),
    published("crypto mapdb", Says::Detail),
    published("(ipsec_process_proposal)", Says::Detail),
    published("next-payload :", Says::Detail),
    published("type         :", Says::Detail),
    published("address      :", Says::Detail),
    published("fqdn name    :", Says::Detail),
    published("protocol     :", Says::Detail),
    published("port         :", Says::Detail),
    published("length       :", Says::Detail),
    // `show crypto isakmp sa`, `show crypto session`, `show crypto ipsec sa`.
    published("ipv4 crypto isakmp sa", Says::Detail),
    published("ipv6 crypto isakmp sa", Says::Detail),
    published("dst             src             state", Says::Detail),
    published("c-id  local           remote", Says::Detail),
    published("engine-id:conn-id", Says::Detail),
    published("session status: {state}", Says::Session),
    published("session_status: crypto tunnel is up *peer {peer}:", Says::Phase2Done),
    recalled("session_status: crypto tunnel is down *peer {peer}:", Says::Deletes),
    published("purging node", Says::Detail),
    published("purging sa", Says::Detail),
    published("kilobyte volume rekey", Says::Detail),
    published("ike auto reconnect", Says::Detail),
    published("s - sip vpn", Says::Detail),
    published("ipsecv6 policy name:", Says::Detail),
    published("phase1 id: ", Says::Detail),
    published("isakmp sa's: ", Says::Detail),
    published("desc: ", Says::Detail),
    published("profile: ", Says::Detail),
    published("assigned address: ", Says::Detail),
    published("(key eng. msg.) ", Says::Detail),
    recalled("ikmp_ag_mode_disabled", Says::AggressiveOff),
    published("peer: {peer} port", Says::Peer),
    published("current_peer {peer} port", Says::Peer),
    published("current outbound spi: 0x0(0)", Says::NoSa),
    published("current outbound spi: 0x", Says::Phase2Done),
    published("inbound:  #pkts dec'ed {count} drop", Says::Decaps),
    published("outbound: #pkts enc'ed {count} drop", Says::Encaps),
    published("pkts encaps: {count}, ", Says::Encaps),
    published("pkts decaps: {count}, ", Says::Decaps),
    published("send errors {count}, ", Says::SendErrors),
    published("interface: ", Says::Detail),
    published("protected vrf", Says::Detail),
    published("permit, flags=", Says::Detail),
    published("access-list ", Says::Detail),
    published("path mtu", Says::Detail),
    published("esp sas:", Says::Detail),
    published("ah sas:", Says::Detail),
    published("pcp sas:", Says::Detail),
    published("in use settings", Says::Detail),
    published("sa timing:", Says::Detail),
    published("iv size:", Says::Detail),
    published("replay detection support", Says::Detail),
    published("conn id:", Says::Detail),
    published("spi: 0x", Says::Detail),
    published("spi {spi}, message id = ", Says::Detail),
    published("transform: ", Says::Detail),
    published("status: active", Says::Detail),
    published("crypto session current status", Says::Detail),
    published("session id:", Says::Detail),
    published("uptime:", Says::Detail),
    published("ikev1 sa: local {local}/{lport} remote {peer}/{pport} active", Says::Phase1Done),
    published("ikev1 sa: local {local}/{lport} remote {peer}/{pport} inactive", Says::Detail),
    published("ipsec flow:", Says::Detail),
    published("active sas: 0, ", Says::NoSa),
    published("active sas: ", Says::Phase2Done),
    published("crypto map tag: {map}, local addr {local}", Says::Own),
    published("code: c - ike configuration mode", Says::Detail),
    published("codes: c - ike configuration mode", Says::Detail),
    published("pfs (y/n): ", Says::Detail),
    published("k - keepalives, n - nat-traversal", Says::Detail),
    published("x - ike extended authentication", Says::Detail),
    published("phase1_id: ", Says::Detail),
    published("capabilities:", Says::Detail),
    published("pmtus ", Says::Detail),
    published("pre-frag", Says::Detail),
    published("local subnet:", Says::Detail),
    published("remote subnet:", Says::Detail),
    published("crypto map tag:", Says::Detail),
    published("pkts ", Says::Detail),
    published("local  ident (", Says::Detail),
    published("remote ident (", Says::Detail),
    published("local crypto endpt.: {local}, remote crypto endpt.: {peer}", Says::Detail),
    published("local crypto endpt", Says::Detail),
];
