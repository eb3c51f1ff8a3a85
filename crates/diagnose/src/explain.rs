//! What a word means: a state, a pair of states, a notify, a cause, a fault, a message.
//!
//! What leads to which pair of states is not written by hand: `explain/pairs.tsv` comes from running the catalogue of
//! faults, and a test runs it again.

mod beside;
mod entry;
mod fault;
mod lead;
mod look;
mod message;
mod quick;
mod state;
pub(crate) mod state_names;
mod suite;

pub use entry::{Effect, Entry, Instant, Lead, Mend, RunEnd, Runs, Step, Subject, Topic};
pub use quick::elsewhere;

use ike::crypto::DhGroup;
use ike::{MessageName, Mode, NotifyType, Role, Sides, State};
use scenario::{FaultKind, nearest};
use sim::Cause;

/// Initiator, responder, cause, runs, one of them as a command.
const PAIRS: &str = include_str!("explain/pairs.tsv");

/// File, initiator, responder, cause, notifies, kinds of faults; with phase 2 its states and its verdict.
const LESSONS: &str = include_str!("explain/lessons.tsv");

struct Pair {
    sides: Sides<Option<State>>,
    cause: Option<Cause>,
    runs: Runs,
}

impl Pair {
    fn lead(&self) -> (Option<Cause>, Runs) {
        (self.cause, self.runs)
    }
}

fn pairs() -> impl Iterator<Item = Pair> {
    let state = |name: &str| match name {
        "NONE" => Some(None),
        name => State::all().find(|state| state.asa() == name).map(Some),
    };
    // A row that does not parse is missed by the test that makes this table, not by users.
    PAIRS.lines().filter_map(move |line| {
        let mut columns = line.split('\t');
        let mut next = || columns.next();
        let sides = Sides { initiator: state(next()?)?, responder: state(next()?)? };
        let cause = Cause::from_name(next()?);
        let runs = Runs { count: next()?.parse().ok()?, replay: next()? };
        Some(Pair { sides, cause, runs })
    })
}

/// What has no explanation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// The word, or all of the text.
    pub word: String,
    /// Names that are near it, the nearest first.
    pub near: Vec<String>,
}

/// Explains a word, two states (in either order, with or without their roles), or several names.
///
/// # Errors
/// Nothing of that name.
pub fn explain(words: &[String]) -> Result<Vec<Entry>, Unknown> {
    let text = words.join(" ");
    let text = text.trim();
    // All of the text first: `no proposal chosen` and `group 14` are one name of several words.
    if let Some(entry) = one(text) {
        return Ok(vec![entry]);
    }
    let tokens: Vec<&str> =
        text.split(|c: char| c.is_whitespace() || c == ',').filter(|token| !token.is_empty()).collect();
    let each: Vec<Entry> = tokens.iter().filter_map(|token| one(token)).collect();
    // One word that is no name makes it a sentence: half an answer would hide what was not understood.
    if !each.is_empty() && each.len() == tokens.len() {
        return Ok(each);
    }
    Err(unknown(text, &tokens))
}

/// One or two states, or one name.
fn one(text: &str) -> Option<Entry> {
    let states = || state_names::named_in(text).and_then(|names| state::explain(&names));
    // Phase 2 first: two words of which one is NONE are its pair if the other is its state.
    quick::explain(text).or_else(states).or_else(|| named(text))
}

/// The first word that is no name, with what it may have been; a long text is no name at all.
fn unknown(text: &str, tokens: &[&str]) -> Unknown {
    let word = match tokens {
        // Of a sentence no single word is the mistake.
        [] | [_, _, _, _, _, ..] => text,
        few => few.iter().find(|token| one(token).is_none()).unwrap_or(&text),
    };
    let mut names = names();
    let mut near = Vec::new();
    // `nearest` gives one name, so it is asked again without those that it gave.
    while near.len() < 3
        && let Some(name) = nearest(word, names.iter().map(String::as_str)).map(str::to_owned)
    {
        names.retain(|other| *other != name);
        near.push(name);
    }
    Unknown { word: word.to_owned(), near }
}

