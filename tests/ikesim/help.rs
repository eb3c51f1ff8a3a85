//! What is offered for typing works when it is typed: the greeting, the examples of every help text, the next command of a
//! run that fails.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::{run, scratch, stdout};

/// A folder as the examples suppose it.
fn folder(name: &str) -> PathBuf {
    let folder = scratch(name);
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (from, to) in [
        ("scenarios", "scenarios"),
        ("crates/lab/exercises", "labs"),
        ("tests/configs", "configs"),
        ("tests/peers", "peers"),
    ] {
        let to = folder.join(to);
        fs::create_dir_all(&to).unwrap();
        for file in fs::read_dir(root.join(from)).unwrap().map(|entry| entry.unwrap().path()) {
            fs::copy(&file, to.join(file.file_name().unwrap())).unwrap();
        }
    }
    for name in ["pluto.log", "left.log", "right.log"] {
        fs::write(folder.join(name), "\"gw\" #1: initiating IKEv1 Main Mode connection\n").unwrap();
    }
    folder
}

/// Typed into a shell in that folder.
fn typed(command: &str, folder: &Path) -> Output {
    let binary = Path::new(env!("CARGO_BIN_EXE_ikesim")).parent().unwrap();
    let path = format!("{}:{}", binary.display(), std::env::var("PATH").unwrap_or_default());
    Command::new("sh")
        .args(["-c", command])
        .current_dir(folder)
        .env("PATH", path)
        .env("HOME", folder)
        .output()
        .unwrap()
}

/// 0 and 1 are answers, 4 is "cannot tell"; 2 and 3 say that the command itself was wrong.
fn works(command: &str, folder: &Path) {
    let output = typed(command, folder);
    assert!(matches!(output.status.code(), Some(0 | 1 | 4)), "{command}: {output:?}");
}

fn commands(text: &str) -> Vec<String> {
    let lines = text.lines().filter_map(|line| line.strip_prefix("  ikesim "));
    lines.map(|line| format!("ikesim {}", line.split("  ").next().unwrap().trim_end())).collect()
}

#[test]
fn the_greeting_works() {
    let folder = folder("help-greeting");
    let offered = commands(&stdout(&run(&[])));
    assert_eq!(offered.len(), 3, "{offered:?}");
    offered.iter().for_each(|command| works(command, &folder));
}

#[test]
fn every_example_works() {
    let folder = folder("help-examples");
    for made in [
        "ikesim init my.toml",
        "ikesim run scenarios/psk_mismatch.toml --pcap stall.pcapng --keys keys.txt --trace before.jsonl",
        "ikesim run scenarios/aggressive_mode.toml --pcap aggressive.pcap --trace after.jsonl",
        "cp stall.pcapng left.pcap; cp stall.pcapng right.pcap; cp stall.pcapng main.pcap",
        "printf cisco123 > psk.txt; cp psk.txt old.txt; printf cisco1234 > new.txt",
        "cp configs/branch.cfg left.cfg; cp configs/hq.txt right.cfg; cp left.cfg r1.cfg; cp right.cfg asa.txt",
        "cat left.cfg right.cfg > both.txt",
        "sed 's/hostname branch/hostname r1/' both.txt > all.txt",
        "mkdir moon sun; cp peers/moon.swanctl.conf moon/swanctl.conf",
        "cp peers/sun.ipsec.conf sun/ipsec.conf; cp peers/sun.ipsec.secrets sun/ipsec.secrets",
        "mkdir -p .local/share/man/man1 .local/share/bash-completion/completions",
    ] {
        works(made, &folder);
    }
    let help = stdout(&run(&["help"]));
    let listed =
        help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let names =
        listed.filter(|line| !line.starts_with("   ")).filter_map(|line| line.split_whitespace().next());
    let mut count = 0;
    for name in names.filter(|name| *name != "help") {
        let examples = commands(&stdout(&run(&[name, "--help"])));
        assert!(!examples.is_empty(), "{name} --help has no example");
        // These wait for a peer; tests/ikesim/live.rs has them.
        if ["listen", "connect"].contains(&name) {
            continue;
        }
        for command in examples {
            let _ = fs::remove_file(folder.join("scenario.toml"));
            let _ = fs::remove_file(folder.join("stall.toml"));
            works(&command, &folder);
            count += 1;
        }
    }
    assert!(count > 35, "{count}");
}

#[test]
fn every_shell_has_its_completions() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = stdout(&run(&["completions", shell]));
        for word in ["explain", "device", "psk-file"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
}

/// The command that a run ends with, of each scenario and from each side.
#[test]
fn the_next_command_works() {
    let folder = folder("help-next");
    let next = |words: &[&str]| {
        let shown = stdout(&run(words));
        shown.lines().find_map(|line| line.strip_prefix("   next       ")).map(str::to_owned)
    };
    let mut offered = Vec::new();
    for file in fs::read_dir(folder.join("scenarios")).unwrap().map(|entry| entry.unwrap().file_name()) {
        let file = format!("scenarios/{}", file.to_str().unwrap());
        for view in [&[][..], &["--as", "initiator"], &["--as", "responder"]] {
            let words = [&["run", &file][..], view].concat();
            let json = stdout(&run(&["run", &file, "--format", "json"]));
            let works = json.contains("\"verdict\":null") || json.contains("\"verdict\":\"passes\"");
            let failed = !works || !json.contains("\"outcome\":\"established\"");
            let command = next(&words);
            assert_eq!(command.is_some(), failed, "{words:?}");
            offered.extend(command);
        }
    }
    offered.sort();
    offered.dedup();
    assert!(offered.len() > 30, "{offered:?}");
    offered.iter().for_each(|command| works(command, &folder));

    // Names that a shell would take apart, and a seed that the file does not have.
    let odd = folder.join("it's a $stall; 2");
    fs::copy(folder.join("scenarios/psk_mismatch.toml"), &odd).unwrap();
    works(&next(&["run", odd.to_str().unwrap()]).unwrap(), &folder);
    let lossy = folder.join("lossy.toml");
    fs::write(&lossy, "[network]\nloss = 0.7\n").unwrap();
    let failing = (0..40)
        .map(|seed: u64| seed.to_string())
        .find_map(|seed| next(&["run", lossy.to_str().unwrap(), "--seed", &seed]));
    let answer = stdout(&typed(&failing.expect("one of these fails"), &folder));
    assert!(!answer.contains("comes up; there is nothing"), "{answer}");
}
