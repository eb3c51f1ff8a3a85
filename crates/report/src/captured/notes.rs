//! What is worth knowing beside a verdict, in words.

use diagnose::captures::{Besides, Breach, Frame, Note, Opened, Proof};
use ike::Role;

use crate::evidence;
use crate::reasons::{self, plural};

/// A line each.
pub(crate) fn notes(all: &[Note]) -> Vec<String> {
    all.iter().flat_map(words).collect()
}

fn words(note: &Note) -> Vec<String> {
    vec![match note {
        Note::StartsLate => "the capture starts in the middle: what came before is not judged".into(),
        Note::RolesGuessed => {
            "no message says who began: taken to be the one whose message comes first".into()
        }
        Note::OneSideAlone => {
            "one side's messages alone, and none says whether it began: it may as well have answered".into()
        }
        Note::OneWay { missing } => {
            format!("what the {missing} sent was not captured: take a capture of both directions")
        }
        Note::RefusedUnseen => {
            "the refused message was not captured: it may have been Main or Aggressive Mode".into()
        }
        Note::NotCaptured => {
            "no message of phase 1 was captured under these cookies: it is older than the capture".into()
        }
        Note::EndsWithAm2 => {
            "the capture ends with AM2: if nothing follows it, the initiator did not accept it".into()
        }
        Note::EndsEarly => "the capture ends before anything went wrong: capture for a minute or two".into(),
        Note::ResponderCookies(count) => format!(
            "the responder answered with {count} different cookies: it began anew, or two devices answer"
        ),
        Note::LeftOut(count) => format!("{count} more messages are not looked at"),
        Note::Ignored { frame, notify, by, goes_on } => format!(
            "frame {frame}: {notify} in clear; the {by} goes on in frame {goes_on}: it does not obey what nothing protects"
        ),
        Note::Damaged(captured) => return evidence::captured(captured),
        Note::Cut(count) => {
            format!(
                "{} captured in part (snap length): the content is not judged",
                plural(*count as u64, "message")
            )
        }
        Note::Breaks { frame, message, how } => {
            format!("frame {frame}: {message} breaks the protocol: {}", breach(how))
        }
        Note::Behind { silent, transactions } => behind(*silent, *transactions),
        Note::AnyDevice(role) => {
            format!("the {role} may be any device: it is taken to behave like one of those known here [I]")
        }
        Note::Key(proof) => proved(proof),
        Note::Opened(opened) => holds(opened),
        Note::ComesUpLater(frame) => {
            format!("the same peers come up later (frame {frame}): what did not change in between is right")
        }
        Note::Version2 => "IKEv2 is judged by other rules: only that it was refused is told".into(),
        Note::File(unread) => unread.to_string(),
        Note::Besides(rest) => return besides(*rest),
        Note::Elsewhere(at) => format!("no negotiation has {at}: that it was captured there says nothing"),
        Note::Opposite { peers: [one, other], cookies: [first, second] } => format!(
            "{one} and {other} began at the same time from opposite ends ({first} and {second}): judged separately"
        ),
        Note::Several { peers: [one, other], count } => {
            format!("{count} negotiations between {one} and {other}: a retry or a rekey each")
        }
        Note::More(count) => format!("{count} more notes of this kind"),
    }]
}

fn breach(how: &Breach) -> String {
    match how {
        Breach::Reason(reason) => reasons::reason(reason),
        Breach::Proposals(count) => {
            format!("{count} Proposal payloads in the SA payload, where phase 1 has one")
        }
    }
}

/// What became of the exchanges under the SA, outside the verdict.
fn behind(silent: bool, transactions: usize) -> String {
    let mut parts = Vec::new();
    if silent {
        parts.push("the responder answers none of it, so it may never have accepted AM3".into());
    }
    if transactions > 0 {
        let count = plural(transactions as u64, "message");
        parts.push(format!("{count} of Transaction exchanges (XAUTH, Mode Config)"));
    }
    format!("after phase 1, not part of the verdict: {}", parts.join("; "))
}

/// What a given key proves.
fn proved(proof: &Proof) -> String {
    if proof.hashes.is_empty() {
        return format!(
            "the key of {} could not be checked: Aggressive Mode, or a key line for Main Mode, is needed",
            proof.name
        );
    }
    let one = |(role, frame, equal): &(Role, Frame, bool)| {
        format!("frame {frame}: the {role}'s HASH {}", if *equal { "verified" } else { "wrong" })
    };
    let each: Vec<String> = proof.hashes.iter().map(one).collect();
    format!("the key of {}: {}", proof.name, each.join("; "))
}

fn holds(opened: &Opened) -> String {
    let mut holds: Vec<String> = opened.notifies.iter().map(ToString::to_string).collect();
    holds.extend(opened.deletes.then(|| "a Delete".to_owned()));
    if holds.is_empty() {
        holds.push("neither a notify nor a Delete".into());
    }
    let holds = holds.join(", ");
    format!("frame {}: the key opens the {}'s Informational: {holds}", opened.frame, opened.sender)
}

/// What the captures hold besides IKEv1.
fn besides(besides: Besides) -> Vec<String> {
    let counts = [
        (besides.version_2, "message", "of IKEv2, which is judged by other rules: left alone"),
        (besides.esp, "datagram", "of UDP 4500: ESP or keepalives"),
        (besides.unreadable, "datagram", "of IKE's ports: no IKE message"),
        (
            besides.cut,
            "datagram",
            "of IKE's ports cut before they can be read: capture whole frames, as `tcpdump -s 0` does",
        ),
        (besides.unread, "frame", "not read"),
        (besides.icmp, "ICMP error", "about IKE messages that were not captured"),
    ];
    let some = counts.into_iter().filter(|(number, ..)| *number > 0);
    some.map(|(number, noun, what)| format!("{} {what}", plural(number, noun))).collect()
}
