//! What a conn says of phase 2.

use crate::daemon;
use crate::device::{Policy, Sourced};
use crate::ipsec::Reader;
use crate::phase2::Phase2;
use crate::proposal::Daemon;

impl Reader<'_> {
    pub(super) fn phase2(&mut self, name: &str, [own, peer]: [&str; 2], policies: &[Policy]) -> Phase2 {
        let mut phase2 = Phase2::default();
        if let Some(Sourced { value, at: Some(at) }) = self.any(name, &["esp", "phase2alg"]) {
            // Without `!` strongSwan has its default behind it: what it takes is not known.
            if self.daemon == Daemon::Pluto || value.ends_with('!') {
                daemon::esp(&mut phase2, value.trim_end_matches('!'), &at);
            }
        }
        if self.daemon == Daemon::Pluto {
            self.pluto_pfs(name, &mut phase2, policies);
        }
        let nets =
            [own, peer].map(|side| self.any(name, &[&format!("{side}subnet"), &format!("{side}subnets")]));
        if let [Some(from), Some(Sourced { value: to, .. })] = nets {
            let plain = |list: &str| list.replace(['{', '}'], " ");
            daemon::traffic(&mut phase2, &plain(&from.value), &plain(&to), from.at);
        }
        phase2
    }

    /// On by default, with the group of phase 1 unless a line names another.
    fn pluto_pfs(&mut self, name: &str, phase2: &mut Phase2, policies: &[Policy]) {
        if self.get(name, "pfs").is_some_and(|pfs| daemon::flag(&pfs.value) == Some(false)) {
            phase2.pfs = None;
        } else if phase2.pfs.is_none() {
            phase2.pfs = policies.first().map(|policy| policy.group.clone());
        }
    }
}
