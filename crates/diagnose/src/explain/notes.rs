//! What an engineer wants to know of a cause beyond its meaning: what tells it from the others, and where to look.
//! Commands are the vendors' own; example addresses stand for the peer's.

use sim::Cause;

/// About one cause.
pub(crate) struct Note {
    pub cause: Cause,
    /// The observation that tells it from the others with the same picture.
    pub apart: &'static str,
    /// Where to look: ASA, IOS, strongSwan.
    pub check: [&'static str; 3],
}

const fn note(cause: Cause, apart: &'static str, check: [&'static str; 3]) -> Note {
    Note { cause, apart, check }
}

const PACKETS: [&str; 3] = [
    "capture IKE type isakmp interface outside match ip host <own> host <peer>",
    "debug crypto isakmp",
    "tcpdump -n host <peer> and udp port 500 or 4500",
];

const ROUTE: [&str; 3] = ["show route <peer>", "show ip route <peer>", "ip route get <peer>"];

static NOTES: [Note; Cause::ALL.len()] = [
    note(
        Cause::PskMismatch,
        "the responder receives message 5 (in Aggressive Mode the initiator message 2) and cannot make sense of it, every time it is resent; with a blocked port it receives nothing",
        [
            // `show running-config` prints an ASA's keys as asterisks.
            "more system:running-config | begin tunnel-group",
            "show running-config | include isakmp key",
            "swanctl --list-conns; the secrets are in swanctl.conf",
        ],
    ),
    note(
        Cause::MissingTunnelGroup,
        "the responder logs that it found no group, keeps no SA, and answers resends with INVALID_COOKIE",
        [
            "show running-config tunnel-group",
            "show running-config | section crypto isakmp key",
            "swanctl --list-conns",
        ],
    ),
    note(
        Cause::MissingPsk,
        "there is a tunnel-group for the peer, but no pre-shared-key line in it",
        [
            "show running-config tunnel-group",
            "show running-config | include isakmp key",
            "swanctl --list-conns",
        ],
    ),
    note(
        Cause::PolicyMismatch,
        "the responder answers message 1 with NO_PROPOSAL_CHOSEN in clear and logs the attribute; a capture at the initiator shows the notify",
        ["show running-config crypto ikev1", "show crypto isakmp policy", "swanctl --list-conns (proposals)"],
    ),
    note(
        Cause::IkeDisabled,
        "message 1 arrives at the responder's interface and is discarded there: syslog 710005 on an ASA",
        [
            "show running-config crypto ikev1 | include enable",
            "show running-config | include isakmp enable",
            "systemctl status strongswan",
        ],
    ),
    note(
        Cause::AggressiveModeDisabled,
        "Main Mode between the same two comes up",
        [
            "show running-config crypto ikev1 | include am-disable",
            "show running-config | include aggressive-mode",
            "swanctl --list-conns (aggressive)",
        ],
    ),
    note(
        Cause::WrongPeerAddress,
        "the initiator's packets go to an address that is not the responder's: compare set peer with the responder's outside address",
        [
            "show running-config crypto map | include set peer",
            "show crypto map | include Peer",
            "swanctl --list-conns (remote)",
        ],
    ),
    note(
        Cause::IdentityMismatch,
        "keys are derived and messages decrypt; the side that refuses logs the identity it got and the one it wants",
        [
            "show running-config crypto isakmp | include identity",
            "show running-config | include isakmp identity|match identity",
            "swanctl --list-conns (remote id)",
        ],
    ),
    note(
        Cause::NoRoute,
        "ping and traceroute between the two outside addresses fail in one direction; a capture at the sender shows the packets leave",
        ROUTE,
    ),
    note(Cause::PeerDown, "nothing at all answers at the peer's address, ping included", ["ping <peer>"; 3]),
    note(
        Cause::PortClosed,
        "the peer's host answers each message with ICMP port unreachable: nothing on it is bound to that port",
        [
            "show running-config crypto ikev1 | include enable",
            "show udp | include 500",
            "ss -lun | grep -E ':500|:4500'",
        ],
    ),
    note(
        Cause::Port500Blocked,
        "ping works and UDP 500 does not: captures on both sides show packets leave one and never arrive at the other",
        PACKETS,
    ),
    note(
        Cause::Port4500Blocked,
        "a NAT was found and the packets from message 5 (Aggressive Mode: 3) on go to UDP 4500; the other side receives nothing there",
        PACKETS,
    ),
    note(
        Cause::MessageLost,
        "captures on both sides, side by side: the message leaves and does not arrive, others do",
        PACKETS,
    ),
    note(
        Cause::MessageLate,
        "captures on both sides: the message arrives, after the other side had given up",
        PACKETS,
    ),
    note(
        Cause::MessageCorrupted,
        "captures on both sides: the same message has other bytes, or another length, on arrival",
        PACKETS,
    ),
    note(
        Cause::IkeVersion,
        "message 1 draws no answer, or NO_PROPOSAL_CHOSEN or INVALID_MAJOR_VERSION; a capture shows major version 1 from one side and 2 from the other",
        [
            "show running-config crypto map | include ikev1|ikev2",
            "show running-config | section crypto ikev2",
            "swanctl --list-conns (version)",
        ],
    ),
    note(
        Cause::XauthMissing,
        "phase 1 itself fits; an ASA or IOS sends a Transaction message behind message 6 and waits, strongSwan refuses message 5",
        [
            "show running-config tunnel-group | include xauth|ikev1-user",
            "show running-config | include client authentication|no-xauth",
            "swanctl --list-conns (XAuth)",
        ],
    ),
    note(
        Cause::TransformMismatch,
        "phase 1 is up; the responder answers QM1 with NO_PROPOSAL_CHOSEN under protection, and its log names no proxies",
        [
            "show running-config crypto ipsec",
            "show crypto ipsec transform-set",
            "swanctl --list-conns (ESP proposals)",
        ],
    ),
    note(
        Cause::PfsMismatch,
        "the transform sets are equal, and QM1 has a KE payload where the other side wants none, or none where it wants one",
        ["show running-config crypto map", "show crypto map", "swanctl --list-conns (ESP proposals)"],
    ),
    note(
        Cause::ProxyMismatch,
        // Who answers decides: charon narrows what it is offered, a Cisco device looks for a mirrored line.
        "an ASA responder logs 713061 with both proxies; the tunnel may come up when the other side begins",
        ["show running-config access-list", "show crypto map", "swanctl --list-conns (traffic selectors)"],
    ),
    note(
        Cause::CryptoMapIncomplete,
        "an ASA responder refuses every child of this peer and logs no proxies; an initiator sends nothing at all",
        ["show running-config crypto map", "show crypto map", "swanctl --list-conns (children)"],
    ),
    note(
        Cause::MapUnbound,
        "message 1 arrives and nothing answers, though IKE is configured; an initiator sends nothing at all",
        ["show running-config crypto map", "show crypto map", "swanctl --list-conns"],
    ),
    note(
        Cause::Deleted,
        "the tunnel was up before; the log has a Delete, or a clear typed by an operator, and nothing refused",
        [
            "show logging | include 713050|113019",
            "show crypto session",
            "swanctl --list-sas; its log: received DELETE, deleting IKE_SA",
        ],
    ),
    note(
        Cause::PeerMisbehaved,
        "one capture is enough: the message itself breaks the protocol, whatever the path did",
        PACKETS,
    ),
];

// Each at its cause's place: a cause without a note does not build.
#[expect(clippy::indexing_slicing, reason = "done by the compiler")]
const _: () = {
    let mut n = 0;
    while n < NOTES.len() {
        assert!(NOTES[n].cause as usize == n);
        n += 1;
    }
};

/// What is known of a cause.
#[expect(clippy::indexing_slicing, reason = "each cause has its note at its own place")]
pub(crate) fn of(cause: Cause) -> &'static Note {
    &NOTES[cause as usize]
}
