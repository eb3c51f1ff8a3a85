//! From the file to a scenario: defaults, ranges, and what belongs together.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::ops::Range;

use ike::{
    Authentication, Config, GroupName, Identity, Instant, Mode, NotifyType, Policy, Profile, Role, Sides,
    State, TunnelGroup,
};
use sim::setup::{ADDRESSES, DEFAULT_POLICY, default_group};
use sim::{Cause, Edit, Fault, MismatchAttribute, Network, OperatorFault, PathFault, Setup};

use crate::error::{ErrorKind, Problem, ScenarioError};
use crate::fault_table::FaultTable;
use crate::faults::{self, Setting};
use crate::file::{ExpectTable, File, GroupTable, Peer, PolicyTable};
use crate::key::KeyText;
use crate::remarks::Remarks;
use crate::scenario::{Expect, Scenario};
use crate::value::{At, IdentityText, address, duration, probability, short, whole, word};
use crate::{file, vocabulary, write};

/// Bounds that no real device reaches, and that keep a run short.
const MAX_POLICIES: usize = 64;
const MAX_GROUPS: usize = 256;
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
            let text = write::text(self, &Remarks::default()).unwrap_or_default();
            let again = Scenario::parse(name, &text);
            again.err().unwrap_or_else(|| ScenarioError::new(name, &text, Problem { span: None, ..problem }))
        })
    }
}

fn scenario(name: &str, file: &File) -> Result<Scenario, Problem> {
    let mode = file.mode.as_ref().map_or(Ok(Mode::Main), |at| word(at, "mode", &vocabulary::MODES))?;
    // Written in Main Mode it means nothing, and does no harm: the defaults can be written out.
    let confirm = file.confirm.as_ref().is_none_or(|at| at.value);
    let own = addresses(file)?;
    let setting = Setting { mode, confirm, v6: own.initiator.is_ipv6() };
    bound(&file.fault, MAX_FAULTS, "faults")?;
    let faults: Vec<Fault> =
        file.fault.iter().map(|table| faults::fault(table, setting)).collect::<Result<_, _>>()?;
    let places = Places { own, outside: outside(file, &faults, own)? };
    let hosts = Sides::new(
        config(&file.initiator, Role::Initiator, setting, &places)?,
        config(&file.responder, Role::Responder, setting, &places)?,
    );
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
        faults: Vec::new(),
        edits: Vec::new(),
    };
    add_faults(&mut setup, faults, &file.fault)?;
    Ok(Scenario {
        name: name.into(),
        title: file.title.clone(),
        description: file.description.clone(),
        setup,
        expect: expect(&file.expect, mode)?,
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
        if own.into_array().contains(&outside) || outside.is_ipv4() != own.initiator.is_ipv4() {
            let message = format!("{outside} cannot be the {at}'s outside address");
            return Err(
                Problem::new(span, message).help("allowed: an address of the same family that no peer has")
            );
        }
        seen[at] = (outside, true);
    }
    match file.fault.last() {
        Some(last) if seen.initiator.0 == seen.responder.0 => {
            Err(Problem::new(&last.span, "both peers have the same outside address"))
        }
        _ => Ok(seen.map(|(address, _)| address)),
    }
}

fn config(peer: &Peer, role: Role, setting: Setting, places: &Places) -> Result<Config, Problem> {
    let own = places.own[role];
    let called = called(peer, role, places)?;
    Ok(Config {
        profile: profile(peer)?,
        address: own,
        peer: called,
        mode: setting.mode,
        confirm: setting.confirm,
        ike_enabled: peer.ike_enabled.unwrap_or(true),
        aggressive_mode: peer.aggressive_mode.unwrap_or(true),
        identity: identity(peer)?,
        nat_traversal: peer.nat_traversal.unwrap_or(true),
        policies: policies(peer)?,
        tunnel_groups: groups(peer, called, places.own[role.other()])?,
        impairments: Vec::new(),
    })
}

/// Whom the peer calls: the initiator whom it is told to, the responder nobody.
fn called(peer: &Peer, role: Role, places: &Places) -> Result<IpAddr, Problem> {
    let other = places.outside[role.other()];
    let Some(at) = &peer.peer else {
        return Ok(other);
    };
    let called = address(at, "peer")?;
    if called.is_ipv4() != other.is_ipv4() {
        return Err(Problem::new(&at.span, format!("{called} is of another address family than the peers")));
    }
    Ok(called)
}

