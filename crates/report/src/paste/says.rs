//! What each kind of line means.

use vendor::{Cover, Phase2, Says, Way};

/// What a line of this kind means.
#[expect(clippy::wildcard_enum_match_arm, reason = "the others have one meaning each")]
pub(super) fn says(says: Says) -> String {
    match says {
        Says::Begins(role, Some(mode)) => format!("{mode} mode begins, this device is the {role}"),
        Says::Begins(role, None) => format!("phase 1 begins, this device is the {role}"),
        Says::Named(Way::Sent, name) => format!("{name} is sent"),
        Says::Named(Way::Received, name) => format!("{name} came"),
        _ => fixed(says).to_owned(),
    }
}

fn fixed(says: Says) -> &'static str {
    match says {
        // This and the next are worded above; here they save the match a wildcard.
        Says::Begins(..) | Says::Connecting => "phase 1 is under way",
        Says::Named(..) => "a message",
        Says::Message(Way::Sent) => "a message leaves; its payloads or its state say which",
        Says::Message(Way::Received) => "a message came; its payloads or its state say which",
        Says::Resends => "nothing came back, so the last message is sent again",
        Says::HeardAgain => "the peer's message came again: it does not hear the answer, or cannot use it",
        Says::GivesUp => "the resends ran out: this side gives up in the state that it names",
        Says::Stands | Says::Session => "where this side stands",
        Says::Phase1Done => "phase 1 is complete on this side",
        Says::Phase2Begins | Says::Phase2Waits => "Quick Mode begins: phase 1 is complete",
        Says::Phase2Done => "phase 2 is complete: the tunnel is up",
        Says::ChildDeleted => "an IPsec SA is gone: replaced, idle, cleared, or ended by the peer",
        Says::Phase2Refused(why) => refused(why),
        Says::Phase2Failed => "Quick Mode failed: phase 1 is up, look at phase 2",
        Says::Cleared => "an operator of this side cleared the SAs",
        Says::Deletes => "this side removes the SA; the lines above say why",
        Says::DeleteReceived | Says::PeerEnds => "the peer removes the SA; its log says why",
        Says::Notify(Way::Sent, _) => "a notify is sent: its name says what this side does not like",
        Says::Notify(Way::Received, Cover::Clear) => {
            "an error notify that nothing protects: anybody can forge it, its name says what the peer did not like"
        }
        Says::Notify(Way::Received, _) => "a notify came: its name says what the peer did not like",
        Says::Differs => "a value of the offer is not the configured one",
        Says::NoProposal => "no offered proposal fits",
        Says::Offered | Says::ChildOffered => "what the peer offers",
        Says::Configured | Says::ChildConfigured => "what is configured here",
        Says::Chosen => "an offered proposal fits",
        // A wrong pre-shared key shows first here: message 5 is Main Mode's first encrypted one.
        Says::Unreadable => "a message decrypts to junk: the keys differ",
        Says::UnreadableNotify => {
            "the peer's encrypted notify cannot be read: it says that the peer refuses something"
        }
        Says::HashWrong => "the peer's hash is wrong: it has another key",
        Says::NoKey => "no pre-shared key for this peer",
        Says::NoGroup => "no tunnel-group for this peer",
        // An ASA falls back without an error, and the wrong key shows only at message 5.
        Says::DefaultGroup => "no tunnel-group for this peer: the default one is used, seldom the right one",
        Says::NoConnection => "no connection for these addresses, or none that allows this",
        Says::NoSuchAuthentication => "a connection fits the addresses, with another kind of authentication",
        Says::NobodyOfIdentity => "nobody is configured under this identity",
        Says::IdentityRefused => "the peer's identity is not the one that is insisted on",
        Says::PeerIdentity => "the identity that the peer sent",
        Says::AggressiveOff => "Aggressive Mode is not answered here",
        Says::IkeOff => "IKEv1 is not enabled here",
        Says::NoPeer => "traffic wants a tunnel, and no peer is configured for it, or a wrong one",
        Says::Ikev2 => "IKEv2, which is not judged here",
        Says::OtherVersion => "the two sides speak different versions of IKE",
        Says::Xauth | Says::XauthDone => "XAUTH or Mode Config, behind phase 1",
        Says::XauthMissing => "XAUTH is asked for on one side alone",
        Says::XauthFailed => "a user was refused; phase 1 is up",
        Says::Certificate => "certificates are at fault",
        Says::MapUnbound => "no crypto map on the interface: the message is dropped",
        Says::MapIncomplete => "a crypto map entry is incomplete and is passed over",
        Says::Dpd => "dead peer detection, behind phase 1",
        Says::PeerDead => "the peer does not answer dead peer detection: it was up before",
        Says::Rekey => "lifetimes and rekeying: the tunnel is up, the smaller value is used",
        Says::Traffic => "packets in the tunnel, behind IKE",
        Says::CannotSend => "a packet could not be sent: no route, or the network is down",
        Says::PortUnreachable => "ICMP says that nobody listens at the peer's port",
        // The initiator changes ports (RFC 3947) right behind the NAT-D payloads.
        Says::Nat => "a NAT stands between: UDP 4500 is used from message 5 (Aggressive Mode: 3) on",
        Says::Signatures => "signatures prove who is who here, no pre-shared key",
        Says::Damaged => "a message in clear cannot be read: its bytes were changed on the way",
        Says::OtherGroup => "a Diffie-Hellman value of another group than the one that was chosen",
        Says::NoSa => "no SA: nothing asked for one, or the attempt was given up",
        Says::Encaps | Says::Decaps | Says::Counts | Says::SendErrors => "packets, in a tunnel or not",
        Says::Peer | Says::Own | Says::CiscoPeer => "whom the lines are about",
        Says::Detail => "a step or a value, printed on good tunnels too: it proves nothing",
    }
}

fn refused(why: Phase2) -> &'static str {
    match why {
        // Tunnel or transport mode is an attribute of the transform, and refused like any other.
        Phase2::Proposal | Phase2::Encapsulation => "phase 2 is refused: no transform set fits",
        Phase2::Pfs => "phase 2 is refused: the PFS groups differ",
        Phase2::Networks => "phase 2 is refused: no entry for these networks",
        Phase2::CryptoMap => "phase 2 is refused: no crypto map entry for it, or an incomplete one",
        Phase2::Unsaid => "phase 2 is refused",
    }
}
