//! One thing wrong at a time, with real daemons: our side names it first or second, whoever calls, in both modes. All
//! cases of a daemon share one start of it: each has an address of ours, and a connection, of its own.

use std::fmt::Write;
use std::sync::Mutex;

use serde_json::Value;

use crate::charon::{Charon, Connection};
use crate::net::Net;
use crate::peer::{KEY, Result, connect_from, listen_at};
use crate::pluto::Pluto;
use crate::{charon, pluto, ready, say};

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wrong {
    Key,
    Group,
    Mode,
    Identity,
}

#[derive(Clone, Copy, Debug)]
struct Case {
    wrong: Wrong,
    /// Our side's mode where we call, the daemon's where it calls.
    aggressive: bool,
    we_call: bool,
}

impl Case {
    fn all() -> Vec<Case> {
        let wrongs = [Wrong::Key, Wrong::Group, Wrong::Mode, Wrong::Identity];
        let mut all = Vec::new();
        for wrong in wrongs {
            for aggressive in [false, true] {
                for we_call in [true, false] {
                    // Who listens takes either mode: there is nothing to go wrong.
                    if wrong != Wrong::Mode || we_call {
                        all.push(Case { wrong, aggressive, we_call });
                    }
                }
            }
        }
        all
    }

    fn name(&self, n: usize) -> String {
        format!("c{n}")
    }

    fn address(n: usize) -> String {
        format!("192.0.2.{}", 100 + n)
    }

    /// The mode that the daemon is configured for.
    fn daemons_mode(&self) -> bool {
        self.aggressive != (self.wrong == Wrong::Mode)
    }

    fn group(&self) -> bool {
        self.wrong == Wrong::Group
    }

    /// Whom the daemon takes us for.
    fn our_identity(&self, n: usize) -> String {
        if self.wrong == Wrong::Identity { "someone.example".into() } else { Case::address(n) }
    }

    fn key(&self) -> &'static str {
        if self.wrong == Wrong::Key { "wrong" } else { KEY }
    }

    fn flags(&self) -> [&'static str; 6] {
        let mode = if self.aggressive { "aggressive" } else { "main" };
        ["--mode", mode, "--policy", "aes-256/sha256/14", "--timeout", "4"]
    }

    /// Causes of which one has to come first or second.
    fn truth(&self) -> &'static [&'static str] {
        match self.wrong {
            Wrong::Key => &["psk-mismatch"],
            Wrong::Group => &["policy-mismatch"],
            // The daemon takes Main Mode alone.
            Wrong::Mode if self.aggressive => &["aggressive-mode-disabled"],
            // pluto is silent at once, charon refuses message 5 with the word that it has for an identity.
            Wrong::Mode => &["missing-tunnel-group", "identity-mismatch"],
            Wrong::Identity => &["identity-mismatch"],
        }
    }
}

fn causes(json: &Value) -> Vec<&str> {
    let list = json["diagnosis"].as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter().map(|one| one["cause"].as_str().unwrap()).collect()
}

/// What is wrong with what our side said; nothing if all is well.
fn judge(case: &Case, result: &Result) -> Option<String> {
    let causes = causes(&result.json);
    let named = causes.iter().take(2).any(|cause| case.truth().contains(cause));
    let text = result.json.to_string();
    let states = if case.aggressive { !text.contains("MM_") } else { !text.contains("AM_") };
    let made_up =
        ["0.0.0.0", "198.51.100.", "203.0.113.", "192.0.2.25"].iter().find(|text_of| text.contains(*text_of));
    (!named || !states || made_up.is_some() || result.code != 1).then(|| {
        format!(
            "{case:?}: code {}, {causes:?}, states {states}, made up {made_up:?}\n    {text}",
            result.code
        )
    })
}

/// Runs all cases, a few at a time: most of the time is waiting.
fn run(net: &Net, daemon: &str, initiate: impl Fn(&str) + Sync) {
    let cases: Vec<(usize, Case)> = Case::all().into_iter().enumerate().collect();
    let left = Mutex::new(cases.clone());
    let table = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                loop {
                    let Some((n, case)) = left.lock().unwrap().pop() else { return };
                    let own = Case::address(n);
                    let result = if case.we_call {
                        connect_from(net, &own, case.key(), &case.flags())
                    } else {
                        let ours = listen_at(net, &own, case.key(), &case.flags());
                        initiate(&case.name(n));
                        ours.finish()
                    };
                    table.lock().unwrap().push((n, case, result));
                }
            });
        }
    });
    let mut table = table.into_inner().unwrap();
    table.sort_by_key(|(n, ..)| *n);
    let mut failed = String::new();
    for (_, case, result) in &table {
        if std::env::var_os("IKESIM_TABLE").is_some() {
            // The measured table, on demand.
            say(&format!("{daemon} {case:?} {} {:?}", result.state(), causes(&result.json)));
        }
        if let Some(text) = judge(case, result) {
            writeln!(failed, "{text}").unwrap();
        }
    }
    assert!(failed.is_empty(), "{daemon}:\n{failed}");
    say(&format!("interop: {daemon}, {} misconfigurations, each named first or second", cases.len()));
}

fn net() -> Net {
    let net = Net::direct();
    (0..Case::all().len()).for_each(|n| net.add(&Case::address(n)));
    net
}

#[test]
fn charon() {
    if !ready("charon, misconfigured", charon::missing()) {
        return;
    }
    let net = net();
    let connection = |(n, case): (usize, Case)| Connection {
        name: case.name(n),
        aggressive: case.daemons_mode(),
        proposal: if case.group() { "aes256-sha256-modp3072" } else { "aes256-sha256-modp2048" },
        key: KEY,
        peer: Case::address(n),
        own_id: net.theirs.address,
        peer_id: case.our_identity(n),
        child: None,
    };
    let connections: Vec<Connection> = Case::all().into_iter().enumerate().map(connection).collect();
    let charon = Charon::with(&net, &connections);
    run(&net, "charon", |name| {
        charon.initiate_one(name, 3);
    });
}

#[test]
fn pluto() {
    if !ready("pluto, misconfigured", pluto::missing()) {
        return;
    }
    let net = net();
    let connection = |(n, case): (usize, Case)| {
        let mode = if case.daemons_mode() { "yes" } else { "no" };
        let group = if case.group() { "modp3072" } else { "modp2048" };
        let (name, address, identity) = (case.name(n), Case::address(n), case.our_identity(n));
        let identity = if case.wrong == Wrong::Identity { format!("@{identity}") } else { identity };
        format!(
            "conn {name}\n\taggressive={mode}\n\tike=aes256-sha2_256-{group}\n\tright={address}\n\t\
             rightid={identity}\n\n"
        )
    };
    let connections: String = Case::all().into_iter().enumerate().map(connection).collect();
    let pluto = Pluto::with(&net, &connections, KEY);
    run(&net, "pluto", |name| pluto.initiate_one(name));
}
