//! A `conn`: its two sides, and what it does with them.

mod phase2;
mod version;

use std::cmp::Ordering;
use std::net::IpAddr;

use crate::daemon;
use crate::device::{Connection, Identity, Place, Policy, Remote, Sourced, Version};
use crate::ipsec::Reader;
use crate::ipsec::syntax::Section;
use crate::proposal::{self, Algorithms, Daemon, Frame, Takes};
use crate::subject::Subject;

impl Reader<'_> {
    /// A value of a conn, counted as used.
    fn get(&mut self, conn: &str, key: &str) -> Option<Sourced<String>> {
        let param = self.conf.get(conn, key)?;
        self.used += 1;
        Some(Sourced::new(param.text.clone(), self.place(param)))
    }

    fn any(&mut self, conn: &str, keys: &[&str]) -> Option<Sourced<String>> {
        keys.iter().find_map(|key| self.get(conn, key))
    }

    fn is_on(&mut self, conn: &str, keys: &[&str]) -> Option<Place> {
        self.any(conn, keys).filter(|value| daemon::flag(&value.value) == Some(true))?.at
    }

    pub(super) fn conn(&mut self, section: &Section) {
        let name = section.name.as_str();
        let other_type = |kind: &str| ["passthrough", "pass", "drop", "reject"].contains(&kind);
        // libreswan has `ignore` where no line says more: such a conn is loaded by hand.
        let ignored = self.get(name, "auto").is_some_and(|auto| auto.value == "ignore");
        // charon does not load it at all; a conn of `auto=ignore` neither calls nor answers.
        if ignored && self.daemon == Daemon::Charon
            || self.get(name, "type").is_some_and(|kind| other_type(&kind.value))
        {
            return;
        }
        let head = self.head(section);
        let version = self.version(name, &head);
        let [left, right] = ["left", "right"].map(|side| self.get(name, side));
        let [ours, theirs] = if self.is_left(left.as_ref(), right.as_ref()) {
            [("left", left), ("right", right)]
        } else {
            [("right", right), ("left", left)]
        };
        let authentication = self.authentication(name, ours.0, &head);
        let lifetime = self.lifetime(name);
        let defaults = match self.daemon {
            Daemon::Charon => "default of charon 5.9.8",
            Daemon::Pluto => "default of pluto 4.10",
        };
        let frame = Frame { authentication, lifetime, defaults };
        // IKEv2's algorithms are none of IKEv1's.
        let (mut policies, takes) = match version.value {
            Version::Two => (Vec::new(), Takes::new(frame, Vec::new())),
            Version::One | Version::Both | Version::TwoThenOne => self.policies(name, frame),
        };
        let aggressive = self.is_on(name, &["aggressive", "aggrmode"]);
        if self.daemon == Daemon::Pluto && aggressive.is_some() {
            // Seen: Aggressive Mode has room for one group, and pluto's is the last one.
            let last = policies.last().map(|policy| policy.group.value);
            policies.retain(|policy| Some(policy.group.value) == last);
        }
        let child = self.child(name, [ours.0, theirs.0], &head);
        let connection = Connection {
            by: format!("conn {name}"),
            remote: Remote::Anybody,
            at: head.clone(),
            local: ours.1.as_ref().and_then(|host| host.value.parse().ok()),
            answers_only: false,
            waits: None,
            calls_only: None,
            aggressive,
            policies,
            takes: Some(takes),
            identity: self.identity(name, ours.0, ours.1.as_ref()),
            expects: self.identity(name, theirs.0, theirs.1.as_ref()).into_iter().collect(),
            keyring: None,
            version,
            xauth: self.xauth(name, ours.0),
            incomplete: None,
            unbound: None,
            nat_off: self
                .get(name, "nat-ikev1-method")
                .filter(|method| method.value == "none")
                .and_then(|method| method.at),
            children: vec![child],
        };
        let (list, at) = match theirs.1 {
            Some(Sourced { value, at }) => (value, at.unwrap_or(head)),
            None => ("%any".into(), head),
        };
        daemon::connect(&mut self.device, &list, &at, &connection);
    }

    /// Which side is this device. Both daemons look at the addresses of the machine, which are not in the file; strongSwan
    /// takes itself to be on the left unless the right address alone is its own. So a word that stands for an own address
    /// tells, and `%any` is the peer (strongSwan: on the left it is any own address, seen); else it is the side that the
    /// reader was told, and the other one is kept in `Device::turned`.
    fn is_left(&mut self, left: Option<&Sourced<String>>, right: Option<&Sourced<String>>) -> bool {
        let [left, right] = [left, right].map(|host| host.map_or("%any", |host| host.value.as_str()));
        let own = |host: &str| {
            // `%defaultroute`, `%eth0` and the like are found on the own machine alone.
            host.starts_with('%') && !daemon::is_any(host) && !["%group", "%opportunistic"].contains(&host)
        };
        match (own(left), own(right)) {
            (true, _) => return true,
            (false, true) => return false,
            (false, false) => {}
        }
        if daemon::is_any(right) {
            return true;
        }
        if daemon::is_any(left) {
            return self.daemon == Daemon::Charon;
        }
        self.ambiguous = true;
        // One file is one machine: the address that more of its conns have is its own.
        match self.common(left).cmp(&self.common(right)) {
            Ordering::Greater | Ordering::Equal => self.left,
            Ordering::Less => !self.left,
        }
    }

    /// In how many conns an address stands.
    fn common(&self, host: &str) -> usize {
        host.parse().ok().and_then(|address: IpAddr| self.common.get(&address).copied()).unwrap_or(0)
    }

    fn authentication(&mut self, name: &str, own: &str, head: &Place) -> Sourced<String> {
        let peer = if own == "left" { "right" } else { "left" };
        let keys = [format!("{own}auth"), format!("{peer}auth"), "authby".to_owned()];
        let keys = keys.iter().map(String::as_str).collect::<Vec<_>>();
        let found = self.any(name, &keys);
        let second = self.any(name, &["leftauth2", "rightauth2"]);
        let foreign = |value: &Sourced<String>| !value.value.starts_with("xauth");
        let (value, at) = found.map_or((String::new(), None), |found| (found.value, found.at));
        // EAP belongs to IKEv2; what charon makes of it here is not simulated.
        let eap = value.contains("eap").then(|| Sourced { value: value.clone(), at: at.clone() });
        if let Some(extra) = second.filter(foreign).or(eap) {
            let at = extra.at.unwrap_or_else(|| head.clone());
            let message = format!("`{}` is not simulated", extra.value);
            self.problem(None, &at, &extra.value, message, "authby=secret alone, or with XAUTH");
        }
        let words = || value.split(['|', ',', ';', ' ', '+']).map(str::trim);
        let key = words().any(|word| ["secret", "psk", "xauthpsk"].contains(&word));
        Sourced { value: if key { "pre-share" } else { "rsa-sig" }.to_owned(), at }
    }

    /// Both daemons offer it as it is (seen); 3 hours with strongSwan, 8 with libreswan.
    fn lifetime(&mut self, name: &str) -> Sourced<u32> {
        let default = if self.daemon == Daemon::Charon { 3 * 3600 } else { 8 * 3600 };
        let Some(Sourced { value, at: Some(at) }) = self.get(name, "ikelifetime") else {
            return Sourced::default_of(default);
        };
        match daemon::seconds(&value).filter(|seconds| *seconds > 0) {
            Some(seconds) => Sourced::new(seconds, at),
            None => {
                self.problem(
                    Some(Subject::Lifetime),
                    &at,
                    &value,
                    format!("`{value}` is no time"),
                    "seconds, or 30m, 8h, 1d",
                );
                Sourced::default_of(default)
            }
        }
    }

    /// What it offers, and what it takes. pluto without `ike=` takes more than it offers.
    fn policies(&mut self, name: &str, frame: Frame) -> (Vec<Policy>, Takes) {
        let list = self.get(name, "ike");
        if list.is_none() && self.daemon == Daemon::Pluto {
            let default = proposal::pluto_default().into_iter().map(|default| (default, None)).collect();
            let offers = Takes::new(frame.clone(), default).all();
            return (offers, Takes::new(frame, vec![(proposal::pluto_known(), None)]));
        }
        let proposals = self.proposals(list);
        let takes = Takes::new(frame, proposals);
        let offers = match self.daemon {
            Daemon::Charon => takes.firsts(),
            Daemon::Pluto => takes.all(),
        };
        (offers, takes)
    }

    /// The proposals of a list, each with its line. One that cannot be read and there are none: neither daemon loads the
    /// conn (seen). strongSwan adds its default behind a list without `!` (seen).
    fn proposals(&mut self, list: Option<Sourced<String>>) -> Vec<(Algorithms, Option<Place>)> {
        let Some(Sourced { value, at: Some(at) }) = list else {
            return vec![(proposal::charon_default(), None)];
        };
        let strict = self.daemon == Daemon::Pluto || value.ends_with('!');
        let list = if self.daemon == Daemon::Charon { value.trim_end_matches('!') } else { &value };
        let mut read = Vec::new();
        for one in list.split(',').map(str::trim).filter(|one| !one.is_empty()) {
            let parsed = match self.daemon {
                Daemon::Charon => Algorithms::charon(one),
                Daemon::Pluto => Algorithms::pluto(one),
            };
            match parsed {
                Ok(algorithms) => read.push((algorithms, Some(at.clone()))),
                Err(bad) => {
                    self.problem(Some(bad.about()), &at, &bad.part, bad.message, bad.allowed);
                    // One bad word and the daemon has no conn: the good proposals beside it are gone too.
                    return Vec::new();
                }
            }
        }
        let first = |of: fn(&Algorithms) -> &Option<String>| read.iter().find_map(|(one, _)| of(one).clone());
        if let Some(part) = first(|algorithms| &algorithms.foreign) {
            let message = format!("`{part}` is not simulated: it is left out");
            self.problem(Some(Subject::Policy), &at, &part, message, daemon::SIMULATED);
        }
        if let Some(part) = first(|algorithms| &algorithms.rare) {
            let message =
                format!("`{part}`: libreswan 4 and later do not load the conn, unless built with it");
            self.problem(
                Some(Subject::Enabled),
                &at,
                &part,
                message,
                "modp2048; or a build with USE_DH2, as RHEL's is",
            );
        }
        if !strict {
            read.push((proposal::charon_default(), None));
        }
        read
    }

    /// `leftid`, else the side's own address.
    fn identity(
        &mut self,
        name: &str,
        side: &str,
        host: Option<&Sourced<String>>,
    ) -> Option<Sourced<Identity>> {
        let Some(Sourced { value, at: Some(at) }) = self.get(name, &format!("{side}id")) else {
            let host = host?;
            // `%any` as the own host says nothing of the identity: it is the address in use.
            let address = host.value.parse().ok().filter(|_| !daemon::is_any(&host.value))?;
            return Some(Sourced { value: Identity::Address(address), at: host.at.clone() });
        };
        let read = daemon::identity(&value, self.daemon);
        if read.is_none() && !daemon::is_any(&value) {
            let (about, message, allowed) = if daemon::is_no_hex(&value) {
                let name = if self.daemon == Daemon::Charon { "keyid:name" } else { "@[name]" };
                (Subject::Identity, "hexadecimal digits stand behind `@#`", name)
            } else if value.contains('=') || self.daemon == Daemon::Charon {
                let allowed = "an address, @name, user@host, @#hex";
                (Subject::Identity, "this kind of identity is not simulated", allowed)
            } else {
                (Subject::Resolved, "without `@` libreswan asks the DNS for its address", "@name")
            };
            self.problem(Some(about), &at, &value, format!("`{value}`: {message}"), allowed);
        }
        let wild = value.contains('*');
        read.filter(|_| !wild).map(|identity| Sourced::new(identity, at))
    }
}