fn profile(peer: &Peer) -> Result<&'static Profile, Problem> {
    let Some(at) = &peer.profile else {
        return Ok(Profile::ASA);
    };
    if let Some(profile) = Profile::from_name(&at.value) {
        return Ok(profile);
    }
    let names = Profile::ALL.iter().map(|profile| profile.name);
    Err(Problem::unknown(&at.span, format!("unknown profile `{}`", short(&at.value)), &at.value, names))
}

fn identity(peer: &Peer) -> Result<Identity, Problem> {
    let Some(At { value, span }) = &peer.identity else {
        return Ok(Identity::OwnAddress);
    };
    match value {
        IdentityText::Word(word) if word == "address" => Ok(Identity::OwnAddress),
        IdentityText::Word(word) => Err(unknown_identity(span, word, "\"address\"")),
        IdentityText::Table(key, text) => named_identity(span, key, text),
    }
}

/// The identity that a tunnel-group insists on; "address" is the peer's own.
fn peer_identity(at: Option<&At<IdentityText>>, peer: IpAddr) -> Result<Option<Identity>, Problem> {
    match at {
        None => Ok(None),
        Some(At { value: IdentityText::Word(word), span }) => match word.as_str() {
            "any" => Ok(None),
            "address" => Ok(Some(Identity::Address(peer))),
            other => Err(unknown_identity(span, other, "\"any\", \"address\"")),
        },
        Some(At { value: IdentityText::Table(key, text), span }) => named_identity(span, key, text).map(Some),
    }
}

fn unknown_identity(span: &Range<usize>, word: &str, words: &str) -> Problem {
    let allowed = format!("allowed: {words}, or a table with one of fqdn, user_fqdn, key_id, address");
    Problem::new(span, format!("unknown identity `{}`", short(word))).help(allowed)
}

fn named_identity(span: &Range<usize>, key: &str, text: &str) -> Result<Identity, Problem> {
    if text.is_empty() || text.len() > 255 {
        return Err(Problem::new(span, format!("an identity of {} bytes", text.len()))
            .kind(ErrorKind::OutOfRange)
            .help("allowed: 1 to 255 bytes"));
    }
    match key {
        "fqdn" => Ok(Identity::Fqdn(text.into())),
        "user_fqdn" => Ok(Identity::UserFqdn(text.into())),
        "key_id" => Ok(Identity::KeyId(text.as_bytes().to_vec())),
        _ => address(&At { value: text.to_owned(), span: span.clone() }, "identity").map(Identity::Address),
    }
}

/// The policies, best first.
fn policies(peer: &Peer) -> Result<Vec<Policy>, Problem> {
    let Some(tables) = &peer.policy else {
        return Ok(vec![policy(&PolicyTable::default())?]);
    };
    bound(tables, MAX_POLICIES, "policies")?;
    let mut by_priority = BTreeMap::new();
    for At { value, span } in tables {
        let policy = policy(value)?;
        let priority = policy.priority;
        if by_priority.insert(priority, policy).is_some() {
            let span = value.priority.as_ref().map_or(span, |at| &at.span);
            return Err(Problem::new(span, format!("priority {priority} is taken by an earlier policy"))
                .help("give every policy of a peer its own priority"));
        }
    }
    Ok(by_priority.into_values().collect())
}

fn policy(table: &PolicyTable) -> Result<Policy, Problem> {
    let group = |at: &At<i64>| {
        let message = format!("unknown group {}", at.value);
        let allowed = vocabulary::GROUPS.map(|number| number.to_string()).join(", ");
        vocabulary::group(at.value)
            .ok_or_else(|| Problem::new(&at.span, message).help(format!("allowed: {allowed}")))
    };
    let PolicyTable { priority, authentication, encryption, hash, group: number, lifetime } = table;
    Ok(Policy {
        priority: priority
            .as_ref()
            .map_or(Ok(DEFAULT_POLICY.priority), |at| whole(at, "priority", 1..=65_535))?,
        authentication: authentication.as_ref().map_or(Ok(DEFAULT_POLICY.authentication), |at| {
            word(at, "authentication", &vocabulary::AUTHENTICATIONS)
        })?,
        encryption: encryption
            .as_ref()
            .map_or(Ok(DEFAULT_POLICY.encryption), |at| word(at, "encryption", &vocabulary::CIPHERS))?,
        hash: hash.as_ref().map_or(Ok(DEFAULT_POLICY.hash), |at| word(at, "hash", &vocabulary::HASHES))?,
        group: number.as_ref().map_or(Ok(DEFAULT_POLICY.group), group)?,
        lifetime: lifetime
            .as_ref()
            .map_or(Ok(DEFAULT_POLICY.lifetime), |at| whole(at, "lifetime", 1..=i64::from(u32::MAX)))?,
    })
}

