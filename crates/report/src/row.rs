//! The rows of a ladder: what happened, in the order in which it is shown, not yet laid out.

mod child;
mod fold;
mod label;

use std::collections::BTreeMap;

use ike::{Ended, Event, Instant, Label, MessageName, Role, Sending, Sides, State};
use isakmp::PayloadType;
use sim::{Actor, Alteration, Blame, Datagram, Entry, EntryId, Kind, Setup, Timeline, Trace};

use crate::reasons::{self, plural};

pub(crate) use child::child;
pub(crate) use fold::fold;
use label::clear_or_not;
pub(crate) use label::{OWN_INVENTION, carries, contents, label_name, mark};

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub at: Instant,
    pub what: What,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// A message, at the moment its sender sends it (or, in a view, at the moment it arrives).
    Arrow(Arrow),
    /// A peer enters a state without sending anything.
    Enters { role: Role, state: State },
    /// A peer says something.
    Note { role: Role, text: String, trouble: bool },
    /// The network does something.
    Network { text: String },
    /// This many rows like the ones above were left out: resends of each side.
    Fold(Sides<usize>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Arrow {
    pub from: Role,
    /// `MSG3`, `INVALID_COOKIE`.
    pub name: String,
    /// Payloads, or why it is sent again.
    pub text: String,
    /// The state its sender enters with it.
    pub enters: Option<State>,
    /// What lost it.
    pub lost: Option<String>,
    /// It is sent because a timer ran out.
    pub resend: bool,
    /// The types of its payloads; `None`: encrypted.
    pub carries: Vec<Option<PayloadType>>,
}

/// All rows of a run as a side sees them, or as both do; repeated ones folded.
pub(crate) fn rows(setup: &Setup, trace: &Trace, view: Option<Role>) -> Vec<Row> {
    fold(each(setup, trace, view).into_iter().map(|(_, row)| row).collect())
}

/// Every row with the entry that it shows, nothing folded.
pub(crate) fn each(setup: &Setup, trace: &Trace, view: Option<Role>) -> Vec<(EntryId, Row)> {
    let builder =
        Builder { setup, trace, view, index: Index::new(trace), end: Timeline::after(trace.entries()) };
    let rows = trace.entries().iter().filter_map(|entry| {
        let what = builder.what(entry)?;
        Some((entry.id, Row { at: entry.at, what }))
    });
    rows.collect()
}

/// What later entries say about earlier ones.
struct Index {
    /// What lost a datagram, by its sending. A copy that was doubled can be lost and arrive.
    lost: BTreeMap<EntryId, Blame>,
    /// The state that a peer enters in answer to an entry.
    entered: BTreeMap<EntryId, State>,
    /// Entries in answer to which a peer sends a phase 1 message.
    answered: BTreeMap<EntryId, ()>,
}

impl Index {
    fn new(trace: &Trace) -> Index {
        let mut index = Index { lost: BTreeMap::new(), entered: BTreeMap::new(), answered: BTreeMap::new() };
        for entry in trace.entries() {
            let Some(cause) = entry.cause else {
                continue;
            };
            match &entry.kind {
                Kind::Lost { by } => {
                    // Along the causes: between sending and loss it may have been doubled or altered.
                    let sent = trace.causes(entry.id).find(|e| matches!(e.kind, Kind::Sent(_)));
                    index.lost.extend(sent.map(|sent| (sent.id, *by)));
                }
                Kind::Engine(Event::Entered { state, .. }) => {
                    index.entered.insert(cause, *state);
                }
                // Notifies and resends carry no new state, which then gets a row of its own.
                Kind::Sent(Datagram { label: Label::Message { sending: Sending::First, .. }, .. }) => {
                    index.answered.insert(cause, ());
                }
                Kind::Edited { .. }
                | Kind::Initiated
                | Kind::Sent(_)
                | Kind::Altered { .. }
                | Kind::Arrived(_)
                | Kind::Unreached { .. }
                | Kind::Cleared { .. }
                | Kind::Timer(_)
                | Kind::Engine(_) => {}
            }
        }
        index
    }
}

struct Builder<'t> {
    setup: &'t Setup,
    trace: &'t Trace,
    view: Option<Role>,
    index: Index,
    /// Both sides at the end of the run.
    end: Timeline,
}