/// Every name that has an explanation of its own.
pub fn names() -> Vec<String> {
    let states = State::all().flat_map(|state| [state.asa(), vendor::ios::state_name(state)]).chain([
        // No state of the engine has these names, and people look them up.
        "NONE",
        "MM_KEY_AUTH",
        "AG_NO_STATE",
    ]);
    let own = |role: Role| State::all().map(move |state| vendor::libreswan::state_name(state, role));
    let libreswan = own(Role::Initiator).chain(own(Role::Responder));
    let notifies = NotifyType::ALL.iter().map(|(_, name)| *name);
    let causes = Cause::all().map(Cause::name);
    let faults = FaultKind::ALL.into_iter().map(FaultKind::name);
    let suites = suite::names();
    let messages = messages().map(|name| name.to_string());
    let mut names: Vec<String> =
        states.chain(libreswan).chain(notifies).chain(causes).chain(faults).map(str::to_owned).collect();
    names.extend(messages.chain(suites).chain(quick::names()));
    // A vendor without a word for a state has an empty one.
    names.retain(|name| !name.is_empty());
    names.sort();
    names.dedup();
    names
}

/// Every message that has an entry.
fn messages() -> impl Iterator<Item = MessageName> {
    [Mode::Main, Mode::Aggressive].into_iter().flat_map(|mode| MessageName::all(mode, true))
}

fn same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

/// What people type for a name.
const TYPED: &[(&str, &str)] = &[
    ("psk", "psk-mismatch"),
    ("pre-shared-key", "psk-mismatch"),
    ("policy", "policy-mismatch"),
    ("proposal-not-chosen", "NO_PROPOSAL_CHOSEN"),
    ("nat-t", "nat"),
    ("nat-traversal", "nat"),
    // Hashes have no entry of their own: this is what comes of two that differ.
    ("sha1", "policy-mismatch"),
    ("sha", "policy-mismatch"),
    ("md5", "policy-mismatch"),
    ("sha-1", "policy-mismatch"),
    ("sha2", "policy-mismatch"),
    ("sha256", "policy-mismatch"),
    ("sha-256", "policy-mismatch"),
    ("sha384", "policy-mismatch"),
    ("sha512", "policy-mismatch"),
    ("hash", "policy-mismatch"),
    ("diffie-hellman", "policy-mismatch"),
    ("dh-group", "policy-mismatch"),
    ("aes", "aes-128"),
    ("aes128", "aes-128"),
    ("aes192", "aes-192"),
    ("aes256", "aes-256"),
    ("pfs", "pfs-mismatch"),
    ("transform-set", "transform-mismatch"),
    ("proxy-id", "proxy-mismatch"),
    ("proxy", "proxy-mismatch"),
    ("crypto-map", "crypto-map-incomplete"),
    ("aggressive", "aggressive-mode-disabled"),
    ("aggressive-mode", "aggressive-mode-disabled"),
    ("main-mode", "MSG1"),
    ("quick-mode", "QM1"),
    ("phase-2", "QM1"),
    ("ikev2", "ike-version"),
    ("udp-500", "port-500-blocked"),
    ("udp-4500", "port-4500-blocked"),
    ("id-mismatch", "identity-mismatch"),
    // charon's short names.
    ("no-prop", "NO_PROPOSAL_CHOSEN"),
    ("auth-failed", "AUTHENTICATION_FAILED"),
    ("inval-ke", "INVALID_KEY_INFORMATION"),
    ("inval-id", "INVALID_ID_INFORMATION"),
    ("pld-mal", "PAYLOAD_MALFORMED"),
    ("inval-hash", "INVALID_HASH_INFORMATION"),
    ("wrong-psk", "psk-mismatch"),
    ("wrong-key", "psk-mismatch"),
    ("pre-shared-key-mismatch", "psk-mismatch"),
    ("key-mismatch", "psk-mismatch"),
    ("wrong-tunnel-group-name", "missing-tunnel-group"),
    ("no-tunnel-group", "missing-tunnel-group"),
    ("missing-key", "missing-psk"),
    ("no-key", "missing-psk"),
    ("proposal-mismatch", "policy-mismatch"),
    ("wrong-peer", "wrong-peer-address"),
    ("udp-500-blocked", "port-500-blocked"),
    ("udp-4500-blocked", "port-4500-blocked"),
    ("lost", "message-lost"),
    ("transform-set-mismatch", "transform-mismatch"),
    ("acl-mismatch", "proxy-mismatch"),
    ("proxy-id-mismatch", "proxy-mismatch"),
];

