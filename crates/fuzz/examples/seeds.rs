//! Writes the seed corpora: messages of our own runs, captures of them, and the scenarios themselves.
//! `seeds SCENARIOS CONFIGS CAPTURES CORPUS`

use std::path::{Path, PathBuf};
use std::{env, fs, io};

use ike::Powers;
use scenario::Scenario;
use sim::{Kind, run};

fn main() -> io::Result<()> {
    let mut arguments = env::args_os().skip(1).map(PathBuf::from);
    let usage = || io::Error::other("usage: seeds SCENARIOS CONFIGS CAPTURES CORPUS");
    let mut argument = || arguments.next().ok_or_else(usage);
    let (scenarios, configs, captures, corpus) = (argument()?, argument()?, argument()?, argument()?);
    let targets = [
        "codec", "endpoint", "captures", "scenario", "configs", "predict", "explain", "diff", "sweep",
        "diagnose",
    ];
    for target in targets {
        fs::create_dir_all(corpus.join(target))?;
    }
    for target in ["configs", "predict"] {
        configurations(&configs, &corpus.join(target))?;
    }
    let plan = "mode=main\nfault=drop:message=3\nloss=0.5\nseed=7\nprofile=ios\nbase.toml";
    fs::write(corpus.join("sweep/plan"), plan)?;
    for (name, words) in [
        ("state", "MM_WAIT_MSG5 MM_WAIT_MSG6"),
        ("cause", "psk-mismatch"),
        ("asa", "%ASA-3-713138: Group = 203.0.113.1 not found and BASE GROUP default PSK not configured"),
        ("ios", "ISAKMP:(0): retransmitting phase 1 MM_KEY_EXCH..."),
    ] {
        fs::write(corpus.join("explain").join(name), words)?;
    }
    negotiations(&captures, &corpus.join("diagnose"))?;
    let powers = Powers::new(1024);
    for entry in fs::read_dir(scenarios)? {
        let path = entry?.path();
        let text = fs::read_to_string(&path)?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        fs::write(corpus.join("scenario").join(&name), &text)?;
        fs::write(corpus.join("sweep").join(&name), format!("{plan}\0{text}"))?;
        if let Ok(scenario) = Scenario::parse(&name, &text) {
            messages(&scenario, &powers, &corpus, &name)?;
        }
    }
    Ok(())
}

/// Each file against each other; the first byte stands for a format that is not told.
fn configurations(configs: &Path, corpus: &Path) -> io::Result<()> {
    let files: io::Result<Vec<PathBuf>> = fs::read_dir(configs)?.map(|entry| Ok(entry?.path())).collect();
    let texts: io::Result<Vec<Vec<u8>>> = files?.iter().map(fs::read).collect();
    let texts = texts?;
    for (n, one) in texts.iter().enumerate() {
        for (m, other) in texts.iter().enumerate() {
            let pair = [b"\xff", one.as_slice(), b"\0", other].concat();
            fs::write(corpus.join(format!("{n}-{m}")), pair)?;
        }
    }
    Ok(())
}

/// Frames of real peers as they are, and with each kind of edit; the first byte counts the edits.
fn negotiations(captures: &Path, corpus: &Path) -> io::Result<()> {
    for entry in fs::read_dir(captures)? {
        let path = entry?.path();
        if path.extension().is_none_or(|extension| extension != "pcap") {
            continue;
        }
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let file = fs::read(&path)?;
        fs::write(corpus.join(&name), [&[0][..], &file].concat())?;
        for kind in 0..13 {
            fs::write(corpus.join(format!("{name}-{kind}")), [&[1, kind, 1, 0, 60, 28][..], &file].concat())?;
        }
    }
    Ok(())
}

fn messages(scenario: &Scenario, powers: &Powers, corpus: &Path, name: &str) -> io::Result<()> {
    let (trace, _) = run(&scenario.setup, powers);
    let lines = report::trace_lines(&scenario.setup, &trace);
    let changed = lines.replacen("sent", "lost", 3);
    fs::write(corpus.join("diff").join(name), format!("{lines}\0{changed}"))?;
    let mut capture = capture::Writer::new(&["wire"]);
    for entry in trace.entries() {
        let Kind::Sent(datagram) = &entry.kind else { continue };
        let id = entry.id.0;
        fs::write(corpus.join("codec").join(format!("{name}-{id}")), datagram.message())?;
        // The endpoint target's first two bytes choose the state and the cut.
        let staged = [&[(id % 32) as u8, 255], datagram.message()].concat();
        fs::write(corpus.join("endpoint").join(format!("{name}-{id}")), staged)?;
        let at = std::time::Duration::from_micros(entry.at.as_micros());
        capture.datagram(0, at, (datagram.from, datagram.to), &datagram.bytes, None);
    }
    fs::write(corpus.join("captures").join(name), capture.finish())
}
