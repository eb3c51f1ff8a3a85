//! What is run.

use std::fs;
use std::path::Path;

use crate::job::Job;

/// Every job; the words of `list` are this build's.
pub fn all(ikesim: &Path) -> Vec<Job> {
    let mut jobs: Vec<Job> = files("scenarios", "toml")
        .flat_map(|file| scenario(&file))
        .chain(words(ikesim))
        .chain(configurations())
        .chain(captures())
        .collect();
    jobs.extend(many());
    jobs
}

/// The files of a folder by name, from the repository's root.
fn files(folder: &'static str, extension: &'static str) -> impl Iterator<Item = String> {
    let entries = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(move |name| name.ends_with(extension)).map(move |name| format!("{folder}/{name}"))
}

/// One run, looked at in every way.
fn scenario(file: &str) -> Vec<Job> {
    let run = format!("run {file}");
    let mut jobs = vec![
        Job::new(&run)
            .writes("--trace trace.jsonl --svg ladder.svg --pcap packets.pcapng --html page.html --redact"),
        Job::new(format!("{run} --format json")),
        Job::new(format!("{run} --mermaid")),
        Job::new(format!("why {file}")),
    ];
    jobs.extend([60, 80, 200].map(|columns| Job::new(&run).at(columns)));
    for side in ["initiator", "responder"] {
        jobs.push(Job::new(format!("{run} --as {side}")));
        jobs.push(Job::new(format!("why {file} --as {side}")));
        jobs.push(Job::new(format!("show {file} --device {side} --at 20s")));
        jobs.push(Job::new(format!("show {file} --device {side} --like asa --detail=table")));
        for like in ["asa", "ios"] {
            jobs.push(Job::new(format!("show {file} --device {side} --like {like} --detail")));
            jobs.push(Job::new(format!("logs {file} --device {side} --like {like}")));
        }
    }
    jobs
}

/// `list`, and what its words mean, alone and in pairs of states.
fn words(ikesim: &Path) -> Vec<Job> {
    let listed = |command: &str| -> Vec<String> {
        let text = Job::new(command).text(ikesim);
        text.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
    };
    let explain = |words: &str| Job::new(format!("explain {words}"));
    let mut jobs = vec![Job::new("list"), Job::new("list --format json"), Job::new("schema")];
    let mut all = listed("list");
    // A scenario is run, not explained.
    let scenarios = listed("list scenarios");
    all.retain(|word| !scenarios.contains(word));
    all.sort();
    all.dedup();
    jobs.extend(all.iter().map(|word| explain(word)));
    let states = listed("list states");
    for (index, one) in states.iter().enumerate() {
        jobs.extend(states[index..].iter().map(|other| explain(&format!("{one} {other}"))));
    }
    jobs.extend(listed("list faults").iter().map(|fault| Job::new(format!("init - --fault {fault}"))));
    jobs
}

fn configurations() -> Vec<Job> {
    let mut jobs = vec![Job::new("predict tests/configs").writes("--html page.html")];
    jobs.extend(
        ["json", "github"].map(|format| Job::new(format!("predict tests/configs --format {format}"))),
    );
    for file in files("tests/configs", "") {
        jobs.push(Job::new(format!("import {file}")));
        jobs.push(Job::new(format!("import {file} --show-keys")));
    }
    jobs
}

/// Each capture alone, and each beside the one from the other side.
fn captures() -> Vec<Job> {
    let mut jobs = Vec::new();
    for file in files("tests/captures", "pcap") {
        jobs.push(Job::new(format!("decode {file}")));
        jobs.push(Job::new(format!("diagnose {file}")).writes("--html page.html"));
        jobs.push(Job::new(format!("diagnose {file} --format json")));
        jobs.push(Job::new(format!("diagnose {file} --psk-file tests/captures/key.txt")));
        if let Some(name) = file.strip_suffix("-i.pcap") {
            jobs.push(Job::new(format!("diagnose {file} {name}-r.pcap")).writes("--html page.html"));
            jobs.push(Job::new(format!("diagnose {file} {name}-r.pcap --format json")));
        }
    }
    jobs
}

/// The commands that make many runs.
fn many() -> Vec<Job> {
    let sweep = "sweep --fault all --mode main,aggressive";
    let mut jobs = vec![Job::new(sweep).writes("--heatmap map.svg")];
    jobs.extend(["json", "csv"].map(|format| Job::new(format!("{sweep} --format {format}"))));
    jobs.extend(
        ["ios", "strongswan", "libreswan", "asa:ios"]
            .map(|profile| Job::new(format!("{sweep} --profile {profile} --format json"))),
    );
    for name in ["main_mode", "aggressive_mode", "aggressive_mode_three_messages"] {
        jobs.push(
            Job::new(format!("explore scenarios/{name}.toml --drops 1 --eager 1")).writes("--write way.toml"),
        );
    }
    jobs.extend(
        ["human", "tap", "github"].map(|format| Job::new(format!("test scenarios --format {format}"))),
    );
    jobs.push(Job::new("diff scenarios/main_mode.toml scenarios/psk_mismatch.toml"));
    jobs
}
