//! A round of authentication: who proves what, by which means, under which name.

use super::Reader;
use crate::daemon;
use crate::device::{Identity, Place, Sourced};
use crate::proposal::Daemon;
use crate::subject::Subject;

impl Reader {
    /// The first round of authentication of a side.
    pub(super) fn round(&mut self, section: &[String], side: &str) -> Round {
        let named =
            |name: &String| name == side || name.strip_prefix(side).is_some_and(|n| n.starts_with('-'));
        let names: Vec<String> =
            self.tree.children(section).into_iter().map(|(name, _)| name).filter(named).collect();
        let mut rounds = names.iter().map(|name| {
            let path = [section, std::slice::from_ref(name)].concat();
            Round { auth: self.get(&path, "auth"), id: self.get(&path, "id"), xauth: None }
        });
        let mut first = rounds.next().unwrap_or_default();
        let second = rounds.find_map(|round| round.auth);
        let is_xauth = |auth: &Sourced<String>| auth.value.starts_with("xauth");
        first.xauth = second.clone().filter(is_xauth);
        if let Some(Sourced { value, at: Some(at) }) = second.filter(|auth| !is_xauth(auth)) {
            let message = format!("`{value}` in a second round is not simulated");
            self.problem(None, &at, &value, message, "psk alone, or psk and then xauth");
        }
        first
    }

    /// RFC 2409 knows one method for both sides.
    pub(super) fn authentication(&mut self, head: &Place, ours: &Round, theirs: &Round) -> Sourced<String> {
        let methods = [ours, theirs].map(|round| round.auth.as_ref().map_or("pubkey", |auth| &auth.value));
        let at = ours.auth.as_ref().or(theirs.auth.as_ref()).and_then(|auth| auth.at.clone());
        let place = at.clone().unwrap_or(head.clone());
        let method = match methods {
            ["psk", "psk"] => "pre-share",
            [one, other] => {
                let strange = [one, other].into_iter().find(|method| !is_signature(method));
                if let Some(strange) = strange {
                    let message = format!("local `{one}`, remote `{other}`: no method that is simulated");
                    let strange = strange.to_owned();
                    self.problem(None, &place, &strange, message, "psk on both sides, or pubkey on both");
                }
                "rsa-sig"
            }
        };
        Sourced { value: method.to_owned(), at }
    }

    pub(super) fn identity(&mut self, id: Option<Sourced<String>>) -> Option<Sourced<Identity>> {
        let Sourced { value, at } = id?;
        let at = at?;
        let read = daemon::identity(&value, Daemon::Charon);
        if read.is_none() && !daemon::is_any(&value) {
            let what = match daemon::is_no_hex(&value) {
                true => "hexadecimal digits stand behind `@#`; a key id by its name is `keyid:name`",
                false => "this kind of identity is not simulated",
            };
            let message = format!("`{value}`: {what}");
            self.problem(
                Some(Subject::Identity),
                &at,
                &value,
                message,
                "an address, a name, user@host, @#hex",
            );
        }
        // A pattern is no single identity to write down: whatever the peer sends is taken then.
        let wild = value.contains('*');
        read.filter(|_| !wild).map(|identity| Sourced::new(identity, at))
    }
}

/// How one side proves who it is.
#[derive(Default)]
pub(super) struct Round {
    pub(super) auth: Option<Sourced<String>>,
    pub(super) id: Option<Sourced<String>>,
    /// The second round, where that is XAUTH.
    pub(super) xauth: Option<Sourced<String>>,
}

/// `pubkey`, also with constraints behind it.
pub(super) fn is_signature(method: &str) -> bool {
    ["pubkey", "rsa", "ecdsa", "any"].iter().any(|known| method.split(['-', ':']).next() == Some(known))
}
