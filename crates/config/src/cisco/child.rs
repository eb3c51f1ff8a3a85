//! What an entry of a crypto map, or a protected tunnel, does in phase 2.

use std::net::IpAddr;
use std::sync::Arc;

use ike::AclLine;
use ike::config::Net;

use super::connect::Lists;
use super::{Entry, Reader, access};
use crate::device::{Dialect, Family, Interface, Place, Sourced};
use crate::phase2::{Child, Group, Part};
use crate::subject::Subject;

/// The number of GRE among the protocols of IP.
const GRE: u8 = 47;

/// The groups that there are in a scenario.
const SIMULATED: [u16; 12] = [1, 2, 5, 14, 15, 16, 17, 18, 19, 20, 21, 31];

/// The lines of an access list, or what keeps them from being a scenario's, and where.
pub(super) type Traffic = Result<Arc<Vec<Sourced<AclLine>>>, (String, Place)>;

impl Reader {
    pub(super) fn child(&self, entry: &Entry, at: Place, lists: &Lists) -> Child {
        let at = entry.at.clone().unwrap_or(at);
        let mut child = Child::new(format!("crypto map {} {}", entry.map, entry.sequence), at);
        child.sequence = entry.sequence.parse().unwrap_or(0);
        child.list = entry.access_list.as_ref().map(|list| list.value.clone());
        self.protect(&mut child, entry, lists);
        self.transform(&mut child, entry);
        self.pfs(&mut child, entry);
        let own = &entry.lifetimes;
        child.lifetime = own.seconds.clone().or_else(|| self.lifetimes.seconds.clone());
        child.kilobytes = own.kilobytes.clone().or_else(|| self.lifetimes.kilobytes.clone());
        child
    }

    /// `match address`. Without one an entry is disabled, unless it is a dynamic one; an excerpt may have no list at all.
    fn protect(&self, child: &mut Child, entry: &Entry, lists: &Lists) {
        // A dynamic entry, whose name this is, takes what it is asked for.
        child.dynamic = entry.answers_only.is_some() && entry.peers.is_empty();
        let shown = !self.access_lists.is_empty();
        child.acl = match &entry.access_list {
            None if child.dynamic => Part::Is(Arc::default()),
            None if shown || self.named_lists => Part::Lacks(None),
            None => Part::Hidden,
            Some(name) => match lists.traffic.get(&name.value) {
                Some(Ok(lines)) if lines.is_empty() => Part::Lacks(name.at.clone()),
                Some(Ok(lines)) => Part::Is(lines.clone()),
                Some(Err((why, at))) => {
                    child.doubt(None, why.clone(), at);
                    Part::Hidden
                }
                None if shown => Part::Lacks(name.at.clone()),
                None => Part::Hidden,
            },
        };
    }

    fn transform(&self, child: &mut Child, entry: &Entry) {
        let mut sets = Vec::new();
        for (name, at) in &entry.transform_sets {
            let Some(set) = self.transform_sets.get(name) else { continue };
            if let Some(word) = &set.foreign {
                child.doubt(None, format!("`{word}` is not simulated"), at);
                continue;
            }
            if sets.is_empty() {
                child.transport.clone_from(&set.transport);
            }
            sets.push(Sourced::new(set.words.clone(), at.clone()));
        }
        let shown = !self.transform_sets.is_empty() && child.doubts.is_empty() && entry.ike2.is_none();
        child.sets = match (sets.is_empty(), entry.transform_sets.first()) {
            (false, _) => Part::Is(sets),
            (true, named) if shown => Part::Lacks(named.map(|(_, at)| at.clone())),
            _ => Part::Hidden,
        };
    }

    /// A bare `set pfs` has the device's default group.
    fn pfs(&self, child: &mut Child, entry: &Entry) {
        let Some(pfs) = &entry.pfs else { return };
        let group = if pfs.value > 0 { pfs.value } else { self.default_group(child, pfs.at.as_ref()) };
        (child.pfs.group, child.pfs.at) = (Some(Group::Number(group)), pfs.at.clone());
        if let (false, Some(at)) = (SIMULATED.contains(&group), &pfs.at) {
            child.doubt(None, format!("group {group} is not simulated"), at);
            child.sets = Part::Hidden;
        }
    }

    /// IOS has group 1, an ASA group 2, from 9.13 on group 14 (its release notes).
    fn default_group(&self, child: &mut Child, at: Option<&Place>) -> u16 {
        let number = |text: &str| text.split(|c: char| !c.is_ascii_digit()).next()?.parse::<u16>().ok();
        let version = self.device.version.as_ref().and_then(|version| {
            let (major, minor) = version.split_once('.')?;
            Some((number(major)?, number(minor)?))
        });
        match (self.device.dialect, version) {
            (Dialect::Ios, _) => 1,
            (_, Some(version)) if version >= (9, 13) => 14,
            (_, Some(_)) => 2,
            (_, None) => {
                if let Some(at) = at {
                    let text = "`set pfs` without a group is group 2, from ASA 9.13 on group 14; no line has the version";
                    child.doubt(Some(Subject::Secrecy), text, at);
                }
                2
            }
        }
    }

    /// What a protected tunnel protects: GRE between its ends, or everything.
    pub(super) fn protects(&self, child: &mut Child, interface: &Interface, profile_known: bool) {
        child.name.clone_from(&interface.name);
        let asa = (self.device.dialect == Dialect::Asa).then_some(Family::Four);
        let line = match interface.tunnel.any.or(asa) {
            Some(family) => access::any(family).map(|net| access::line(0, [Net::Subnet(net); 2])),
            None => Some(access::line(GRE, [Net::Own, Net::Peer])),
        };
        let at = interface.tunnel.protected.clone();
        child.acl = line.map_or(Part::Hidden, |value| Part::Is(Arc::new(vec![Sourced { value, at }])));
        // Newer releases have default transform sets, and an excerpt may lack the profile.
        if !profile_known || matches!(child.sets, Part::Lacks(None)) {
            child.sets = Part::Hidden;
        }
    }

    /// An entry that names no peer neither calls nor answers.
    pub(super) fn peerless(&mut self, entry: &Entry, local: Option<IpAddr>, lists: &Lists) {
        let Some(at) = entry.at.clone() else { return };
        let child = self.child(entry, at, lists);
        self.device.peerless.push((local, child));
    }
}
