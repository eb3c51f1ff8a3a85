//! Many runs at a glance: equal outcomes grouped, as a table, as CSV, as a heat map.

use std::collections::BTreeMap;
use std::fmt::Write;

use ike::{Role, State};
use isakmp::shown;
use sim::{Cause, Passage, Verdict, state_name};

use crate::Report;

/// Stands under a table with the wait for the fourth Aggressive message in it.
pub(crate) const FOURTH_STATE: &str =
    "AM_WAIT_MSG4 (ikesim; no device does this): with three messages the initiator is AM_ACTIVE there";

/// What makes two runs equal here.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// Runs whose fault never acted stand apart.
    acted: bool,
    outcome: Verdict,
    /// What phase 2 came to; `None`: not asked for.
    verdict: Option<Passage>,
    initiator: &'static str,
    responder: &'static str,
    cause: Option<Cause>,
}

impl Key {
    /// What the table shows of a run.
    pub fn of(report: &Report) -> Key {
        let [initiator, responder] = Role::BOTH.map(|role| state_name(report.outcome.peers[role].state));
        Key {
            acted: report.outcome.unfired().next().is_none(),
            outcome: report.outcome.verdict,
            verdict: passage(report),
            initiator,
            responder,
            cause: report.diagnosis.first().map(|first| first.cause),
        }
    }
}

fn passage(report: &Report) -> Option<Passage> {
    report.outcome.phase_2.as_ref().map(|phase_2| phase_2.passage)
}

#[derive(Clone, Debug)]
struct Group {
    count: u64,
    /// How to run the first of them again.
    replay: String,
}

/// Outcomes of a sweep; its size depends on their variety, not on the number of runs.
#[derive(Clone, Debug, Default)]
pub struct Groups {
    // Ordered, so that the table does not depend on a hash.
    groups: BTreeMap<Key, Group>,
    pairs: BTreeMap<(&'static str, &'static str), u64>,
}

impl Groups {
    /// Takes one more run.
    pub fn add(&mut self, key: Key, replay: &str) {
        *self.pairs.entry((key.initiator, key.responder)).or_insert(0) += 1;
        let group = self.groups.entry(key).or_insert_with(|| Group { count: 0, replay: replay.to_owned() });
        group.count += 1;
    }

    /// The table: most frequent first; runs whose fault never acted at the end.
    pub fn table(&self) -> String {
        let mut rows: Vec<(&Key, &Group)> = self.groups.iter().collect();
        // Stable: what is equally frequent stays in the order of its keys.
        rows.sort_by_key(|(key, group)| (!key.acted, std::cmp::Reverse(group.count)));
        // A sweep of phase 1 alone has no column that would be empty.
        let verdict = |text: String| match self.groups.keys().any(|key| key.verdict.is_some()) {
            true => format!("{text:<15}  "),
            false => String::new(),
        };
        let mut text = format!(
            "{:>7}  {:<11}  {}{:<12}  {:<12}  {:<24}  {}\n",
            "runs",
            "outcome",
            verdict("verdict".into()),
            "initiator",
            "responder",
            "cause",
            "one of them"
        );
        let mut apart = false;
        for (key, group) in rows {
            if !key.acted && !apart {
                text.push_str("\nThe fault never acted:\n");
                apart = true;
            }
            let cause = key.cause.map_or("-", Cause::name);
            // Writing to a string cannot fail.
            let _ = writeln!(
                text,
                "{:>7}  {:<11}  {}{:<12}  {:<12}  {cause:<24}  {}",
                group.count,
                key.outcome.to_string(),
                verdict(key.verdict.map_or("-".into(), |passage| passage.to_string())),
                key.initiator,
                key.responder,
                group.replay
            );
        }
        if self.has_fourth() {
            let _ = writeln!(text, "\n{FOURTH_STATE}");
        }
        text
    }

