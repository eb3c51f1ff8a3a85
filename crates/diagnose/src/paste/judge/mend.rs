//! What to do about a cause, as far as the lines tell on which side.

use ike::{Identity, Profile, Role};
use sim::{Cause, Setup};
use vendor::Vendor;

use super::Judged;
use crate::fix::fix;
use crate::paste::values;

impl Judged<'_> {
    /// What to do on this device, or at the peer where the fault is there.
    #[expect(clippy::wildcard_enum_match_arm, reason = "the others are mended on one side alone")]
    pub(super) fn fix(&self, cause: Cause) -> Vec<String> {
        // Without the other side's values there is nothing to copy, and defaults would be taken for them.
        if cause == Cause::PolicyMismatch && !values::offers_are_known(self.facts) {
            return vec![
                "Make one policy the same on both sides: encryption with its key length, hash, group and \
                 authentication."
                    .into(),
            ];
        }
        let either = self.facts.either();
        // Of a row that either side may have the caller's address stands first.
        let own = self.role.unwrap_or(if either { Role::Initiator } else { Role::Responder });
        let at = if self.lies_at_the_peer(cause) { own.other() } else { own };
        let mut setup = values::setup(self.talk, self.facts, own);
        if !either {
            // Whose device the peer is, the lines of this one do not tell.
            setup.hosts[own.other()].profile = Profile::GENERIC;
        }
        let lines = match cause {
            Cause::WrongPeerAddress => vec![format!(
                "Compare the peer's address in the configuration here with the one that the peer has outside; called is {}.",
                setup.hosts[own].peer
            )],
            Cause::IdentityMismatch => self.identity(&setup, own, at),
            // `fix` wants the side that the packets do not reach.
            Cause::NoRoute => self.part(fix(&setup, cause, own.other()), own),
            _ if either => fix(&setup, cause, at),
            Cause::PskMismatch | Cause::MessageLost | Cause::MessageLate | Cause::MessageCorrupted => {
                self.part(fix(&setup, cause, own), own)
            }
            _ => self.part(fix(&setup, cause, at), at),
        };
        let this = if at == own { "<own address>" } else { "<address of this device>" };
        lines.into_iter().map(|line| self.named(&line, this)).collect()
    }

    /// Whether the peer is to be mended: it is silent or refuses, and this device has complained of nothing.
    fn lies_at_the_peer(&self, cause: Cause) -> bool {
        let refused = matches!(
            cause,
            Cause::MissingTunnelGroup
                | Cause::MissingPsk
                | Cause::IkeDisabled
                | Cause::AggressiveModeDisabled
                | Cause::IdentityMismatch
        );
        matches!(cause, Cause::PeerDown | Cause::PortClosed) || refused && !self.own_words
    }

    /// Either side mends it; of this one alone the commands are known.
    fn identity(&self, setup: &Setup, own: Role, at: Role) -> Vec<String> {
        let head = if at == own {
            "Let the peer send the identity that is wanted here, or take any identity here:"
        } else {
            "Send the identity that the peer insists on (its log names it):"
        };
        let daemon = matches!(self.talk.vendor, Vendor::Strongswan | Vendor::Libreswan);
        let mut setup = setup.clone();
        if at != own {
            // Which one the peer insists on only its own lines have.
            let wanted = Some(Identity::Fqdn("<identity>".into()));
            setup.hosts[at]
                .tunnel_groups
                .iter_mut()
                .for_each(|group| group.peer_identity.clone_from(&wanted));
        }
        // On a Cisco the word for it depends on its kind.
        let lines = if at == own || daemon {
            self.part(fix(&setup, Cause::IdentityMismatch, at), own)
        } else {
            Vec::new()
        };
        let commands: Vec<String> =
            lines.into_iter().filter(|line| line.starts_with(' ') || is_head(line)).collect();
        // Of a device whose commands are not kept nothing follows that a colon could announce.
        let head = if commands.is_empty() { format!("{}.", head.trim_end_matches(':')) } else { head.into() };
        std::iter::once(head).chain(commands).collect()
    }

    fn part(&self, lines: Vec<String>, role: Role) -> Vec<String> {
        let commands =
            [Vendor::Asa, Vendor::Ios, Vendor::Strongswan, Vendor::Libreswan].contains(&self.talk.vendor);
        let own = self.role.is_none_or(|own| own == role);
        part(lines, role, own && !commands)
    }

    /// Addresses that nobody entered are shown as what they are, and so is a part that nobody is known to play.
    fn named(&self, line: &str, this: &str) -> String {
        let line = line.replace(values::OWN, this).replace(values::PEER, "<peer>");
        if self.role.is_some() || self.facts.either() || !is_head(&line) {
            return line;
        }
        line.replacen(Role::Responder.name(), "this device", 1).replacen(
            Role::Initiator.name(),
            "its peer",
            1,
        )
    }
}

/// `initiator (Cisco ASA 8.4 and later):`
fn is_head(line: &str) -> bool {
    Role::BOTH.iter().any(|role| line.starts_with(&format!("{role} (")))
}

/// The lines of a fix that concern one side, and those that concern both; `plain`: without commands.
fn part(lines: Vec<String>, role: Role, plain: bool) -> Vec<String> {
    // What stands before the first device concerns both.
    let mut own = true;
    let mut kept = Vec::new();
    for line in lines {
        if is_head(&line) {
            own = line.starts_with(role.name());
            if plain || !own {
                continue;
            }
        }
        if (own || !line.starts_with(' '))
            && !(plain && (line.starts_with(' ') || line.starts_with("in the words")))
        {
            kept.push(line);
        }
    }
    let follows = |next: Option<&String>| next.is_some_and(|next| next.starts_with(' ') || is_head(next));
    // A line that announces commands goes where none of them is left.
    let whole = |(n, line): (usize, &String)| {
        (!line.ends_with(':') || follows(kept.get(n + 1))).then(|| line.clone())
    };
    kept.iter().enumerate().filter_map(whole).collect()
}