/// The tunnel-groups; by default one for the peer.
fn groups(peer: &Peer, called: IpAddr, others_own: IpAddr) -> Result<Vec<TunnelGroup>, Problem> {
    let Some(tables) = &peer.tunnel_group else {
        return Ok(vec![default_group(called)]);
    };
    bound(tables, MAX_GROUPS, "tunnel-groups")?;
    let mut groups: Vec<TunnelGroup> = Vec::new();
    for At { value, .. } in tables {
        let group = group(value, others_own)?;
        if groups.iter().any(|known| known.name == group.name) {
            let message = format!("tunnel-group {} stands here twice", short(&group.name.to_string()));
            return Err(Problem::new(&value.peer.span, message));
        }
        groups.push(group);
    }
    Ok(groups)
}

fn group(table: &GroupTable, others_own: IpAddr) -> Result<TunnelGroup, Problem> {
    let name = match (table.peer.value.as_str(), table.peer.value.parse()) {
        ("", _) => return Err(Problem::new(&table.peer.span, "a tunnel-group without a name")),
        ("default", _) => GroupName::Default,
        (_, Ok(address)) => GroupName::Address(address),
        (name, Err(_)) => GroupName::Name(name.into()),
    };
    let key = table.pre_shared_key.as_ref().map(KeyText::read);
    let peer_identity = peer_identity(table.peer_identity.as_ref(), others_own)?;
    Ok(TunnelGroup { name, pre_shared_key: key.transpose()?, peer_identity })
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

fn expect(table: &ExpectTable, mode: Mode) -> Result<Expect, Problem> {
    let state =
        |at: &Option<At<String>>, role| at.as_ref().map(|at| expected_state(at, role, mode)).transpose();
    Ok(Expect {
        states: Sides::new(
            state(&table.initiator, Role::Initiator)?,
            state(&table.responder, Role::Responder)?,
        ),
        cause: table.cause.as_ref().map(expected_cause).transpose()?,
        notify: table.notify.as_ref().map(|list| list.iter().map(notify).collect()).transpose()?,
        established: table.established,
    })
}

fn expected_state(at: &At<String>, role: Role, mode: Mode) -> Result<Option<State>, Problem> {
    if at.value == "NONE" {
        return Ok(None);
    }
    let possible = |state: &State| state.is_in(mode, role);
    let names = State::all().filter(possible).map(State::asa).chain(["NONE"]);
    let Some(state) = State::from_asa(&at.value) else {
        return Err(Problem::unknown(
            &at.span,
            format!("unknown state `{}`", short(&at.value)),
            &at.value,
            names,
        ));
    };
    if possible(&state) {
        return Ok(Some(state));
    }
    let message = format!("the {role} is never in {state} in this mode");
    Err(Problem::new(&at.span, message).help(format!("allowed: {}", names.collect::<Vec<_>>().join(", "))))
}

fn expected_cause(at: &At<String>) -> Result<Option<Cause>, Problem> {
    if at.value == "none" {
        return Ok(None);
    }
    Cause::from_name(&at.value).map(Some).ok_or_else(|| {
        Problem::unknown(
            &at.span,
            format!("unknown cause `{}`", short(&at.value)),
            &at.value,
            vocabulary::causes(),
        )
    })
}

fn notify(at: &At<String>) -> Result<NotifyType, Problem> {
    let errors: Vec<(&'static str, NotifyType)> = NotifyType::ALL
        .iter()
        .filter(|(notify, _)| notify.is_error())
        .map(|(notify, name)| (*name, *notify))
        .collect();
    word(at, "error notify", &errors)
}

/// Puts the faults into the setup; an operator's edit must change something.
fn add_faults(setup: &mut Setup, faults: Vec<Fault>, tables: &[At<FaultTable>]) -> Result<(), Problem> {
    for (fault, table) in faults.into_iter().zip(tables) {
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
        Edit::PolicyMismatch(_) => "the other side's policies have every value of that attribute",
        Edit::IkeDisabled
        | Edit::AggressiveModeDisabled
        | Edit::NatTraversalDisabled
        | Edit::WrongPeerAddress => "it is so already",
    }
}