/// The name that people mean by a word in lower case, its parts joined by hyphens: `psk` is `psk-mismatch`.
pub fn typed(joined: &str) -> Option<&'static str> {
    TYPED.iter().find(|(typed, _)| *typed == joined).map(|(_, name)| *name)
}

/// The name behind what is typed: `no proposal chosen`, `INVALID-ID-INFORMATION`, `DH14`, `modp1024`.
fn behind(word: &str) -> Option<String> {
    let joined = word.split_whitespace().collect::<Vec<_>>().join("-").to_lowercase().replace('_', "-");
    if let Some(name) = typed(&joined) {
        return Some(name.to_owned());
    }
    if let Some(number) = joined.strip_prefix("dh").filter(|number| number.parse::<u16>().is_ok()) {
        return Some(format!("group {number}"));
    }
    if let Some(bits) =
        joined.strip_prefix("modp").and_then(|bits| bits.trim_start_matches('-').parse::<usize>().ok())
    {
        let group = DhGroup::ALL.into_iter().find(|group| group.public_len() * 8 == bits)?;
        return Some(format!("group {}", group.number()));
    }
    // The RFC writes NO-PROPOSAL-CHOSEN, an ASA `No proposal chosen`.
    let underlined = joined.replace('-', "_");
    let notify = NotifyType::ALL.iter().find(|(_, name)| same(name, &underlined));
    notify.map(|(_, name)| (*name).to_owned()).filter(|name| name != word)
}

fn named(word: &str) -> Option<Entry> {
    let meant = |word: &str| {
        let meant = behind(word)?;
        quick::explain(&meant).or_else(|| name(&meant))
    };
    name(word).or_else(|| beside::beside(word)).or_else(|| meant(word))
}

fn name(word: &str) -> Option<Entry> {
    if let Some(name) = messages().find(|name| same(&name.to_string(), word)) {
        return Some(message::message(name));
    }
    let kind = FaultKind::ALL.into_iter().find(|kind| same(kind.name(), word));
    if let Some(cause) = Cause::all().find(|cause| same(cause.name(), word)) {
        // A fault often bears the name of what it causes.
        return Some(fault::about_cause(cause, kind));
    }
    if let Some(kind) = kind {
        return Some(fault::about_fault(kind));
    }
    if let Some((notify, name)) = NotifyType::ALL.iter().find(|(_, name)| same(name, word)) {
        return Some(fault::about_notify(*notify, name));
    }
    match word.to_uppercase().as_str() {
        // A router that sends message 6 still shows MM_KEY_EXCH, and QM_IDLE with the next packet.
        "MM_KEY_AUTH" => Some(Entry::new(Subject::Instant(Instant::KeyAuth))),
        "AG_NO_STATE" => Some(Entry::new(Subject::Instant(Instant::NoState))),
        other => suite::suite(word).or_else(|| message::step(other)),
    }
}

/// The bundled scenarios that fit, by the columns of their rows.
fn lessons(fits: impl Fn(&[&str]) -> bool) -> Vec<&'static str> {
    let rows = LESSONS.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    rows.filter(|columns| fits(columns)).filter_map(|columns| columns.first().copied()).collect()
}
