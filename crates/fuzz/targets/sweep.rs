//! Any text as the plan of a sweep: each run is a scenario or an error, and its command is one line of printed words.

#![no_main]

use ike::Mode;
use libfuzzer_sys::fuzz_target;
use scenario::sweep::{Axes, BaseScenario, FaultText, Sweep};

fuzz_target!(|text: &str| {
    // A base behind a zero byte; before it an axis a line.
    let (plan, base) = text.split_once('\0').unwrap_or((text, ""));
    let mut axes = Axes::default();
    let mut names = Vec::new();
    for line in plan.lines().take(12) {
        match line.split_once('=') {
            Some(("mode", "main")) => axes.modes.push(Mode::Main),
            Some(("mode", _)) => axes.modes.push(Mode::Aggressive),
            Some(("profile", name)) => axes.profiles.push([name.to_owned(), "asa".to_owned()]),
            Some(("fault", fault)) => {
                axes.faults.extend(FaultText::parse(fault).ok().map(|fault| vec![fault]));
            }
            Some(("group", group)) => axes.groups.extend(group.parse::<u16>().ok()),
            Some(("encryption", name)) => axes.encryptions.push(name.to_owned()),
            Some(("hash", name)) => axes.hashes.push(name.to_owned()),
            Some(("loss", loss)) => axes.losses.extend(loss.parse::<f64>().ok()),
            Some(("seed", seed)) => {
                axes.seeds.extend(seed.parse::<u64>().ok().map(|n| n..n.saturating_add(2)))
            }
            _ => names.push(line.to_owned()),
        }
    }
    let name = names.pop().unwrap_or_default();
    let Ok(base) = BaseScenario::parse(&name, base) else { return };
    let sweep = Sweep { bases: vec![base], axes };
    assert!(sweep.point(sweep.len()).is_none());
    for number in 0..sweep.len().min(16) {
        let point = sweep.point(number).expect("below its length");
        if let Err(error) = point.scenario() {
            assert!(!error.render(false).is_empty());
        }
        let replay = point.replay();
        assert!(replay.chars().all(isakmp::is_printed), "{replay:?}");
    }
});
