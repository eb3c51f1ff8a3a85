//! Which causes leave a device with the picture that its log has: each fault of the catalogue, run against a healthy peer.

use std::collections::{BTreeMap, BTreeSet};

use ike::{Event, Label, Mode, NotifyType, Powers, Profile, Role, State};
use sim::{Actor, Cause, Setup};

use super::facts::Facts;
use crate::hypotheses::{catalogue, mirrored};
use crate::{causes, rank};

/// Powers kept for the runs of one catalogue; each is at most 1 KiB.
const POWERS: usize = 256;

/// Fewer lines than this are no picture.
const BRIEF: usize = 5;

/// What a log tells of phase 1, and a run too.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Picture {
    /// The number of the newest message that left.
    sent: u8,
    unreadable: bool,
    /// A message of the peer came again.
    again: bool,
    notifies: BTreeSet<NotifyType>,
}

/// A run of one fault, as one side sees it.
#[derive(Clone, Debug)]
struct Run {
    picture: Picture,
    cause: Cause,
    /// Where the other side is left.
    there: Option<State>,
}

/// A cause that fits, and where it leaves the other side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fit {
    pub cause: Cause,
    pub there: Option<State>,
}

/// The runs that were made already.
#[derive(Debug, Default)]
pub(super) struct Catalogue(BTreeMap<(&'static str, Mode, Role), Vec<Run>>);

impl Picture {
    pub fn of_log(facts: &Facts) -> Picture {
        Picture {
            sent: facts.supposed().map_or(0, ike::MessageName::number),
            unreadable: !facts.unreadable.is_empty(),
            again: !facts.heard_again.is_empty(),
            notifies: facts.refusals().map(|(notify, ..)| notify).collect(),
        }
    }

    fn of_run(trace: &sim::Trace, outcome: &sim::Outcome, role: Role) -> Picture {
        let own = || trace.entries().iter().filter(|entry| entry.actor == Actor::Peer(role));
        let notifies = own().filter_map(|entry| match entry.kind.arrived()?.label {
            Label::Notify { notify, .. } if notify.is_error() => Some(notify),
            Label::Notify { .. } | Label::Message { .. } | Label::Foreign { .. } | Label::Delete { .. } => {
                None
            }
        });
        let unreadable =
            own().any(|entry| entry.kind.event().and_then(Event::reason).is_some_and(causes::is_about_keys));
        let mut heard = BTreeSet::new();
        let again = own().any(|entry| match entry.kind.arrived().map(|datagram| datagram.label) {
            Some(Label::Message { name, .. }) => !heard.insert(name),
            Some(Label::Notify { .. } | Label::Foreign { .. } | Label::Delete { .. }) | None => false,
        });
        let sent = outcome.peers[role].sent.iter().map(|name| name.number()).max();
        Picture { sent: sent.unwrap_or(0), unreadable, again, notifies: notifies.collect() }
    }
}

impl Catalogue {
    /// The causes that leave such a device in such a picture, likeliest first.
    pub fn fits(&mut self, profile: &'static Profile, mode: Mode, role: Role, facts: &Facts) -> Vec<Fit> {
        let runs = self.0.entry((profile.name, mode, role)).or_insert_with(|| runs(profile, mode, role));
        let picture = Picture::of_log(facts);
        // A line or two tell no more than the state.
        let brief = facts.lines < BRIEF && facts.connecting.is_none();
        // A row of a table has no line for a message that came again.
        let tells_repeats = !brief && facts.connecting.is_none();
        let but_for_repeats = |run: &Picture| *run == Picture { again: run.again, ..picture.clone() };
        // Logs leave things out: where nothing fits in full, how far the exchange came still counts.
        let ladder: [&dyn Fn(&Picture) -> bool; 3] =
            [&|run| tells_repeats && *run == picture, &|run| !brief && but_for_repeats(run), &|run| {
                run.sent == picture.sent
            }];
        let fitting =
            |fits: &dyn Fn(&Picture) -> bool| runs.iter().filter(|run| fits(&run.picture)).collect();
        let found: Vec<&Run> =
            ladder.into_iter().map(fitting).find(|found: &Vec<&Run>| !found.is_empty()).unwrap_or_default();
        let state = facts.supposed().and_then(|sent| State::waiting_for(sent.next()?)).or(facts.state);
        let mut fits: Vec<Fit> = Vec::new();
        for run in found {
            if !fits.iter().any(|fit| fit.cause == run.cause) {
                fits.push(Fit { cause: run.cause, there: run.there });
            }
        }
        // Whoever sends a second message has had an answer.
        let heard = picture.sent > 1;
        fits.sort_by_key(|fit| rank::order(rank::sources(state, fit.cause), fit.cause, heard));
        fits
    }
}

/// Whose device the peer is, the lines do not tell: its own kind first.
fn runs(profile: &'static Profile, mode: Mode, role: Role) -> Vec<Run> {
    let others = vendor::profile::of_devices().filter(|other| other.name != profile.name);
    let peers = std::iter::once(profile).chain(others);
    peers.flat_map(|peer| against(profile, peer, mode, role)).collect()
}

fn against(profile: &'static Profile, peer: &'static Profile, mode: Mode, role: Role) -> Vec<Run> {
    let mut setup = Setup::default().in_mode(mode);
    for at in Role::BOTH {
        setup.hosts[at].profile = if at == role { profile } else { peer };
        // A real device sends three messages in Aggressive Mode: no log has the fourth.
        setup.hosts[at].confirm = false;
    }
    let healthy = mirrored(&setup, role);
    let powers = Powers::new(POWERS);
    let run = |fault| {
        let candidate = healthy.with_fault(fault)?;
        let (trace, outcome) = sim::run(&candidate, &powers);
        // Who believes itself up does not log a stall.
        if outcome.peers[role].state.is_some_and(State::is_active) {
            return None;
        }
        let cause = causes::find(&candidate, &trace).into_iter().next()?.cause;
        let there = outcome.peers[role.other()].state;
        Some(Run { picture: Picture::of_run(&trace, &outcome, role), cause, there })
    };
    catalogue(&healthy, role).into_iter().filter_map(run).collect()
}
