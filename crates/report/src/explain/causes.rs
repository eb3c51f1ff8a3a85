//! The causes that lead somewhere, where to look and what to do about the first.

use diagnose::Entry;
use diagnose::explain::{Lead, Mend};
use vendor::Vendor;

use super::{Article, decides};
use crate::reasons::plural;
use crate::remedy;

/// Causes that are told in full.
const FULL: usize = 3;

pub(super) fn causes(article: &mut Article, entry: &Entry) {
    for (rank, lead) in (1..).zip(entry.leads.iter().take(FULL)) {
        article.list(&format!("cause {rank}"), of(lead));
    }
    let others: Vec<&str> = entry.leads.iter().skip(FULL).map(|lead| lead.cause.name()).collect();
    if !others.is_empty() {
        article.say("or", others.join(", "));
    }
    if let Some(mend) = &entry.mend {
        article.list("check", check(mend));
        article.list("fix", fix(mend));
    }
}

fn of(lead: &Lead) -> Vec<String> {
    let Lead { cause, reports, runs } = lead;
    let reported = match reports {
        0 => String::new(),
        n => format!("; {n} of about 30 public reports name it"),
    };
    let mut lines = vec![
        format!("{cause}: {}{reported}", cause.meaning()),
        format!("tell it by this: {}", decides(*cause)),
    ];
    if let Some(runs) = runs {
        lines.push(format!("{} of the catalogue end so; one of them:", plural(runs.count, "run")));
        lines.push(format!(" {}", runs.replay));
    }
    lines
}

/// Where to look, on devices of several vendors.
fn check(mend: &Mend) -> Vec<String> {
    let first =
        format!("for cause 1, {}; `ikesim explain` with another cause's name has its own:", mend.cause);
    let looks = Vendor::ALL.into_iter().filter_map(|vendor| Some((vendor, vendor.about().look?)));
    let each = looks.flat_map(|(vendor, look)| [format!("{vendor}:"), format!(" {}", look(mend.look))]);
    mend.one_of.then_some(first).into_iter().chain(each).collect()
}

/// What to change, on devices of several vendors.
fn fix(mend: &Mend) -> Vec<String> {
    let lines = remedy::of_several(&mend.remedies).into_iter();
    // A blank in front is an article's mark for a command.
    lines.map(|line| if line.starts_with(' ') { format!(" {line}") } else { line }).collect()
}
