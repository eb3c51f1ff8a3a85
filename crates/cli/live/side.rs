//! This side of a live negotiation: a scenario's side, or the default's, with the flags' values.

mod quick;

use std::net::IpAddr;

use ike::config::TunnelGroup;
use ike::crypto::{Cipher, DhGroup, HashAlg};
use ike::keymat::PreSharedKey;
use ike::{Authentication, Config, GroupName, Identity, Mode, Policy, Role};
use scenario::{Scenario, nearest};

use crate::args::{Local, ModeArg};
use crate::failure::{Failure, USAGE};
use crate::{decode, input};

/// The environment variable that may hold the pre-shared key.
const PSK_VARIABLE: &str = "IKESIM_PSK";

/// The scenario's side, or the default's, at its real addresses and with the flags' values.
pub fn scenario(args: &Local, role: Role, own: IpAddr, peer: Option<IpAddr>) -> Result<Scenario, Failure> {
    if own.is_unspecified() {
        return Err(Failure::new(USAGE, format!("--local {own} names no address"))
            .help(Some("name the one that the peer calls: identity and NAT detection need it".into())));
    }
    let mut scenario = match &args.scenario {
        Some(path) => input::scenario(path, None)?,
        None => Scenario::parse("<defaults>", "")?,
    };
    scenario.name = args.scenario.as_ref().map_or("live".into(), |path| path.display().to_string());
    let old_peer = scenario.setup.outside_address(role.other());
    // The peer is real: what a scenario does to the path and to the other side cannot be done here.
    scenario.setup.faults.clear();
    scenario.setup.edits.clear();
    scenario.expect = scenario::Expect::default();
    scenario.setup.seed = args.seed.unwrap_or(0);
    let mut config = scenario.setup.hosts[role].clone();
    config.address = own;
    config.peer = peer.unwrap_or(own);
    config.confirm = args.confirm;
    // Who calls a responder is not known before: a group for the scenario's peer serves whoever does.
    let name = peer.map_or(GroupName::Default, GroupName::Address);
    for group in config.tunnel_groups.iter_mut().filter(|group| group.name == GroupName::Address(old_peer)) {
        group.name = name.clone();
    }
    flags(args, &mut config, &name)?;
    quick::flags(&args.phase2, role, &mut config)?;
    scenario.setup.mode = config.mode;
    let other = peer.unwrap_or(old_peer);
    match role {
        Role::Initiator => {
            scenario.setup.hosts.responder.crypto_map = quick::mirrored(&config, own);
            scenario.setup.hosts.initiator = config;
            scenario.setup.hosts.responder.address = other;
        }
        Role::Responder => {
            scenario.setup.hosts.initiator.crypto_map = quick::mirrored(&config, own);
            scenario.setup.hosts.responder = config;
            scenario.setup.hosts.initiator.peer = own;
            scenario.setup.hosts.initiator.address =
                if other == own { scenario.setup.hosts.initiator.address } else { other };
        }
    }
    Ok(scenario)
}

fn flags(args: &Local, config: &mut Config, group: &GroupName) -> Result<(), Failure> {
    if let Some(mode) = args.mode {
        config.mode = mode.into();
    }
    if let Some(name) = &args.profile {
        let names = || vendor::profile::all().map(|profile| profile.name);
        config.profile = vendor::profile::from_name(name).ok_or_else(|| unknown("profile", name, names()))?;
    }
    if let Some(text) = &args.identity {
        config.identity = identity(text)?;
    }
    if !args.policy.is_empty() {
        let numbered = (1_u16..).zip(&args.policy);
        config.policies =
            numbered.map(|(n, text)| policy(n.saturating_mul(10), text)).collect::<Result<_, _>>()?;
    }
    if let Some(key) = psk(args)? {
        config.tunnel_groups =
            vec![TunnelGroup { name: group.clone(), pre_shared_key: Some(key), peer_identity: None }];
    } else if args.scenario.is_none() {
        return Err(Failure::new(USAGE, "no pre-shared key")
            .help(Some(format!("--psk-file FILE, the variable {PSK_VARIABLE}, or --scenario FILE"))));
    }
    Ok(())
}

fn psk(args: &Local) -> Result<Option<PreSharedKey>, Failure> {
    if let Some(path) = &args.psk_file {
        return decode::psk(path).map(Some);
    }
    // Bytes and no text: a key need not be UTF-8.
    let variable = std::env::var_os(PSK_VARIABLE).filter(|value| !value.is_empty());
    Ok(variable.map(|value| PreSharedKey::new(value.into_encoded_bytes())))
}

fn unknown<'n>(what: &str, got: &str, names: impl Iterator<Item = &'n str>) -> Failure {
    let names: Vec<&str> = names.collect();
    let near =
        nearest(got, names.iter().copied()).map_or(String::new(), |near| format!("did you mean {near}? "));
    Failure::new(USAGE, format!("unknown {what} `{got}`"))
        .help(Some(format!("{near}allowed: {}", names.join(", "))))
}

/// `aes-256/sha256/14/pre-share`; what stands behind the group may be left out.
fn policy(priority: u16, text: &str) -> Result<Policy, Failure> {
    let mut parts = text.split('/');
    let mut next = || parts.next().unwrap_or_default();
    let (cipher, hash, group, method) = (next(), next(), next(), next());
    let encryption = Cipher::from_name(cipher)
        .ok_or_else(|| unknown("cipher", cipher, Cipher::ALL.iter().map(|cipher| cipher.name())))?;
    let hash = HashAlg::from_name(hash)
        .ok_or_else(|| unknown("hash", hash, HashAlg::ALL.iter().map(|hash| hash.name())))?;
    let number = group.parse().ok().and_then(DhGroup::from_number);
    let group = number.ok_or_else(|| {
        let numbers: Vec<String> = DhGroup::ALL.iter().map(|group| group.number().to_string()).collect();
        unknown("group", group, numbers.iter().map(String::as_str))
    })?;
    // Whoever copies a policy whole writes the method too; signatures are not built.
    if !matches!(method, "" | "pre-share") || parts.next().is_some() {
        return Err(Failure::new(USAGE, format!("`{text}` is no policy"))
            .help(Some("as aes-256/sha256/14 or aes-256/sha256/14/pre-share".into())));
    }
    let authentication = Authentication::PreShared;
    Ok(Policy { priority, authentication, encryption, hash, group, lifetime: 86_400 })
}

/// `address`, `fqdn:NAME`, `user_fqdn:NAME`, `key_id:TEXT`, `address:ADDR`.
fn identity(text: &str) -> Result<Identity, Failure> {
    let wrong = || {
        Failure::new(USAGE, format!("`{text}` is no identity"))
            .help(Some("allowed: address, address:ADDR, fqdn:NAME, user_fqdn:NAME, key_id:TEXT".into()))
    };
    let (kind, value) = text.split_once(':').unwrap_or((text, ""));
    match (kind, value) {
        ("address", "") => Ok(Identity::OwnAddress),
        ("address", address) => address.parse().map(Identity::Address).map_err(|_| wrong()),
        (_, "") => Err(wrong()),
        ("fqdn", name) => Ok(Identity::Fqdn(name.into())),
        ("user_fqdn", name) => Ok(Identity::UserFqdn(name.into())),
        ("key_id", name) => Ok(Identity::KeyId(name.as_bytes().to_vec())),
        _ => Err(wrong()),
    }
}

impl From<ModeArg> for Mode {
    fn from(mode: ModeArg) -> Mode {
        match mode {
            ModeArg::Main => Mode::Main,
            ModeArg::Aggressive => Mode::Aggressive,
        }
    }
}
