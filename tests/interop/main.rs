//! ikesim against daemons that others wrote: strongSwan's charon and libreswan's pluto, each in a network
//! namespace of its own that the test makes and removes. Needs root, iproute2 and the daemons; without
//! them it says what to install and passes nothing off as checked.

#![cfg(test)]

mod charon;
mod charon_tests;
mod children;
mod misconfigured;
mod net;
mod peer;
mod pluto;
mod pluto_tests;

use std::io::Write;
use std::process::Command;
use std::sync::OnceLock;

/// Straight to standard error: the harness hides what a passing test prints.
fn say(line: &str) {
    writeln!(std::io::stderr(), "{line}").unwrap();
}

/// Whether tests with a peer can run; if not, says what is missing. `missing` is the daemon's own lack.
fn ready(what: &str, missing: Option<&'static str>) -> bool {
    match can_make_networks().err().or_else(|| missing.map(str::to_owned)) {
        None => true,
        Some(why) => {
            say(&format!("interop {what}: skipped, {why}"));
            false
        }
    }
}

/// Whether this can run here: root, namespaces.
fn can_make_networks() -> Result<(), String> {
    static PROBED: OnceLock<Result<(), String>> = OnceLock::new();
    PROBED.get_or_init(probe).clone()
}

fn probe() -> Result<(), String> {
    let works = |command: &mut Command| command.output().is_ok_and(|output| output.status.success());
    if !works(Command::new("ip").arg("-V")) {
        return Err("ip is missing (Debian: apt-get install iproute2)".into());
    }
    let probe = format!("ikprobe{}", std::process::id());
    if !works(Command::new("ip").args(["netns", "add", &probe])) {
        return Err("network namespaces cannot be made here (root is needed)".into());
    }
    works(Command::new("ip").args(["netns", "del", &probe]));
    Ok(())
}
