//! The command as a user meets it: documentation, files, errors, machine formats.

#![cfg(test)]

mod book;
mod browser;
mod captures;
mod decode;
mod diagnose_phase2;
mod diff;
mod docs;
mod explain;
mod explore;
mod field_captures;
mod files;
mod help;
mod hostile;
mod json;
mod judged;
mod lab;
mod lab_class;
mod listen;
mod live;
mod look;
mod page;
mod page_look;
mod paste;
mod predict;
mod predict_phase2;
mod real_captures;
mod recorded;
mod reference;
mod rfc;
mod robustness;
mod screens;
mod state_table;
mod sweep;
mod whatever;
mod wireshark;
mod writes;

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// The command, run in the project's folder, without colours.
fn ikesim() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ikesim"));
    command.current_dir(env!("CARGO_MANIFEST_DIR")).env_remove("NO_COLOR");
    command
}

fn run(args: &[&str]) -> Output {
    ikesim().args(args).output().unwrap()
}

/// Runs with text on standard input.
fn feed(args: &[&str], input: &[u8]) -> Output {
    let mut child = ikesim()
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The command may stop reading early; that is its right.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("ended by a signal")
}

/// Straight to standard error: the harness hides what a passing test prints.
fn say(line: &str) {
    writeln!(std::io::stderr(), "{line}").unwrap();
}

/// A folder for one test, empty at the start.
/// What `diagnose` exits with for these objects: 4 where one is left without a verdict or a cause.
fn undecided(found: &[serde_json::Value]) -> i32 {
    let open =
        |one: &serde_json::Value| one["outcome"] == "undecided" && one["causes"] == serde_json::json!([]);
    let older = !found.is_empty() && found.iter().all(|one| one["outcome"] == "not-captured");
    if older || found.iter().any(open) { 4 } else { 0 }
}

fn scratch(name: &str) -> std::path::PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}
