//! Whose device it is taken for: by what a message announces, and by when it is sent again.

use std::collections::HashSet;
use std::time::Duration;

use capture::Datagram;
use diagnose::captures::{GivenKeys, Judge};
use isakmp::{Body, Cookie, CookiePair, Header, Message, Payload, PayloadType};

use crate::taken::{I, Taken, file, sides, taken};
use crate::told;

const PROFILES: [&str; 5] = ["asa", "ios", "strongswan", "libreswan", "generic"];

/// A message in clear with its vendor ids changed.
fn with_ids(datagram: &Datagram, change: impl FnOnce(&mut Vec<Payload>)) -> Datagram {
    let message = Message::decode(&datagram.payload).unwrap();
    let Body::Clear(payloads) = message.body else { return datagram.clone() };
    let (mut ids, mut others): (Vec<_>, Vec<_>) =
        payloads.into_iter().partition(|payload| payload.kind == PayloadType::VID);
    change(&mut ids);
    others.extend(ids);
    let Header { cookies, exchange, flags, message_id, .. } = message.header;
    let payload = Message::clear(cookies, exchange, flags, message_id, others).encode();
    Datagram { payload, ..datagram.clone() }
}

/// Both sides, as the judge takes them for.
fn taken_for(judge: &mut Judge, datagrams: Vec<Datagram>, last: Duration) -> String {
    let captures = [file(datagrams, last)];
    let findings = judge.judge(&captures, &GivenKeys::default());
    assert_eq!(findings.judgements.len(), 1);
    let sides = &findings.judgements[0].sides;
    sides
        .as_ref()
        .map(|side| side.vendor.as_ref().map_or_else(|| "?".to_owned(), told::vendor))
        .into_array()
        .join(" / ")
}

fn id(body: &[u8]) -> Payload {
    Payload::new(PayloadType::VID, body.to_vec())
}

/// The one that a Cisco device makes of a cookie: bytes 4 to 7 are the cookie's last, and a bit is turned.
fn of_cookie(cookie: Cookie) -> Payload {
    let [.., a, b, c, d] = cookie.0;
    id(&[&[9; 4][..], &[a, b ^ 1, c, d], &[7; 8]].concat())
}

/// The ids of one message, changed in every way that there is; no other message has any.
fn ways(ids: &[Payload], cookies: CookiePair) -> Vec<(String, Vec<Payload>)> {
    let mut all = vec![("all".to_owned(), ids.to_vec()), ("none".to_owned(), Vec::new())];
    for n in 0..ids.len() {
        let mut fewer = ids.to_vec();
        let one = fewer.remove(n);
        all.push((format!("without {n}"), fewer));
        all.push((format!("{n} alone"), vec![one]));
    }
    for (name, more) in [("one foreign", 1), ("two foreign", 2)] {
        let foreign = (0..more).map(|n| id(&[0x99, n, 1, 2, 3, 4, 5, 6]));
        all.push((name.to_owned(), ids.iter().cloned().chain(foreign).collect()));
    }
    for (name, cookie) in [("the initiator's", cookies.initiator), ("the responder's", cookies.responder)] {
        all.push((format!("{name} cookie's"), vec![of_cookie(cookie)]));
        all.push((format!("all and {name} cookie's"), [ids, &[of_cookie(cookie)]].concat()));
    }
    all
}

#[test]
fn what_a_message_announces() {
    let mut judge = Judge::default();
    let mut rows: Vec<String> = Vec::new();
    for (profile, mode) in
        PROFILES.iter().flat_map(|profile| ["main", "aggressive"].map(|mode| (profile, mode)))
    {
        let all = Taken { count: 4, ..taken(format!("mode = '{mode}'\n{}", sides(profile, profile))) };
        let all = all.captures().0.remove(0).datagrams;
        for number in 0..if mode == "main" { 4 } else { 2 } {
            let mut ids = Vec::new();
            with_ids(&all[number], |own| ids.clone_from(own));
            rows.push(format!("{profile} {mode}, message {}", number + 1));
            for (way, ids) in ways(&ids, Header::decode(&all[number].payload).unwrap().cookies) {
                let bare = (0..).zip(&all).map(|(n, one)| {
                    with_ids(one, |own| *own = if n == number { ids.clone() } else { Vec::new() })
                });
                let name = taken_for(&mut judge, bare.collect(), Duration::from_secs(1));
                match rows
                    .last_mut()
                    .and_then(|row| row.strip_suffix(&format!(": {name}")).map(str::to_owned))
                {
                    Some(row) => *rows.last_mut().unwrap() = format!("{row}, {way}: {name}"),
                    None => rows.push(format!("  {way}: {name}")),
                }
            }
        }
    }
    told::compare("announced.txt", &rows);
}

