//! From the file to a scenario: defaults, ranges, and what belongs together.

mod crypto_map;
mod exercise;
mod expect;
mod host;

use std::net::IpAddr;

use ike::{Authentication, Config, Instant, Mode, Role, Sides};
use sim::setup::ADDRESSES;
use sim::{Edit, Fault, MismatchAttribute, Network, OperatorFault, PathFault, Setup};

use crate::error::{ErrorKind, Problem, ScenarioError};
use crate::fault_table::FaultTable;
use crate::faults::{self, Setting};
use crate::file::{File, Peer};
use crate::remarks::Remarks;
use crate::scenario::Scenario;
use crate::value::{At, address, duration, probability, whole, word};
use crate::{file, vocabulary, write};
pub use crypto_map::access_line;
pub(crate) use crypto_map::asked_for;
use expect::expect;
use host::config;

// Every list has a bound: how long reading and running take is not for a file to choose.
const MAX_FAULTS: usize = 64;

/// Addresses of both peers: their own, and as seen from outside.
struct Places {
    own: Sides<IpAddr>,
    outside: Sides<IpAddr>,
}

impl File {
    /// The scenario that the file means.
    pub fn build(&self, name: &str) -> Result<Scenario, Problem> {
        scenario(name, self)
    }

    /// [`File::build`] for a file that was made or edited here: an error is about the text that it would have.
    pub fn build_edited(&self, name: &str) -> Result<Scenario, ScenarioError> {
        self.build(name).map_err(|problem| {
            // Values that were put in have no place; the text that the file would have gives them one.
            let text = write::text(self, &Remarks::default()).unwrap_or_default();
            let again = Scenario::parse(name, &text);
            // Should that text be in order, the error is still told, without a place.
            again.err().unwrap_or_else(|| ScenarioError::new(name, &text, Problem { span: None, ..problem }))
        })
    }
}

fn scenario(name: &str, file: &File) -> Result<Scenario, Problem> {
    let mode = file.mode.as_ref().map_or(Ok(Mode::Main), |at| word(at, "mode", &vocabulary::MODES))?;
    // Written in Main Mode it means nothing, and does no harm: the defaults can be written out.
    let confirm = file.confirm.as_ref().is_none_or(|at| at.value);
    let own = addresses(file)?;
    let phase_2 = asked_for(file);
    let setting = Setting { mode, confirm, v6: own.initiator.is_ipv6(), phase_2 };
    bound(&file.fault, MAX_FAULTS, "faults")?;
    // Before the hosts: a NAT among them decides under which address one peer knows the other.
    let faults: Vec<Fault> =
        file.fault.iter().map(|table| faults::fault(table, setting)).collect::<Result<_, _>>()?;
    let places = Places { own, outside: outside(file, &faults, own)? };
    let mut hosts = Sides::new(
        config(&file.initiator, Role::Initiator, setting, &places)?,
        config(&file.responder, Role::Responder, setting, &places)?,
    );
    if phase_2 {
        let profiles = hosts.as_ref().map(|host| host.profile);
        // An initiator's entries name whom it calls, a responder's whom it sees.
        let peers = Sides::new(hosts.initiator.peer, places.outside.initiator);
        let maps = crypto_map::crypto_maps(file, profiles, peers)?;
        hosts.initiator.crypto_map = Some(maps.initiator);
        hosts.responder.crypto_map = Some(maps.responder);
    }
    // Before faults edit the hosts: one that takes the last common method away is meant to.
    check_signatures(file, &hosts)?;
    let mut setup = Setup {
        mode,
        seed: file.seed.as_ref().map_or(Ok(1), |at| whole(at, "seed", 0..=i64::MAX))?,
        until: file
            .until
            .as_ref()
            .map(|at| duration(at, "until").map(|after| Instant::ZERO + after))
            .transpose()?,
        hosts,
        network: network(&file.network)?,
        // Added one by one below: each edits what those before it left.
        faults: Vec::new(),
        edits: Vec::new(),
    };
    add_faults(&mut setup, faults, &file.fault)?;
    Ok(Scenario {
        name: name.into(),
        title: file.title.clone(),
        description: file.description.clone(),
        setup,
        expect: expect(&file.expect, mode, phase_2)?,
    })
}

fn bound<T>(list: &[At<T>], most: usize, what: &str) -> Result<(), Problem> {
    match list.get(most) {
        Some(first) => {
            Err(Problem::new(&first.span, format!("more than {most} {what}")).kind(ErrorKind::OutOfRange))
        }
        None => Ok(()),
    }
}

/// The peers' own addresses: two, and of one family.
fn addresses(file: &File) -> Result<Sides<IpAddr>, Problem> {
    let read =
        |peer: &Peer, default: IpAddr| peer.address.as_ref().map_or(Ok(default), |at| address(at, "address"));
    let own =
        Sides::new(read(&file.initiator, ADDRESSES.initiator)?, read(&file.responder, ADDRESSES.responder)?);
    let Sides { initiator, responder } = own;
    let span = file.responder.address.as_ref().or(file.initiator.address.as_ref()).map(|at| at.span.clone());
    let span = span.unwrap_or_default();
    if initiator == responder {
        return Err(Problem::new(&span, format!("both peers have the address {initiator}")));
    }
    if initiator.is_ipv4() != responder.is_ipv4() {
        let message = format!("{initiator} and {responder} are of different address families");
        return Err(Problem::new(&span, message).help("write both addresses as IPv4, or both as IPv6"));
    }
    Ok(own)
}