impl Builder<'_> {
    fn what(&self, entry: &Entry) -> Option<What> {
        match (entry.actor, self.view) {
            (Actor::Peer(role), Some(view)) if role != view => return None,
            // No peer sees what the network does: it sees that nothing comes.
            (Actor::Network, Some(_)) => return None,
            _ => {}
        }
        match (&entry.kind, entry.actor) {
            (Kind::Sent(datagram), _) => Some(What::Arrow(self.arrow(entry, datagram))),
            // With both sides shown its sending stands there already.
            (Kind::Arrived(datagram), _) if self.view.is_some() => {
                Some(What::Arrow(Arrow { enters: None, lost: None, ..self.arrow(entry, datagram) }))
            }
            (Kind::Altered { by, how }, _) => self.altered(*by, how),
            (Kind::Unreached { what, by }, Actor::Peer(role)) => {
                let text = reasons::refusal(*what, *by, &self.subject(entry));
                Some(What::Note { role, text, trouble: true })
            }
            (Kind::Cleared { clear, .. }, Actor::Peer(role)) => {
                let told = if clear.notify { "the peer is told" } else { "the peer is not told" };
                let text = format!("operator clears {}, {told}", reasons::cleared(clear.what));
                Some(What::Note { role, text, trouble: true })
            }
            (Kind::Engine(event), Actor::Peer(role)) => self.said(entry, role, event),
            _ => None,
        }
    }

    fn arrow(&self, entry: &Entry, datagram: &Datagram) -> Arrow {
        let lost = self.index.lost.get(&entry.id).map(|by| reasons::blame(self.setup, *by));
        // Its sender cannot tell a lost message from one that is not answered.
        let lost = lost.filter(|_| self.view.is_none());
        let (text, first, resend) = match datagram.label {
            Label::Message { sending: Sending::Resend(n), .. } => (format!("resend {n}"), false, true),
            Label::Message { sending: Sending::Answer, .. } => ("again, in answer".into(), false, false),
            // Marked, not described: nobody should look for it on a device.
            Label::Message { name: MessageName::AM4, .. } => (OWN_INVENTION.into(), true, false),
            Label::Message { .. } => {
                // Worth saying at the arrow: firewalls that pass UDP 500 may block 4500, and it stops just here.
                let floated = [datagram.from, datagram.to].iter().any(|end| end.port() == 4500);
                (contents(datagram.message(), floated), true, false)
            }
            Label::Delete { .. } => (clear_or_not(true), false, false),
            Label::Notify { protected, .. } => (clear_or_not(protected), false, false),
            // Damage may have hit the header itself, and then only the length is sure.
            Label::Foreign { exchange: None, .. } => {
                (format!("{} bytes", datagram.message().len()), false, false)
            }
            Label::Foreign { encrypted, .. } => (clear_or_not(encrypted), false, false),
        };
        let name = label_name(&datagram.label);
        // A resend changes no state.
        let cause = entry.cause.filter(|_| first);
        let enters = cause.and_then(|cause| self.index.entered.get(&cause).copied());
        let carries = carries(datagram.message());
        Arrow { from: datagram.sender, name, text, enters, lost, resend, carries }
    }

    fn altered(&self, by: Blame, how: &Alteration) -> Option<What> {
        // A NAT is no trouble, and would stand under every arrow.
        if matches!(how, Alteration::Translated { .. }) {
            return None;
        }
        let text = format!("{}: {}", reasons::blame(self.setup, by), reasons::alteration(how));
        Some(What::Network { text })
    }

    fn said(&self, entry: &Entry, role: Role, event: &Event) -> Option<What> {
        let trouble = |text: String| Some(What::Note { role, text, trouble: true });
        let plain = |text: &str| Some(What::Note { role, text: text.into(), trouble: false });
        match event {
            Event::NotStarted(reason) => trouble(format!("does not begin: {}", reasons::reason(reason))),
            Event::Entered { state, .. } => {
                let shown = entry.cause.is_some_and(|cause| self.index.answered.contains_key(&cause));
                (!shown).then_some(What::Enters { role, state: *state })
            }
            Event::Dropped { reason, certainty, .. } => trouble(format!(
                "{} dropped: {}{}",
                self.subject(entry),
                reasons::reason(reason),
                mark(*certainty)
            )),
            // Of no message: it is what this side was to ask for.
            Event::Refused { reason, message: None, child: Some(_), .. } => {
                trouble(format!("asks for no child: {}", reasons::reason(reason)))
            }
            Event::Refused { reason, certainty, .. } => trouble(format!(
                "{} refused: {}{}",
                self.subject(entry),
                reasons::reason(reason),
                mark(*certainty)
            )),
            Event::Duplicate { answered: false, .. } => {
                plain(&format!("{} again: a duplicate, not answered", self.subject(entry)))
            }
            Event::NotifyReceived { notify, obeyed: true, .. } => {
                Some(What::Note { role, text: format!("obeys {notify}"), trouble: notify.is_error() })
            }
            // An ASA logs it and goes on waiting, so it must not look as if it ended anything.
            Event::NotifyReceived { notify, .. } if notify.is_error() => {
                plain(&format!("{notify}: logged, not obeyed"))
            }
            Event::DeleteReceived { .. } => trouble("obeys Delete".into()),
            Event::NatChecked { local, remote, .. } => nat(*local, *remote).and_then(plain),
            Event::Floated { .. } => plain("moves to UDP 4500"),
            Event::Ended { how, .. } => ended(*how).and_then(|text| plain(&self.resent(role, *how, text))),
            Event::Impaired { what, message, .. } => {
                let text = reasons::impairment(*what, &message.to_string());
                trouble(format!("impaired: {text}"))
            }
            Event::Child { what, .. } => {
                child(what).map(|(text, trouble)| What::Note { role, text, trouble })
            }
            Event::Created { .. }
            | Event::Accepted { .. }
            | Event::Duplicate { .. }
            | Event::Chosen { .. }
            | Event::GroupFound { .. }
            | Event::Keys { .. }
            | Event::NotifyReceived { .. } => None,
        }
    }

    /// The message that this entry is about.
    fn subject(&self, entry: &Entry) -> String {
        let kinds = self.trace.causes(entry.id).map(|cause| &cause.kind);
        let datagram = kinds.filter_map(|kind| kind.arrived().or(kind.sent())).next();
        datagram.map_or("it".into(), |datagram| label_name(&datagram.label))
    }

    fn resent(&self, role: Role, how: Ended, text: &str) -> String {
        match (how, self.end.sides[role].resends()) {
            (Ended::GaveUp, 0) => format!("{text} without a resend"),
            (Ended::GaveUp, n) => format!("{text} after {}", plural(n as u64, "resend")),
            _ => text.into(),
        }
    }
}

fn ended(how: Ended) -> Option<&'static str> {
    match how {
        Ended::GaveUp => Some("gives up"),
        Ended::Rejected => Some("removes its SA"),
        Ended::Deleted => Some("deletes its SA"),
        Ended::Cleared => Some("clears its SA"),
        Ended::Replaced => Some("drops an older SA of this peer"),
    }
}

fn nat(local: bool, remote: bool) -> Option<&'static str> {
    match (local, remote) {
        (true, true) => Some("NAT-D: both are behind NAT"),
        (true, false) => Some("NAT-D: I am behind NAT"),
        (false, true) => Some("NAT-D: the peer is behind NAT"),
        // What everybody expects would only be noise.
        (false, false) => None,
    }
}
