//! Log lines of devices and daemons, recognised by what does not change in them. Sources: shared facts, sections 1, 2 and 5.

use sim::Cause;

/// One kind of line.
pub(super) struct Line {
    /// In lower case; what is between two `*` may be anything.
    pub pattern: &'static str,
    /// Who prints it.
    pub who: &'static str,
    pub meaning: &'static str,
    /// Causes that it speaks for.
    pub causes: &'static [Cause],
}

const fn line(
    pattern: &'static str,
    who: &'static str,
    meaning: &'static str,
    causes: &'static [Cause],
) -> Line {
    Line { pattern, who, meaning, causes }
}

const LOST: &[Cause] = &[Cause::NoRoute, Cause::Port500Blocked, Cause::PeerDown, Cause::MessageLost];
const KEY: &[Cause] = &[Cause::PskMismatch];
const POLICY: &[Cause] = &[Cause::PolicyMismatch];
const GROUP: &[Cause] = &[Cause::MissingTunnelGroup, Cause::MissingPsk];

/// The first that fits counts.
pub(super) const LINES: [Line; 50] = [
    line(
        "713138",
        "ASA",
        "no tunnel-group for the peer, and the base group has no pre-shared key: the responder gives up at message 3",
        GROUP,
    ),
    line(
        "713139",
        "ASA",
        "no tunnel-group for the peer: the base group's key is used, which is seldom the right one",
        &[Cause::PskMismatch, Cause::MissingTunnelGroup],
    ),
    line("713022", "ASA", "no group that fits the peer's identity or address", GROUP),
    line(
        "713257",
        "ASA responder",
        "an attribute of the offer is not the configured one: received and configured value stand in the line",
        POLICY,
    ),
    line(
        "713048",
        "ASA",
        "a payload could not be processed; payload 1 is the SA, so no proposal fitted",
        POLICY,
    ),
    line(
        "713041",
        "ASA initiator",
        "a new phase 1 or 2 begins; in phase 1 the next state is MM_WAIT_MSG2",
        &[],
    ),
    line(
        "713042",
        "ASA initiator",
        "traffic wants a tunnel and no crypto map entry or policy fits it: nothing is sent",
        &[Cause::WrongPeerAddress],
    ),
    line(
        "713202",
        "ASA responder",
        "message 1 came again: the initiator does not hear message 2",
        &[Cause::NoRoute, Cause::Port500Blocked, Cause::MessageLost],
    ),
    line(
        "713201",
        "ASA",
        "a phase 1 message came again: the other side does not hear the answer",
        &[Cause::MessageLost, Cause::NoRoute],
    ),
    line(
        "713236",
        "ASA",
        "IKE_DECODE: a message with its payloads and length; RESENDING means that nothing came back",
        &[],
    ),
    line("713119", "ASA", "phase 1 is complete on this side", &[]),
    line("713136", "ASA", "an SA was stuck in the named state and is removed", &[]),
    line(
        "713172",
        "ASA",
        "what NAT discovery found; with a NAT, UDP 4500 is used from message 5 on",
        &[Cause::Port4500Blocked],
    ),
    line("713255", "ASA responder", "Aggressive Mode names a tunnel-group that does not exist", GROUP),
    line(
        "713256",
        "ASA responder",
        "Aggressive Mode names a tunnel-group that does not exist: a made-up message 2 is sent",
        GROUP,
    ),
    line("713068", "ASA", "an error notify arrived", &[]),
    line("713073", "ASA", "the lifetimes differ; the smaller is used, and the tunnel comes up", &[]),
    line("713191", "ASA", "too many negotiations at once", &[Cause::PeerMisbehaved]),
    line(
        "713902",
        "ASA",
        "clearing up after a negotiation that failed before: the cause stands in the lines above",
        &[],
    ),
    line(
        "713903",
        "ASA",
        "clearing up, or a notify that was not obeyed: the cause stands in the lines above",
        &[],
    ),
    line(
        "710005",
        "ASA responder",
        "a UDP packet arrived where nothing listens: IKEv1 is not enabled on the interface",
        &[Cause::IkeDisabled],
    ),
    line("710003", "ASA", "an access-list denies the packet to the device itself", &[Cause::Port500Blocked]),
    line(
        "715065",
        "ASA",
        "the error history, newest step first: the WAIT state in it is where this side gave up",
        &[],
    ),
    line(
        "fsm error history",
        "ASA",
        "the error history, newest step first: the WAIT state in it is where this side gave up",
        &[],
    ),
    line(
        "duplicate first packet detected",
        "ASA responder",
        "message 1 came again: the initiator does not hear message 2",
        &[Cause::NoRoute, Cause::Port500Blocked, Cause::MessageLost],
    ),
    line(
        "can't find a valid tunnel group",
        "ASA responder",
        "no tunnel-group for the peer: the SA is removed at message 3",
        GROUP,
    ),
    line(
        "un-encrypted*notify",
        "ASA",
        "a notify that nothing protects: it is logged and not obeyed. INVALID_COOKIE means that the peer removed its SA",
        GROUP,
    ),
    line(
        "ikmp_bad_message",
        "IOS",
        "a message failed its sanity check: mostly message 5 or 6 decrypted with another key",
        KEY,
    ),
    line("ikmp_mode_failure", "IOS responder", "the mode failed: mostly no offer fitted", POLICY),
    line("reserved not zero on payload", "IOS", "message 5 decrypts to junk: the keys differ", KEY),
    line(
        "retransmitting phase 1 mm_no_state",
        "IOS initiator",
        "message 1 is sent again: MM_WAIT_MSG2 on an ASA",
        LOST,
    ),
    line(
        "retransmitting phase 1 mm_sa_setup",
        "IOS",
        "message 2 (responder) or 3 (initiator) is sent again",
        LOST,
    ),
    line(
        "retransmitting phase 1 mm_key_exch",
        "IOS",
        "message 4 (responder) or 5 (initiator) is sent again: mostly the keys differ",
        &[Cause::PskMismatch, Cause::Port4500Blocked],
    ),
    line(
        "phase 1 packet is a duplicate",
        "IOS",
        "the other side sends again: it does not hear the answer",
        LOST,
    ),
    line(
        "no pre-shared key",
        "IOS",
        "no key for the peer: an IOS initiator then never sends message 1",
        &[Cause::MissingPsk],
    ),
    line(
        "atts are not acceptable",
        "IOS responder",
        "this transform does not fit this policy; the line above names the attribute",
        POLICY,
    ),
    line("phase 1 sa policy not acceptable", "IOS responder", "no offered transform fits any policy", POLICY),
    line(
        "offered does not match policy",
        "IOS responder",
        "the named attribute of the offer is not the policy's",
        POLICY,
    ),
    line(
        "invalid*payload length, decryption failed",
        "strongSwan",
        "a message decrypts to junk: the keys differ",
        KEY,
    ),
    line("could not decrypt payloads", "strongSwan", "a message decrypts to junk: the keys differ", KEY),
    line(
        "no ike config found",
        "strongSwan responder",
        "no connection for these two addresses; NO_PROPOSAL_CHOSEN is sent",
        &[Cause::MissingTunnelGroup, Cause::WrongPeerAddress],
    ),
    line("no proposal found", "strongSwan responder", "no offered proposal fits", POLICY),
    line(
        "no peer config found",
        "strongSwan responder",
        "no connection for this identity",
        &[Cause::IdentityMismatch],
    ),
    line("giving up after*retransmits", "strongSwan", "nothing came back to the last message", LOST),
    line("retransmit*of request with message id 0", "strongSwan", "a phase 1 message is sent again", LOST),
    line(
        "probable authentication failure",
        "libreswan responder",
        "message 5 decrypts to junk: the keys differ",
        KEY,
    ),
    line(
        "no connection has been authorized",
        "libreswan responder",
        "no connection for this peer that allows pre-shared keys",
        GROUP,
    ),
    line(
        "state_main_i1: retransmission",
        "libreswan initiator",
        "message 1 is sent again: MM_WAIT_MSG2 on an ASA",
        LOST,
    ),
    line(
        "state_main_i3: retransmission",
        "libreswan initiator",
        "message 5 is sent again: MM_WAIT_MSG6 on an ASA",
        &[Cause::PskMismatch, Cause::Port4500Blocked],
    ),
    line("no_proposal_chosen", "any", "no offered proposal fits", POLICY),
];

/// The kind of line that this text is.
pub(super) fn recognise(text: &str) -> Option<&'static Line> {
    let text = text.to_lowercase();
    LINES.iter().find(|line| {
        let mut rest = text.as_str();
        line.pattern.split('*').all(|part| match rest.split_once(part) {
            Some((_, after)) => {
                rest = after;
                true
            }
            None => false,
        })
    })
}
