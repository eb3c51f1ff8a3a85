//! Writes the seed corpora: messages of our own runs, captures of them, and the scenarios themselves.
//! `seeds SCENARIOS CORPUS`

use std::path::{Path, PathBuf};
use std::{env, fs, io};

use ike::Powers;
use sim::{Kind, Scenario, run};

fn main() -> io::Result<()> {
    let mut arguments = env::args_os().skip(1).map(PathBuf::from);
    let usage = || io::Error::other("usage: seeds SCENARIOS CORPUS");
    let (scenarios, corpus) = (arguments.next().ok_or_else(usage)?, arguments.next().ok_or_else(usage)?);
    for target in ["codec", "endpoint", "captures", "scenario"] {
        fs::create_dir_all(corpus.join(target))?;
    }
    let powers = Powers::new(1024);
    for entry in fs::read_dir(scenarios)? {
        let path = entry?.path();
        let text = fs::read_to_string(&path)?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        fs::write(corpus.join("scenario").join(&name), &text)?;
        if let Ok(scenario) = Scenario::parse(&name, &text) {
            messages(&scenario, &powers, &corpus, &name)?;
        }
    }
    Ok(())
}

fn messages(scenario: &Scenario, powers: &Powers, corpus: &Path, name: &str) -> io::Result<()> {
    let (trace, _) = run(scenario, powers);
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