/// The peers' addresses as seen from outside their NATs.
fn outside(file: &File, faults: &[Fault], own: Sides<IpAddr>) -> Result<Sides<IpAddr>, Problem> {
    let mut seen = own.map(|address| (address, false));
    for (fault, table) in faults.iter().zip(&file.fault) {
        let Fault::Path(PathFault::Nat { at, outside }) = *fault else {
            continue;
        };
        let span = table.value.outside.as_ref().map_or(&table.span, |at| &at.span);
        if seen[at].1 {
            return Err(Problem::new(&table.span, format!("the {at} stands behind a NAT already")));
        }
        // Receivers are found by address on the wire: it must be one peer's alone.
        if own.into_array().contains(&outside) || outside.is_ipv4() != own.initiator.is_ipv4() {
            let message = format!("{outside} cannot be the {at}'s outside address");
            return Err(
                Problem::new(span, message).help("allowed: an address of the same family that no peer has")
            );
        }
        seen[at] = (outside, true);
    }
    match file.fault.last() {
        // Each NAT was possible by itself.
        Some(last) if seen.initiator.0 == seen.responder.0 => {
            Err(Problem::new(&last.span, "both peers have the same outside address"))
        }
        _ => Ok(seen.map(|(address, _)| address)),
    }
}

/// Signatures are not built: an offer that could only be met with them is refused here, by name.
fn check_signatures(file: &File, hosts: &Sides<Config>) -> Result<(), Problem> {
    let common = |method| {
        let theirs = &hosts.responder.policies;
        let pairs = hosts.initiator.policies.iter().flat_map(|i| theirs.iter().map(move |r| (i, r)));
        pairs.into_iter().any(|(i, r)| {
            let one = (i.authentication, i.encryption, i.hash, i.group);
            one == (r.authentication, r.encryption, r.hash, r.group) && i.authentication == method
        })
    };
    // No policy in common is a mismatch like others, and can be run.
    if !common(Authentication::RsaSig) || common(Authentication::PreShared) {
        return Ok(());
    }
    let tables = file.initiator.policy.iter().chain(&file.responder.policy).flatten();
    let written = tables.filter_map(|table| table.value.authentication.as_ref());
    let span =
        written.filter(|at| at.value == "rsa-sig").map(|at| at.span.clone()).next().unwrap_or_default();
    Err(Problem::new(
        &span,
        "rsa-sig is the only method that both peers have, and signatures are not built yet",
    )
    .kind(ErrorKind::Signatures)
    .help("write authentication = \"pre-share\" in a policy that both peers have"))
}

fn network(table: &file::Network) -> Result<Network, Problem> {
    let time =
        |at: &Option<At<String>>, what, default| at.as_ref().map_or(Ok(default), |at| duration(at, what));
    let defaults = Network::default();
    Ok(Network {
        latency: time(&table.latency, "latency", defaults.latency)?,
        jitter: time(&table.jitter, "jitter", defaults.jitter)?,
        loss: probability(table.loss.as_ref(), "loss")?,
        duplicate: probability(table.duplicate.as_ref(), "duplicate")?,
        reorder: probability(table.reorder.as_ref(), "reorder")?,
        corrupt: probability(table.corrupt.as_ref(), "corrupt")?,
    })
}

/// Puts the faults into the setup; an operator's edit must change something.
fn add_faults(setup: &mut Setup, faults: Vec<Fault>, tables: &[At<FaultTable>]) -> Result<(), Problem> {
    for (fault, table) in faults.into_iter().zip(tables) {
        // Made before it is known whether they are needed: the setup takes the fault.
        let (message, why) = (format!("{fault} changes nothing here"), why_nothing(&fault));
        if !setup.add_fault(fault) {
            return Err(Problem::new(&table.span, message).help(why));
        }
    }
    Ok(())
}

/// Why an edit could change nothing, for the error.
fn why_nothing(fault: &Fault) -> &'static str {
    let Fault::Operator(OperatorFault { edit, .. }) = fault else {
        return "it is so already";
    };
    match edit {
        Edit::PskMismatch | Edit::MissingPsk => "no tunnel-group of that peer has a key",
        Edit::MissingTunnelGroup | Edit::WrongTunnelGroupName | Edit::IdentityMismatch => {
            "that peer has no tunnel-group"
        }
        Edit::PolicyMismatch(MismatchAttribute::KeyLength) => {
            "a key length can differ only where a policy has AES, and some length must be left that the other side lacks"
        }
        Edit::PfsMismatch(_) => {
            "missing and group need pfs in that peer's crypto map, extra needs none there: write it under crypto_map"
        }
        Edit::TransformMismatch(_) => "no transform set of that peer has such a value to change",
        Edit::ProxyMismatch(_) => "no line of that peer's access list can be changed so",
        Edit::PolicyMismatch(_) => "the other side's policies have every value of that attribute",
        Edit::IkeDisabled
        | Edit::AggressiveModeDisabled
        | Edit::NatTraversalDisabled
        | Edit::MapIncomplete(_)
        | Edit::MapUnbound
        | Edit::WrongPeerAddress => "it is so already",
    }
}
