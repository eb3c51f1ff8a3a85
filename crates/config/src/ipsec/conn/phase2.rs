//! What a conn says of phase 2.

use crate::daemon::{self, flag};
use crate::device::{Place, Sourced};
use crate::esp;
use crate::ipsec::Reader;
use crate::phase2::{Child, Group, Part};
use crate::proposal::Daemon;
use crate::subject::Subject;

impl Reader<'_> {
    /// The one child of a conn. Without subnets it is between the two hosts.
    pub(super) fn child(&mut self, name: &str, [own, peer]: [&str; 2], head: &Place) -> Child {
        let mut child = Child::new(format!("conn {name}"), head.clone());
        self.esp(name, &mut child, head);
        if self.daemon == Daemon::Pluto {
            self.pluto_pfs(name, &mut child);
        }
        self.nets(name, [own, peer], &mut child, head);
        child.transport =
            self.get(name, "type").filter(|kind| kind.value == "transport").and_then(|kind| kind.at);
        child.lifetime =
            self.any(name, &["salifetime", "lifetime", "keylife", "ipsec-lifetime"]).and_then(|life| {
                Some(Sourced { value: daemon::seconds(&life.value).filter(|life| *life > 0)?, at: life.at })
            });
        // Seen: charon and pluto offer none, unless told to.
        child.kilobytes = Some(Sourced::default_of(0));
        if let Some(at) = self.hands_out(name) {
            let text = "addresses are handed out: whose traffic it is shows only then";
            child.doubt(Some(Subject::Traffic), text, &at);
        }
        if let Some(at) = self.is_on(name, &["compress"]) {
            child.doubt(None, "IPComp is not simulated", &at);
        }
        child
    }

    /// A line by which an address is asked for or given.
    fn hands_out(&mut self, name: &str) -> Option<Place> {
        let keys = ["leftaddresspool", "rightaddresspool", "leftmodecfgclient", "rightmodecfgclient"];
        let pool = self.any(name, &keys).and_then(|pool| pool.at);
        let asked = self.any(name, &["leftsourceip", "rightsourceip"]);
        pool.or_else(|| asked.filter(|ip| ip.value.contains(['%', '/'])).and_then(|ip| ip.at))
    }

    fn esp(&mut self, name: &str, child: &mut Child, head: &Place) {
        let ah = self.get(name, "ah").or_else(|| {
            let ah = self.get(name, "phase2").is_some_and(|kind| kind.value == "ah");
            ah.then(|| self.any(name, &["phase2alg", "esp"])).flatten()
        });
        let given = ah.clone().or_else(|| self.any(name, &["esp", "phase2alg"]));
        match given {
            Some(Sourced { value, at }) => {
                let strict = self.daemon == Daemon::Pluto || value.ends_with('!') || ah.is_some();
                let own = value.trim_end_matches('!');
                // strongSwan has its default behind a list without `!` (seen).
                let list = if strict { own.to_owned() } else { format!("{own},default") };
                esp::list(child, &list, at.as_ref(), self.daemon, ah.is_some());
            }
            // `algparse -v1 esp` of pluto 4.10.
            None if self.daemon == Daemon::Pluto => esp::list(child, "aes-sha1", None, Daemon::Pluto, false),
            None => esp::list(child, "default", None, Daemon::Charon, false),
        }
        if child.sets == Part::Hidden && child.doubts.is_empty() {
            child.doubt(None, "no ESP proposal that is simulated", head);
        }
    }

    fn nets(&mut self, name: &str, sides: [&str; 2], child: &mut Child, head: &Place) {
        let nets = sides.map(|side| self.any(name, &[&format!("{side}subnet"), &format!("{side}subnets")]));
        let ports = sides.map(|side| self.get(name, &format!("{side}protoport")));
        child.ends = nets.each_ref().map(|net| net.as_ref().and_then(|net| net.at.clone()));
        let at = nets.iter().chain(&ports).flatten().find_map(|net| net.at.clone());
        let text = |net: &Option<Sourced<String>>, port: &Option<Sourced<String>>| {
            let list = net.as_ref().map_or("dynamic".into(), |net| net.value.replace(['{', '}'], " "));
            let Some(port) = port else { return list };
            let all = list
                .split([',', ' '])
                .filter(|one| !one.is_empty())
                .map(|one| format!("{one}[{}]", port.value));
            all.collect::<Vec<_>>().join(",")
        };
        let [from, to] = [(&nets[0], &ports[0]), (&nets[1], &ports[1])].map(|(net, port)| text(net, port));
        // `vhost:%priv` and the like take what the caller has: nothing is known of it here.
        if from.contains("vhost") || to.contains("vhost") || to.contains("vnet") {
            return;
        }
        daemon::traffic(child, [&from, &to], at.as_ref().unwrap_or(head));
    }

    /// On by default, with the group of phase 1 unless a line names another.
    fn pluto_pfs(&mut self, name: &str, child: &mut Child) {
        let pfs = self.get(name, "pfs");
        if let Some(off) = pfs.as_ref().filter(|pfs| flag(&pfs.value) == Some(false)) {
            (child.pfs.group, child.pfs.at) = (None, off.at.clone());
        } else if child.pfs.group.is_none() {
            (child.pfs.group, child.pfs.at) = (Some(Group::OfPhase1), pfs.and_then(|pfs| pfs.at));
        }
        // It takes any group (seen), which the engine's profile knows.
        child.pfs.takes.clear();
    }
}
