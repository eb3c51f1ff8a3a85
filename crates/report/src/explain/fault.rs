//! Causes, the faults that make them, and the notifies that tell of them.

use diagnose::explain::{Effect, RunEnd};
use ike::{NotifyType, Sides, State};
use scenario::FaultKind;
use sim::{Cause, state_name};

use super::{Article, decides};

pub(super) fn cause(cause: Cause) -> Article {
    let mut article = Article::new(format!("{cause} (a cause)"));
    article.say("means", cause.meaning());
    article.say("tell it by", decides(cause));
    article
}

/// Where a cause leaves the two.
pub(super) fn left(sides: &Sides<Option<State>>) -> String {
    let [i, r] = sides.into_array().map(state_name);
    format!("initiator {i}, responder {r}")
}

/// What a fault does.
pub(super) fn fault(article: &mut Article, effect: &Effect) {
    let kind = effect.kind;
    let head = format!("kind = \"{}\": {}", kind.name(), kind.meaning());
    let fields = kind.fields().iter().map(|field| {
        let need = if field.required { "required, for example" } else { "by default" };
        format!("{}: {need} {}", field.name, field.value)
    });
    let ends = effect.ends.iter().map(|(mode, end)| match end {
        None => format!("in {mode} mode: it cannot act"),
        Some(RunEnd { verdict, sides }) => {
            let [i, r] = sides.into_array().map(state_name);
            format!("in {mode} mode between two ASAs: {verdict} · initiator {i} · responder {r}")
        }
    });
    article.list("fault", std::iter::once(head).chain(fields).chain(ends));
}

/// How to see it at work.
pub(super) fn attempt(article: &mut Article, kind: FaultKind) {
    article.say("try", format!(" ikesim init fault.toml --fault {} && ikesim run fault.toml", kind.name()));
}

/// Notify, what its sender says.
const NOTIFIES: &str = include_str!("notifies.tsv");

pub(super) fn notify(notify: NotifyType) -> Article {
    let kind = if notify.is_error() { "error" } else { "status" };
    let name = notify.to_string();
    let mut article = Article::new(format!("{name} (notify {}, {kind})", notify.0));
    let said = NOTIFIES.lines().find_map(|line| line.strip_prefix(&name)?.strip_prefix('\t'));
    article.say(
        "means",
        format!("its sender says: {}", said.unwrap_or("something that RFC 2408 has no name for")),
    );
    article.say(
        "protocol",
        "RFC 2408 sections 3.14 and 5.14; RFC 2407 section 4.6.3 for the status types of the IPsec DOI",
    );
    if notify.is_error() {
        article.say("obeyed", "in clear it is logged and not obeyed, since anybody can forge it; encrypted and authenticated it ends the SA");
    }
    article
}
