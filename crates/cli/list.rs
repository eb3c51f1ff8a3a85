//! `ikesim list`

use std::io::Write;

use clap::ValueEnum;
use ike::crypto::{Cipher, DhGroup};
use ike::{NotifyType, QuickState, State};
use scenario::{FaultKind, Scenario};
use serde_json::json;
use sim::Cause;

use crate::args::{Format, Topic};
use crate::failure::Failure;
use crate::out::Out;
use crate::shipped::SCENARIOS;

/// One line per name. Headings only where a person looks and several topics are shown.
pub fn list(topic: Option<Topic>, format: Format, person: bool, out: &mut Out) -> Result<(), Failure> {
    let topics = topic.map_or(Topic::value_variants().to_vec(), |topic| vec![topic]);
    let several = topics.len() > 1;
    for (n, topic) in topics.into_iter().enumerate() {
        let rows = rows(topic);
        if format == Format::Json {
            for (name, meaning) in rows {
                writeln!(out, "{}", json!({"topic": word(topic), "name": name, "meaning": meaning}))?;
            }
            continue;
        }
        // Not into a pipe: `grep` and `cut` want a name at the beginning of each line.
        if several && person {
            writeln!(out, "{}{}:", if n > 0 { "\n" } else { "" }, word(topic))?;
        }
        let width = rows.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
        for (name, meaning) in rows {
            writeln!(out, "{name:<width$}  {meaning}")?;
        }
    }
    Ok(())
}

fn word(topic: Topic) -> String {
    topic.to_possible_value().map_or(String::new(), |value| value.get_name().to_owned())
}

fn rows(topic: Topic) -> Vec<(String, String)> {
    match topic {
        Topic::Scenarios => SCENARIOS.iter().map(|(name, text)| shipped(name, text)).collect(),
        Topic::Faults => FaultKind::ALL.map(fault).to_vec(),
        Topic::States => {
            // No state of the engine, but every other command prints it where there is no SA.
            let none = ("NONE".to_owned(), "no SA".to_owned());
            let states = State::all().map(|s| {
                (s.asa().to_owned(), format!("{} (IOS {})", s.meaning(), vendor::ios::state_name(s)))
            });
            let quick = QuickState::ALL.into_iter().map(|s| (s.name().to_owned(), s.meaning().to_owned()));
            states.chain(quick).chain([none]).collect()
        }
        Topic::Profiles => vendor::profile::all()
            .map(|profile| (profile.name.to_owned(), profile.title.to_owned()))
            .collect(),
        Topic::Causes => {
            Cause::all().map(|cause| (cause.name().to_owned(), cause.meaning().to_owned())).collect()
        }
        Topic::Notifies => {
            let meaning =
                |n: NotifyType| format!("{}, {}", n.0, if n.is_error() { "error" } else { "status" });
            NotifyType::ALL.iter().map(|(n, name)| ((*name).to_owned(), meaning(*n))).collect()
        }
        Topic::Groups => DhGroup::ALL.iter().map(|g| (g.number().to_string(), g.meaning())).collect(),
        Topic::Ciphers => Cipher::ALL.iter().map(|c| (c.name().to_owned(), c.meaning())).collect(),
    }
}

fn shipped(name: &str, text: &str) -> (String, String) {
    // From the file itself: a second list of titles would fall behind.
    let title = Scenario::parse(name, text).map_or(String::new(), |scenario| scenario.title);
    (name.to_owned(), title)
}

fn fault(kind: FaultKind) -> (String, String) {
    let fields: Vec<String> = kind
        .fields()
        .iter()
        .map(|field| {
            let required = if field.required { ", required" } else { "" };
            format!("{} = {}{required}", field.name, field.value)
        })
        .collect();
    let fields = if fields.is_empty() { String::new() } else { format!(" ({})", fields.join("; ")) };
    (kind.name().to_owned(), format!("{}{fields}", kind.meaning()))
}