    /// Some run ended in the wait for the fourth message.
    fn has_fourth(&self) -> bool {
        self.pairs.keys().any(|(initiator, _)| *initiator == state_name(Some(State::AmWaitMsg4)))
    }

    /// A self-contained SVG: initiator states down, responder states across, the darker the more runs.
    pub fn heatmap(&self) -> String {
        const CELL: usize = 110;
        const ROW: usize = 28;
        let rows: Vec<&str> = distinct(self.pairs.keys().map(|(i, _)| *i));
        let columns: Vec<&str> = distinct(self.pairs.keys().map(|(_, r)| *r));
        // Without any run there would be nothing to divide by.
        let most = self.pairs.values().copied().max().unwrap_or(1).max(1);
        let (width, height) = ((columns.len() + 1) * CELL + 20, (rows.len() + 3) * ROW + 20);
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
             font-family=\"monospace\" font-size=\"12\">\n\
             <title>How often each pair of states was reached</title>\n\
             <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n\
             <text x=\"10\" y=\"20\">initiator \\ responder</text>\n"
        );
        for (column, name) in columns.iter().enumerate() {
            let _ =
                writeln!(svg, "<text x=\"{}\" y=\"{}\">{name}</text>", (column + 1) * CELL + 10, ROW + 20);
        }
        for (row, initiator) in rows.iter().enumerate() {
            let y = (row + 2) * ROW;
            let _ = writeln!(svg, "<text x=\"10\" y=\"{}\">{initiator}</text>", y + 20);
            for (column, responder) in columns.iter().enumerate() {
                let count = self.pairs.get(&(*initiator, *responder)).copied().unwrap_or(0);
                // Never too dark for the black number on it.
                let shade = 255 - count * 200 / most;
                let _ = writeln!(
                    svg,
                    "<rect x=\"{}\" y=\"{y}\" width=\"{}\" height=\"{}\" fill=\"rgb({shade},{shade},255)\"/>\
                     <text x=\"{}\" y=\"{}\">{count}</text>",
                    (column + 1) * CELL,
                    CELL - 4,
                    ROW - 4,
                    (column + 1) * CELL + 10,
                    y + 17
                );
            }
        }
        if self.has_fourth() {
            let _ = writeln!(svg, "<text x=\"10\" y=\"{}\">{FOURTH_STATE}</text>", height - 8);
        }
        svg.push_str("</svg>\n");
        svg
    }
}

fn distinct<'n>(names: impl Iterator<Item = &'n str>) -> Vec<&'n str> {
    let mut found: Vec<&str> = names.collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// The first line of a CSV file of runs.
pub const CSV_HEAD: &str =
    "run,mode,seed,outcome,initiator,responder,initiator_end,responder_end,cause,faults,replay,verdict";

/// One run as a CSV line, no newline.
pub fn csv(report: &Report, number: u64, replay: &str) -> String {
    let outcome = &report.outcome;
    let [i, r] = Role::BOTH.map(|role| &outcome.peers[role]);
    let faults: Vec<&str> = report.scenario.setup.faults.iter().map(sim::Fault::kind).collect();
    let fields = [
        number.to_string(),
        report.scenario.setup.mode.to_string(),
        report.scenario.setup.seed.to_string(),
        outcome.verdict.to_string(),
        state_name(i.state).into(),
        state_name(r.state).into(),
        i.end.to_string(),
        r.end.to_string(),
        report.diagnosis.first().map_or(String::new(), |first| first.cause.to_string()),
        faults.join(" "),
        replay.into(),
        passage(report).map_or(String::new(), |passage| passage.to_string()),
    ];
    fields.map(|field| quoted(&field)).join(",")
}

/// A field that holds a comma or a quote stands in quotes (RFC 4180); what is not printed is shown escaped.
fn quoted(field: &str) -> String {
    let field = shown(field);
    if field.contains([',', '"']) { format!("\"{}\"", field.replace('"', "\"\"")) } else { field.into() }
}