/// Ids that name their product, beside an ASA's own and alone.
#[test]
fn what_names_its_product() {
    let mut judge = Judge::default();
    let first = taken("").captures().0.remove(0).datagrams.remove(0);
    let mut seen = HashSet::new();
    let mut rows = Vec::new();
    for (start, name) in vendor::ids() {
        let mut of = |own: bool| {
            let one = with_ids(&first, |ids| {
                ids.retain(|_| own);
                ids.push(id(&[start, &[0; 3]].concat()));
            });
            taken_for(&mut judge, vec![one], Duration::from_secs(1))
        };
        if seen.insert(name) {
            rows.push(format!("{name}: {} | {}", of(false), of(true)));
        }
    }
    told::compare("named.txt", &rows);
}

/// The first message without a vendor id, sent again at these milliseconds.
fn again(times: &[u64], watched: Duration) -> (Vec<Datagram>, Duration) {
    let first = taken("").captures().0.remove(0).datagrams.remove(0);
    let first = with_ids(&first, Vec::clear);
    let copy = |after: u64| Datagram { at: first.at + Duration::from_millis(after), ..first.clone() };
    let all: Vec<Datagram> = std::iter::once(0).chain(times.iter().copied()).map(copy).collect();
    let last = all.last().unwrap().at + watched;
    (all, last)
}

/// A whole schedule, with silence behind it and without; three of it; and two.
#[test]
fn when_a_message_is_sent_again() {
    let mut judge = Judge::default();
    let mut rows = Vec::new();
    let of_profiles = vendor::profile::of_devices().filter_map(|profile| {
        let schedule = profile.timers.value.schedule(ike::MessageName::MSG1)?;
        Some((schedule.resends, profile.title))
    });
    for (times, name) in of_profiles.chain(vendor::schedules()) {
        let mut row = format!("{name} {times:?}:");
        for (times, silence) in
            [(times, 1), (times, 4), (&times[..times.len().min(3)], 1), (&times[..times.len().min(2)], 4)]
        {
            let watched = Duration::from_millis(times.last().copied().unwrap_or(1000)) * silence;
            let (all, last) = again(times, watched);
            row += &format!(" | {}", taken_for(&mut judge, all, last));
        }
        rows.push(row);
    }
    told::compare("resends.txt", &rows);
}

/// 300 ms and a twentieth of the time that was planned: clocks and paths.
#[test]
fn how_exact_a_resend_has_to_be() {
    let mut judge = Judge::default();
    let mut of = |times: [u64; 3]| {
        let (all, last) = again(&times, Duration::from_secs(1));
        taken_for(&mut judge, all, last).starts_with("asa")
    };
    assert!(of([8000, 16_000, 24_000]));
    for (late, fits) in [(700, true), (701, false)] {
        assert_eq!(
            (of([8000 + late, 16_000, 24_000]), of([8000 - late, 16_000, 24_000])),
            (fits, fits),
            "{late}"
        );
    }
    for (late, fits) in [(1500, true), (1501, false)] {
        assert_eq!(of([8000, 16_000, 24_000 + late]), fits, "{late}");
    }
    // Two are a schedule where nothing follows for twice as long again.
    for (silence, name) in [(36_000, "?"), (36_001, "FortiGate")] {
        let (all, last) = again(&[6000, 18_000], Duration::from_millis(silence));
        assert!(taken_for(&mut judge, all, last).starts_with(name), "{silence}");
    }
    // The side that sends again is the one that is known by it.
    let (mut all, last) = again(&[8000, 16_000, 24_000], Duration::from_secs(1));
    all.iter_mut().for_each(|one| std::mem::swap(&mut one.from, &mut one.to));
    assert_eq!(all[0].from.ip(), taken("").captures().0[0].datagrams[1].from.ip());
    let name = taken_for(&mut Judge::default(), all, last);
    assert!(name.starts_with("asa") && name.ends_with("/ ?"), "{I} is who begins: {name}");
}
