//! Any two texts as configurations, judged as `predict` does: each direction is run, reported and blamed on lines; what is
//! shown is text, whatever stands in the files.

#![no_main]

use std::sync::OnceLock;

use config::{Device, Subject};
use ike::Powers;
use libfuzzer_sys::fuzz_target;
use predict::{Phases, ShownKeys};
use report::{Layout, Report};
use scenario::{ErrorKind, Scenario};

/// Every scenario has the same seed: their exponents are few.
static POWERS: OnceLock<Powers> = OnceLock::new();

const SUBJECTS: [Subject; 12] = [
    Subject::Policy,
    Subject::Key,
    Subject::Enabled,
    Subject::Aggressive,
    Subject::Identity,
    Subject::Filter,
    Subject::Peer,
    Subject::Down,
    Subject::Transforms,
    Subject::Secrecy,
    Subject::Traffic,
    Subject::Entry,
];

fuzz_target!(|bytes: &[u8]| {
    // One byte for the format, then two files with a zero byte between them.
    let Some((choice, files)) = bytes.split_first() else { return };
    let format = config::Format::ALL.get(usize::from(*choice)).copied();
    let mut devices: Vec<Device> = Vec::new();
    for (file, name) in files.splitn(2, |byte| *byte == 0).zip(["left", "right"]) {
        let contents = config::read(name, file, format);
        // Never silently a device less.
        assert!(!contents.devices.is_empty() || !contents.left_out.is_empty());
        devices.extend(contents.devices);
    }
    devices.truncate(4);
    let devices = predict::facing(&devices);
    let (sessions, _) = predict::sessions(&devices);
    for session in sessions.iter().take(4) {
        for subject in SUBJECTS {
            predict::lines_to_blame(subject, session);
            predict::fixes(subject, session);
        }
        predict::notes(session);
        session.doubts();
        for (keys, phases) in [(ShownKeys::Real, Phases::Both), (ShownKeys::RealElseDifferent, Phases::One)] {
            judge(&predict::as_scenario(session, keys, phases));
        }
    }
});

fn judge(written: &predict::Written) {
    let scenario = match Scenario::parse("fuzz", &written.text) {
        Ok(scenario) => scenario,
        Err(error) => {
            // Very long keys and names, very many policies, signatures: a configuration may hold them.
            assert!(error.kind() != ErrorKind::Invalid, "{error}\n{}", written.text);
            let (line, _) = error.place().unwrap_or_default();
            written.place(line);
            return;
        }
    };
    let hosts = &scenario.setup.hosts;
    // Big groups are slow and prove nothing here.
    let quick = |config: &ike::Config| config.policies.iter().all(|policy| policy.group.public_len() <= 256);
    if !quick(&hosts.initiator) || !quick(&hosts.responder) {
        return;
    }
    let ran = sim::run(&scenario.setup, POWERS.get_or_init(|| Powers::new(1024)));
    let report = Report::new(scenario, ran, None);
    for text in [report::text(&report, Layout::WIDE), report::svg(&report)] {
        shows_text_alone(&text);
    }
}

/// Our own colours aside.
fn shows_text_alone(text: &str) {
    let plain = ["0", "1", "2", "31", "32"]
        .into_iter()
        .fold(text.to_owned(), |text, style| text.replace(&format!("\u{1b}[{style}m"), ""));
    assert!(plain.chars().all(|c| c == '\n' || isakmp::is_printed(c)), "{plain:?}");
}
