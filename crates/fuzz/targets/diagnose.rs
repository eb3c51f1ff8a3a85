//! A capture and edits of its frames: their order, times, ports, directions, places and bytes, ICMP errors about them, a
//! second file. Whatever comes of it is judged, twice alike, and written in every format.

#![no_main]

use std::cell::RefCell;
use std::time::Duration;

use capture::{Capture, Datagram, Unreachable, Unreached};
use diagnose::captures::{Findings, GivenKeys, Judge};
use libfuzzer_sys::fuzz_target;

thread_local! {
    /// The engine's runs are made once: what is fuzzed is what is made of captures.
    static JUDGE: RefCell<Judge> = RefCell::default();
}

fuzz_target!(|bytes: &[u8]| {
    let Some((count, rest)) = bytes.split_first() else { return };
    let (edits, file) = rest.split_at(rest.len().min(usize::from(*count) * EDIT));
    let Ok(mut capture) = capture::read(file) else { return };
    // One negotiation is a few frames; a thousand of them are no new kind of input.
    if file.starts_with(&[0x1f, 0x8b]) || capture.datagrams.len() > 200 {
        return;
    }
    let mut other = Capture::default();
    for edit in edits.chunks_exact(EDIT) {
        apply(edit, &mut capture, &mut other);
    }
    let files =
        if other.frames > 0 { vec![finished(capture), finished(other)] } else { vec![finished(capture)] };
    JUDGE.with_borrow_mut(|judge| {
        let said = [(); 2].map(|()| {
            let findings = judge.judge(&files, &GivenKeys::default());
            check(&findings);
            written(&findings, &files)
        });
        assert_eq!(said[0], said[1]);
    });
});

/// What, which frame, and three numbers.
const EDIT: usize = 5;

fn apply(edit: &[u8], capture: &mut Capture, other: &mut Capture) {
    let &[what, which, a, b, c] = edit else { return };
    let count = capture.datagrams.len();
    let Some(at) = usize::from(which).checked_rem(count) else { return };
    let wide = u16::from_be_bytes([a, b]);
    let datagrams = &mut capture.datagrams;
    match what % 13 {
        0 => {
            let to = usize::from(a) % count;
            let (one, two) = (datagrams[at].at, datagrams[to].at);
            datagrams.swap(at, to);
            (datagrams[at].at, datagrams[to].at) = (one, two);
        }
        1 => datagrams[at].at += Duration::from_millis(u64::from(wide) << (c % 8)),
        2 => datagrams[at].at = datagrams[at].at.saturating_sub(Duration::from_millis(wide.into())),
        3 => datagrams[at].from.set_port(port(c, wide)),
        4 => datagrams[at].to.set_port(port(c, wide)),
        5 => {
            let again = Datagram {
                at: datagrams[at].at + Duration::from_millis(wide.into()),
                ..datagrams[at].clone()
            };
            datagrams.push(again);
        }
        6 => drop(datagrams.remove(at)),
        7 => {
            let one = &mut datagrams[at];
            (one.from, one.to) = (one.to, one.from);
        }
        8 => {
            if let Some(byte) = datagrams[at].payload.get_mut(usize::from(wide)) {
                *byte ^= 1 << (c % 8);
            }
        }
        9 => {
            datagrams[at].payload.truncate(wide.into());
            datagrams[at].cut = c % 2 == 0;
        }
        10 => datagrams[at].interface = u32::from(a % 3),
        11 => capture.unreachables.push(refused(&datagrams[at], a, b, c)),
        _ => {
            other.datagrams.push(datagrams.remove(at));
            other.frames += 1;
        }
    }
}

fn port(choice: u8, number: u16) -> u16 {
    [500, 4500, number][usize::from(choice % 3)]
}

fn refused(datagram: &Datagram, what: u8, quoted: u8, later: u8) -> Unreachable {
    const WHAT: [Unreached; 4] =
        [Unreached::Port, Unreached::Host, Unreached::Network, Unreached::Prohibited];
    let by = if what < 128 { datagram.to.ip() } else { datagram.from.ip() };
    Unreachable {
        frame: datagram.frame,
        interface: datagram.interface,
        at: datagram.at + Duration::from_millis(later.into()),
        by,
        what: WHAT[usize::from(what % 4)],
        about: (datagram.from, datagram.to),
        quoted: datagram.payload.iter().take(quoted.into()).copied().collect(),
    }
}

/// The end of the watch is the last frame's time.
fn finished(mut capture: Capture) -> Capture {
    let last = capture.datagrams.iter().map(|datagram| datagram.at).max();
    capture.last = capture.last.max(last.unwrap_or_default());
    capture
}

fn check(findings: &Findings<'_>) {
    let alike: usize = findings.judgements.iter().map(|judgement| judgement.alike.len()).sum();
    assert_eq!(findings.judgements.len() + alike, findings.found);
    for judgement in &findings.judgements {
        assert!(!judgement.negotiation.emissions.is_empty());
        for (rank, suspect) in (1..).zip(&judgement.causes) {
            assert_eq!(suspect.rank, rank);
            assert!(suspect.decides.as_ref().is_some_and(|one| !report::observation(one).is_empty()));
        }
        let mut named: Vec<_> = judgement.causes.iter().map(|suspect| suspect.cause).collect();
        named.sort();
        named.dedup();
        assert_eq!(named.len(), judgement.causes.len(), "a cause is named twice");
    }
}

fn written(findings: &Findings<'_>, files: &[Capture]) -> Vec<u8> {
    let names: Vec<String> = files.iter().enumerate().map(|(n, _)| format!("{n}.pcap")).collect();
    let mut text = Vec::new();
    let wide = report::Layout::WIDE;
    report::judged_text(findings, &names, files, wide, &mut text).expect("memory takes everything");
    let objects: Vec<String> = report::judged_json(findings, &names).map(|value| value.to_string()).collect();
    assert_eq!(objects.len(), findings.found);
    assert!(report::captured_page(findings, &names).ends_with("</html>\n"));
    text.extend(objects.concat().into_bytes());
    text
}
