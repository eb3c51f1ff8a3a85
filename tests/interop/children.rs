//! Quick Mode with real daemons: children come up with the keys that the daemon hands to its kernel, in both roles, with
//! PFS and without; a refusal names its cause. All cases of a daemon share one start of it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::charon::{Charon, Connection};
use crate::net::Net;
use crate::peer::{KEY, Result, connect_from, folder, listen_at};
use crate::pluto::Pluto;
use crate::{charon, pluto, ready, say};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Plain,
    Pfs,
    /// The daemon has another integrity.
    Transform,
    /// The daemon protects another network of ours.
    Proxies,
}

#[derive(Clone, Copy, Debug)]
struct Case {
    what: What,
    we_call: bool,
    number: usize,
}

impl Case {
    fn all() -> Vec<Case> {
        let whats = [What::Plain, What::Pfs, What::Transform, What::Proxies];
        let pairs = whats.into_iter().flat_map(|what| [true, false].map(|we_call| (what, we_call)));
        pairs.enumerate().map(|(number, (what, we_call))| Case { what, we_call, number }).collect()
    }

    fn name(&self) -> String {
        format!("c{}", self.number)
    }

    fn address(&self) -> String {
        format!("192.0.2.{}", 100 + self.number)
    }

    fn network(&self) -> String {
        format!("10.1.{}.0/24", self.number)
    }

    /// What the daemon takes for our network.
    fn their_idea(&self) -> String {
        if self.what == What::Proxies { format!("10.9.{}.0/24", self.number) } else { self.network() }
    }

    fn cause(&self) -> Option<&'static str> {
        match self.what {
            What::Plain | What::Pfs => None,
            What::Transform => Some("transform-mismatch"),
            What::Proxies => Some("proxy-mismatch"),
        }
    }

    fn run(&self, net: &Net, initiate: &dyn Fn(&str)) -> Result {
        let (own, network) = (self.address(), self.network());
        let mut flags = vec!["--policy", "aes-256/sha256/14", "--timeout", "6", "--phase2"];
        flags.extend(["--local-net", &network, "--remote-net", "10.2.0.0/24"]);
        flags.extend(["--esp", "esp-aes-256 esp-sha256-hmac"]);
        if self.what == What::Pfs {
            flags.extend(["--pfs", "14"]);
        }
        if self.we_call {
            return connect_from(net, &own, KEY, &flags);
        }
        let ours = listen_at(net, &own, KEY, &flags);
        initiate(&self.name());
        ours.finish()
    }
}

/// The library that writes the daemon's keys down; `None`: there is no C compiler.
fn shim() -> Option<PathBuf> {
    let library = folder("shim").join("xfrm_shim.so");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop/xfrm_shim.c");
    let mut compiler = Command::new("cc");
    compiler.args(["-shared", "-fPIC", "-O2", "-o"]).arg(&library).arg(source).arg("-ldl");
    compiler.status().is_ok_and(|status| status.success()).then_some(library)
}

/// The library, where the daemon and all else is there; else says what is missing.
fn shim_for(what: &str, missing: Option<&'static str>) -> Option<PathBuf> {
    let shim = if ready(what, missing) { shim() } else { return None };
    if shim.is_none() {
        say(&format!("interop {what}: skipped, cc is missing (Debian: apt-get install gcc libc6-dev)"));
    }
    shim
}

/// Every SA that our side has is one of the kernel's, with the same key.
fn keys_agree(ours: &Result, kernel: &Path) -> bool {
    for _ in 0..50 {
        let theirs = std::fs::read_to_string(kernel).unwrap_or_default();
        let is_there = |(spi, key): &(String, String)| theirs.contains(&format!("esp {spi} {key}\n"));
        if ours.children.len() == 2 && ours.children.iter().all(is_there) {
            return true;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    false
}

fn judge(case: &Case, ours: &Result, kernel: &Path, log: &str) {
    let causes: Vec<&str> =
        ours.json["diagnosis"].as_array().unwrap().iter().map(|one| one["cause"].as_str().unwrap()).collect();
    let place =
        || format!("{case:?}: {}\n{}\n{log}", ours.json, std::fs::read_to_string(kernel).unwrap_or_default());
    match case.cause() {
        None => {
            assert_eq!((ours.code, &ours.json["verdict"]), (0, &"passes".into()), "{}", place());
            assert!(keys_agree(ours, kernel), "KEYMAT: {:?} {}", ours.children, place());
        }
        Some(cause) => {
            assert_eq!((ours.code, &ours.json["verdict"]), (1, &"phase-2-refused".into()), "{}", place());
            assert!(causes.iter().take(2).any(|one| *one == cause), "{causes:?} {}", place());
        }
    }
}

fn net() -> Net {
    let net = Net::direct();
    Case::all().iter().for_each(|case| net.add(&case.address()));
    net
}

#[test]
fn charon() {
    let Some(shim) = shim_for("charon, children", charon::missing()) else { return };
    let (net, kernel) = (net(), folder("charon-keys").join("keys"));
    let connection = |case: Case| Connection {
        name: case.name(),
        aggressive: false,
        proposal: "aes256-sha256-modp2048",
        key: KEY,
        peer: case.address(),
        own_id: net.theirs.address,
        peer_id: case.address(),
        child: Some(format!(
            "local_ts = 10.2.0.0/24\n remote_ts = {}\n esp_proposals = {}",
            case.their_idea(),
            match case.what {
                What::Plain | What::Proxies => "aes256-sha256",
                What::Pfs => "aes256-sha256-modp2048",
                What::Transform => "aes256-sha512",
            }
        )),
    };
    let connections: Vec<Connection> = Case::all().into_iter().map(connection).collect();
    let charon = Charon::preloaded(&net, &connections, &[("LD_PRELOAD", &shim), ("XFRM_KEYS", &kernel)]);
    for case in Case::all() {
        let ours = case.run(&net, &|name| {
            charon.initiate_child(name);
        });
        judge(&case, &ours, &kernel, &charon.log());
    }
    say(
        "interop: charon, children in both roles, with and without PFS, keys equal to its kernel's; refusals named",
    );
}

#[test]
fn pluto() {
    let Some(shim) = shim_for("pluto, children", pluto::missing()) else { return };
    let (net, kernel) = (net(), folder("pluto-keys").join("keys"));
    let connection = |case: Case| {
        let pfs = if case.what == What::Pfs { "yes" } else { "no" };
        let esp = if case.what == What::Transform { "aes256-sha2_512" } else { "aes256-sha2_256" };
        format!(
            "conn {}\n\tike=aes256-sha2_256-modp2048\n\tright={}\n\trightsubnet={}\n\tpfs={pfs}\n\tesp={esp}\n\n",
            case.name(),
            case.address(),
            case.their_idea()
        )
    };
    let connections: String = Case::all().into_iter().map(connection).collect();
    let pluto = Pluto::preloaded(&net, &connections, KEY, &[("LD_PRELOAD", &shim), ("XFRM_KEYS", &kernel)]);
    for case in Case::all() {
        let ours = case.run(&net, &|name| pluto.initiate_one(name));
        judge(&case, &ours, &kernel, &pluto.log());
    }
    say(
        "interop: pluto, children in both roles, with and without PFS, keys equal to its kernel's; refusals named",
    );
}
