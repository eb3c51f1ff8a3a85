//! What is run: the axes from the options or from a file, and which stretch of them.

use std::ops::Range;
use std::path::Path;

use clap::ValueEnum;
use scenario::sweep::{Axes, BaseScenario, FaultText, Sweep};

use crate::args::{ModeArg, SweepArgs};
use crate::failure::{Failure, USAGE};
use crate::input;

/// `K/N`, K from 1: the K-th of N equal stretches, so that the shards one after another are the whole.
pub fn shard(args: &SweepArgs, runs: u64) -> Result<Range<u64>, Failure> {
    let Some(text) = &args.shard else {
        return Ok(0..runs);
    };
    let read = text.split_once('/').and_then(|(k, n)| Some((k.parse::<u64>().ok()?, n.parse::<u64>().ok()?)));
    let Some((k, n)) = read.filter(|(k, n)| (1..=*n).contains(k)) else {
        return Err(Failure::new(USAGE, format!("`{text}` is no shard")).help(Some("as 1/4 to 4/4".into())));
    };
    // In 128 bits: runs times shards may be more than 64 hold.
    let at = |k: u64| u64::try_from(u128::from(runs) * u128::from(k) / u128::from(n)).unwrap_or(runs);
    Ok(at(k - 1)..at(k))
}

/// The axes as a file has them; the same names as the options.
// Unknown keys are refused: a misspelt axis would else be one that was left out.
#[derive(Default, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Plan {
    files: Vec<std::path::PathBuf>,
    mode: Vec<String>,
    profile: Vec<String>,
    fault: Vec<String>,
    pairs: bool,
    together: bool,
    group: Vec<u16>,
    encryption: Vec<String>,
    hash: Vec<String>,
    loss: Vec<f64>,
    seeds: Vec<String>,
}

/// The options that a plan file stands for.
fn read_plan(path: &Path, args: &SweepArgs) -> Result<SweepArgs, Failure> {
    let text = input::text(path)?;
    let name = path.display().to_string();
    let plan: Plan = toml::from_str(&text).map_err(|error| scenario::toml_error(&name, &text, &error))?;
    let mode = |word: &String| {
        ModeArg::from_str(word, false).map_err(|_| {
            Failure::new(USAGE, format!("{name}: unknown mode `{word}`"))
                .help(Some("allowed: main, aggressive".into()))
        })
    };
    Ok(SweepArgs {
        files: plan.files,
        mode: plan.mode.iter().map(mode).collect::<Result<_, _>>()?,
        profile: plan.profile,
        fault: plan.fault,
        pairs: plan.pairs,
        together: plan.together,
        group: plan.group,
        encryption: plan.encryption,
        hash: plan.hash,
        loss: plan.loss,
        seeds: plan.seeds,
        ..args.clone()
    })
}

/// The sweep that was asked for.
pub fn plan(args: &SweepArgs) -> Result<Sweep, Failure> {
    if let Some(path) = &args.plan {
        let planned = read_plan(path, args)?;
        return plan(&SweepArgs { plan: None, ..planned });
    }
    let mut bases = Vec::new();
    for file in &args.files {
        let text = input::text(file)?;
        bases.push(BaseScenario::parse(&file.display().to_string(), &text)?);
    }
    if bases.is_empty() {
        bases.push(BaseScenario::default());
    }
    let profiles = args.profile.iter().map(|text| pair(text)).collect();
    let axes = Axes {
        modes: args.mode.iter().copied().map(ModeArg::into).collect(),
        profiles,
        faults: faults(args, bases.iter().any(BaseScenario::has_phase_2))?,
        groups: args.group.clone(),
        encryptions: args.encryption.clone(),
        hashes: args.hash.clone(),
        losses: args.loss.clone(),
        seeds: args.seeds.iter().map(|text| seeds(text)).collect::<Result<_, _>>()?,
    };
    let sweep = Sweep { bases, axes };
    // The values are checked by the scenario reader; if no run can be, its error for the first one tells why.
    let possible =
        (0..sweep.len()).take(10_000).any(|n| sweep.point(n).is_some_and(|p| p.scenario().is_ok()));
    match sweep.point(0).map(|point| point.scenario()) {
        Some(Err(error)) if !possible => Err(error.into()),
        _ => Ok(sweep),
    }
}

/// `asa:ios`, or one name for both sides.
fn pair(text: &str) -> [String; 2] {
    let (i, r) = text.split_once(':').unwrap_or((text, text));
    [i.into(), r.into()]
}

/// `7`, or `1..100`, the end not included.
fn seeds(text: &str) -> Result<Range<u64>, Failure> {
    // Each run can be written as a scenario, and TOML has no larger integer.
    let number = |text: &str| text.parse::<u64>().ok().filter(|seed| i64::try_from(*seed).is_ok());
    let range = match text.split_once("..") {
        None => number(text).map(|seed| seed..seed.saturating_add(1)),
        Some((from, to)) => number(from).zip(number(to)).map(|(from, to)| from..to),
    };
    const MOST: u64 = 10_000_000;
    match range {
        Some(range) if !range.is_empty() && range.end - range.start <= MOST => Ok(range),
        _ => Err(Failure::new(USAGE, format!("`{text}` are no seeds"))
            .help(Some(format!("as 7, or 0..1000 (1000 not included); at most {MOST} of them")))),
    }
}

/// A bare kind stands for every value of its fields that makes sense. `phase_2`: a base has Quick Mode.
fn faults(args: &SweepArgs, phase_2: bool) -> Result<Vec<Vec<FaultText>>, Failure> {
    let mut faults = Vec::new();
    for text in &args.fault {
        if text == "all" {
            faults.extend(Axes::every_fault(phase_2));
            continue;
        }
        let fault = FaultText::parse(text).map_err(|message| {
            Failure::new(USAGE, message).help(Some("as drop, drop:message=3,times=1, or all".into()))
        })?;
        let bare = !text.contains(':');
        if bare {
            let of_kind = FaultText::variants(fault.kind(), phase_2);
            faults.extend(of_kind.into_iter().map(|fault| vec![fault]));
        } else {
            faults.push(vec![fault]);
        }
    }
    Ok(match (args.pairs, args.together) {
        (true, _) => Axes::pairs(&faults),
        (_, true) if !faults.is_empty() => vec![faults.concat()],
        _ => faults,
    })
}
