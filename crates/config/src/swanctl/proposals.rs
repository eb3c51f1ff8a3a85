//! What a connection proposes, and for how long.

use super::Reader;
use crate::daemon;
use crate::device::{Place, Sourced};
use crate::proposal::{self, Algorithms, Bad};
use crate::subject::Subject;

impl Reader {
    /// Seen: `reauth_time`, else `rekey_time`, and `over_time` on top, a tenth of the larger one by default; 4 hours of
    /// rekeying where neither is given.
    pub(super) fn lifetime(&mut self, section: &[String]) -> Sourced<u32> {
        let [rekey, reauth, over] = ["rekey_time", "reauth_time", "over_time"].map(|key| {
            let value = self.get(section, key)?;
            let Some(seconds) = daemon::seconds(&value.value) else {
                let message = format!("`{}` is no time", value.value);
                let place = value.at?;
                self.problem(
                    Some(Subject::Lifetime),
                    &place,
                    &value.value,
                    message,
                    "seconds, or 30m, 4h, 1d",
                );
                return None;
            };
            Some((seconds, value.at))
        });
        let from = reauth.as_ref().filter(|(seconds, _)| *seconds > 0).or(rekey.as_ref());
        let at = from.and_then(|(_, at)| at.clone());
        let reauth = reauth.map_or(0, |(seconds, _)| seconds);
        let rekey = rekey.map_or(if reauth > 0 { 0 } else { 4 * 3600 }, |(seconds, _)| seconds);
        let over = over.map_or(rekey.max(reauth) / 10, |(seconds, _)| seconds);
        let base = if reauth > 0 { reauth } else { rekey };
        // Seen: 0 for "never"; a scenario has no such lifetime.
        let value = if base == 0 { u32::MAX } else { base.saturating_add(over) };
        Sourced { value, at }
    }

    /// The proposals, each with its line; none, where one cannot be read: charon discards the connection (seen).
    pub(super) fn proposals(&mut self, section: &[String]) -> Vec<(Algorithms, Option<Place>)> {
        let list = self.get(section, "proposals");
        let at = list.as_ref().and_then(|list| list.at.clone());
        let text = list.map_or("default".into(), |list| list.value);
        let mut read = Vec::new();
        for one in text.split(',').map(str::trim).filter(|one| !one.is_empty()) {
            if one == "default" {
                read.push((proposal::charon_default(), None));
                continue;
            }
            match Algorithms::charon(one) {
                Ok(algorithms) => read.push((algorithms, at.clone())),
                Err(bad) => {
                    self.bad(at.as_ref(), bad);
                    return Vec::new();
                }
            }
        }
        for (algorithms, at) in &read {
            self.foreign(at.as_ref(), algorithms);
        }
        read
    }

    pub(super) fn bad(&mut self, at: Option<&Place>, bad: Bad) {
        if let Some(at) = at {
            self.problem(Some(bad.about()), at, &bad.part, bad.message, bad.allowed);
        }
    }

    pub(super) fn foreign(&mut self, at: Option<&Place>, algorithms: &Algorithms) {
        let (Some(at), Some(part)) = (at, &algorithms.foreign) else { return };
        self.problem(
            Some(Subject::Policy),
            at,
            part,
            format!("`{part}` is not simulated: it is left out"),
            daemon::SIMULATED,
        );
    }
}
