//! From a scenario to its file: what [`crate::build`] does, backwards. What has its default value is left out.

mod crypto_map;
mod fault;

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use ike::{GroupName, Identity, Instant, Policy, Role, TunnelGroup};
use sim::setup::{ADDRESSES, default_host};
use sim::{Network, Setup, quick_state_name, state_name};

use crate::fault_table::FaultTable;
use crate::file::{self, ExpectTable, File, GroupTable, Peer, PolicyTable};
use crate::key::KeyText;
use crate::remarks::{Remarks, Spot};
use crate::scenario::{Expect, Scenario};
use crate::value::{At, IdentityText, duration_text};

/// What a scenario file cannot say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unwritable {
    /// A `key_id` that is no text.
    KeyId(Vec<u8>),
    /// A value that TOML does not take.
    Toml(toml_edit::ser::Error),
}

impl fmt::Display for Unwritable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unwritable::KeyId(bytes) => write!(f, "the key_id {} is no text", bytes.escape_ascii()),
            Unwritable::Toml(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Unwritable {}

impl Scenario {
    /// The scenario as a file, with these comments. What an operator's fault made of a configuration is written as
    /// configuration.
    ///
    /// # Errors
    /// What a file cannot say.
    pub fn to_toml(&self, remarks: &Remarks) -> Result<String, Unwritable> {
        crate::write::text(&File::of(self, remarks)?, remarks).map_err(Unwritable::Toml)
    }
}

/// A value, where it is not the default or there is something to say about it.
fn unless<T: PartialEq>(value: T, default: &T, remarked: bool) -> Option<T> {
    (remarked || value != *default).then_some(value)
}

impl File {
    /// The file of a scenario.
    fn of(scenario: &Scenario, remarks: &Remarks) -> Result<File, Unwritable> {
        let Scenario { setup, .. } = scenario;
        let remarked = |key| remarks.concern(&Spot::file(key));
        let default = Setup::default();
        let confirm = setup.hosts.responder.confirm;
        Ok(File {
            title: scenario.title.clone(),
            description: scenario.description.clone(),
            mode: unless(setup.mode, &default.mode, remarked("mode")).map(|mode| mode.to_string().into()),
            confirm: unless(confirm, &true, remarked("confirm")).map(At::from),
            // The reader takes seeds below 2^63.
            seed: unless(setup.seed, &default.seed, remarked("seed"))
                .and_then(|seed| i64::try_from(seed).ok())
                .map(At::from),
            until: setup.until.map(moment),
            // Written in any case: default entries are left out, and would not imply it.
            phase2: setup.hosts.initiator.crypto_map.as_ref().map(|_| true),
            initiator: Peer::of(setup, Role::Initiator, remarks)?,
            responder: Peer::of(setup, Role::Responder, remarks)?,
            network: file::Network::of(&setup.network),
            fault: setup.faults.iter().filter_map(FaultTable::of).map(At::from).collect(),
            expect: ExpectTable::of(&scenario.expect),
            lab: None,
        })
    }
}

fn moment(at: Instant) -> At<String> {
    duration_text(at.since(Instant::ZERO)).into()
}

impl Peer {
    fn of(setup: &Setup, role: Role, remarks: &Remarks) -> Result<Peer, Unwritable> {
        let host = &setup.hosts[role];
        // Which peer is the default depends on the faults: there may be a NAT in front of it.
        let default = default_host(ADDRESSES[role], setup.outside_address(role.other()));
        let remarked = |key| remarks.concern(&Spot::host(role).key(key));
        let flag = |value: bool, key| unless(value, &true, remarked(key));
        let address = |value: IpAddr, default: &IpAddr, key| {
            unless(value, default, remarked(key)).map(|address| address.to_string().into())
        };
        // The default group is for whom this host calls, be it the right one or not.
        let own_groups = default_host(host.address, host.peer).tunnel_groups;
        let groups = unless(&host.tunnel_groups, &&own_groups, remarked("tunnel_group"));
        Ok(Peer {
            profile: unless(host.profile, &default.profile, remarked("profile"))
                .map(|one| one.name.to_owned().into()),
            address: address(host.address, &default.address, "address"),
            peer: address(host.peer, &default.peer, "peer"),
            ike_enabled: flag(host.ike_enabled, "ike_enabled"),
            aggressive_mode: flag(host.aggressive_mode, "aggressive_mode"),
            identity: unless(&host.identity, &&default.identity, remarked("identity"))
                .map(identity)
                .transpose()?,
            nat_traversal: flag(host.nat_traversal, "nat_traversal"),
            policy: unless(&host.policies, &&default.policies, remarked("policy"))
                .map(|list| list.iter().map(|policy| PolicyTable::of(policy).into()).collect()),
            tunnel_group: groups
                .map(|list| list.iter().map(|group| GroupTable::of(group).map(At::from)).collect())
                .transpose()?,
            crypto_map: crypto_map::tables(setup, role),
        })
    }
}

fn identity(identity: &Identity) -> Result<At<IdentityText>, Unwritable> {
    let table = |key: &str, text: String| IdentityText::Table(key.into(), text);
    Ok(At::from(match identity {
        Identity::OwnAddress => IdentityText::Word("address".into()),
        Identity::Address(address) => table("address", address.to_string()),
        Identity::Fqdn(name) => table("fqdn", name.clone()),
        Identity::UserFqdn(name) => table("user_fqdn", name.clone()),
        Identity::KeyId(bytes) => match String::from_utf8(bytes.clone()) {
            Ok(text) => table("key_id", text),
            // Keys alone have a form in hex.
            Err(_) => return Err(Unwritable::KeyId(bytes.clone())),
        },
    }))
}

impl PolicyTable {
    fn of(policy: &Policy) -> PolicyTable {
        let word = |word: &str| Some(At::from(word.to_owned()));
        let number = |number: u32| Some(At::from(i64::from(number)));
        PolicyTable {
            priority: number(policy.priority.into()),
            authentication: word(policy.authentication.name()),
            encryption: word(policy.encryption.name()),
            hash: word(policy.hash.name()),
            group: number(policy.group.number().into()),
            lifetime: number(policy.lifetime),
        }
    }
}

impl GroupTable {
    fn of(group: &TunnelGroup) -> Result<GroupTable, Unwritable> {
        Ok(GroupTable {
            peer: match &group.name {
                GroupName::Default => "default".to_owned(),
                name @ (GroupName::Address(_) | GroupName::Name(_)) => name.to_string(),
            }
            .into(),
            pre_shared_key: group.pre_shared_key.as_ref().map(|key| KeyText::from(key).into()),
            peer_identity: group.peer_identity.as_ref().map(identity).transpose()?,
        })
    }
}

impl file::Network {
    fn of(network: &Network) -> file::Network {
        let default = Network::default();
        let time = |value: Duration, default| {
            unless(value, default, false).map(|length| duration_text(length).into())
        };
        let chance = |value: f64| unless(value, &0.0, false).map(At::from);
        file::Network {
            latency: time(network.latency, &default.latency),
            jitter: time(network.jitter, &default.jitter),
            loss: chance(network.loss),
            duplicate: chance(network.duplicate),
            reorder: chance(network.reorder),
            corrupt: chance(network.corrupt),
        }
    }
}

impl ExpectTable {
    fn of(expect: &Expect) -> ExpectTable {
        let state = |side: Option<Option<ike::State>>| side.map(|state| state_name(state).to_owned().into());
        ExpectTable {
            initiator: state(expect.states.initiator),
            responder: state(expect.states.responder),
            cause: expect.cause.map(|cause| cause.map_or("none", sim::Cause::name).to_owned().into()),
            notify: expect
                .notify
                .as_ref()
                .map(|list| list.iter().map(|one| one.to_string().into()).collect()),
            established: expect.established,
            initiator_phase2: expect.quick.initiator.map(|one| quick_state_name(one).to_owned().into()),
            responder_phase2: expect.quick.responder.map(|one| quick_state_name(one).to_owned().into()),
            verdict: expect.passage.map(|passage| passage.to_string().into()),
            children: expect.children.and_then(|count| i64::try_from(count).ok()).map(At::from),
        }
    }
}
