//! Whose device it probably is: by its vendor ids, else by when it resends.

use std::time::Duration;

use ike::profile::VendorId;
use ike::{Commands, MessageName, Profile, Role};
use isakmp::{Cookie, CookiePair, PayloadType};

use super::frame::{Frame, What};
use super::negotiation::{Emission, Negotiation};

/// A guess, and what it rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vendor {
    /// Product or family.
    pub name: &'static str,
    /// The profile that behaves like it, if one does.
    pub profile: Option<&'static Profile>,
    /// Its grounds.
    pub because: Because,
}

/// What a guess rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Because {
    /// A vendor id in this frame.
    Id(Frame),
    /// One made of the cookies, in this frame.
    CookieId(Frame),
    /// The vendor ids in these frames together.
    Ids(Vec<Frame>),
    /// When it resends, since the first sending.
    Resends(Vec<Duration>),
}

/// The guess for one side.
pub fn vendor(negotiation: &Negotiation<'_>, role: Role) -> Option<Vendor> {
    let ids: Vec<(Frame, MessageName, Vec<Vec<u8>>)> = announced(negotiation, role);
    let all = || ids.iter().flat_map(|(frame, _, ids)| ids.iter().map(move |id| (frame, id)));
    let other = ::vendor::ids().find_map(|(start, name)| {
        let (frame, _) = all().find(|(_, id)| id.starts_with(start))?;
        Some(Vendor {
            name,
            // The one of them whose behaviour is known here.
            profile: vendor::profile::from_name("strongswan").filter(|_| name == "strongSwan"),
            because: Because::Id(*frame),
        })
    });
    let cisco = || {
        let (frame, _) = all().find(|(_, id)| is_ciscos(id, negotiation.cookies))?;
        let because = Because::CookieId(*frame);
        let known = by_ids(&ids).filter(|guess| guess.profile.is_some_and(is_cisco));
        Some(known.unwrap_or(Vendor { name: "Cisco", profile: None, because }))
    };
    // The telltale ids first: such products send common ids too, which would count for a profile.
    other.or_else(cisco).or_else(|| by_ids(&ids)).or_else(|| by_schedule(negotiation, role))
}

fn is_cisco(profile: &Profile) -> bool {
    matches!(profile.commands, Commands::Asa | Commands::Ios)
}

/// Bytes 4 to 7 of one id of Cisco's are those of a cookie, xor 00 01 00 00.
fn is_ciscos(id: &[u8], cookies: CookiePair) -> bool {
    let made_of = |cookie: Cookie| {
        let Some(part) = cookie.0.last_chunk::<4>().filter(|_| !cookie.is_zero()) else { return false };
        let [a, b, c, d] = *part;
        id.get(4..8) == Some(&[a, b ^ 1, c, d])
    };
    id.len() == 16 && (made_of(cookies.initiator) || made_of(cookies.responder))
}

/// Vendor ids of each message in clear: frame, message, bodies.
fn announced(negotiation: &Negotiation<'_>, role: Role) -> Vec<(Frame, MessageName, Vec<Vec<u8>>)> {
    let own = negotiation.emissions.iter().filter(|one| one.sender == role && one.repeats.is_none());
    let with_ids = own.filter_map(|one| {
        let (name, sight) = (one.what.phase_1()?, one.sight()?);
        let ids = sight.payloads().into_iter().filter(|payload| payload.kind == PayloadType::VID);
        Some((one.frame(), name, ids.map(|payload| payload.body).collect()))
    });
    with_ids.collect()
}

/// The profile whose vendor ids come nearest.
fn by_ids(ids: &[(Frame, MessageName, Vec<Vec<u8>>)]) -> Option<Vendor> {
    let mut scored: Vec<(i32, &'static Profile)> = vendor::profile::of_devices()
        .map(|profile| (ids.iter().map(|(_, name, seen)| score(profile, *name, seen)).sum(), profile))
        .collect();
    scored.sort_by_key(|(score, _)| -score);
    match scored.as_slice() {
        // A tie names nobody: with a wrong vendor the right runs would not be tried.
        [(best, profile), (second, _), ..] if *best > 0 && best > second && says_so(profile, ids) => {
            let frames = ids.iter().filter(|(.., seen)| !seen.is_empty()).map(|(frame, ..)| *frame);
            let because = Because::Ids(frames.collect());
            Some(Vendor { name: profile.title, profile: Some(profile), because })
        }
        _ => None,
    }
}

/// Some message has exactly the ids that the product sends in it, or the mark that no other product sends: the ids of
/// extensions that everybody announces say nothing by themselves.
fn says_so(profile: &Profile, ids: &[(Frame, MessageName, Vec<Vec<u8>>)]) -> bool {
    let named = |name: MessageName, seen: &[Vec<u8>]| {
        let all = list(profile, name);
        let nat = all.iter().any(|id| id.nat_traversal && seen.iter().any(|body| body == id.bytes));
        let wanted = all.iter().filter(|id| nat || !id.nat_traversal);
        let known = |body: &Vec<u8>| all.iter().any(|id| body == id.bytes);
        let whole = wanted.clone().count() > 1
            && wanted.clone().all(|id| seen.iter().any(|body| body == id.bytes))
            && seen.iter().filter(|body| !known(body)).count() <= 1;
        // One extension may be switched off.
        let all_but_one = seen.len() > 2 && seen.len() + 1 >= all.len() && seen.iter().all(known);
        whole || all_but_one || all.iter().any(|id| is_mark(id) && seen.iter().any(|body| body == id.bytes))
    };
    ids.iter().any(|(_, name, seen)| named(*name, seen))
}

/// One profile alone sends it.
fn is_mark(id: &VendorId) -> bool {
    let sends = |profile: &&Profile| {
        let lists = profile.vendor_ids.value;
        [lists.first, lists.second, lists.key_exchange].into_iter().flatten().any(|own| own.bytes == id.bytes)
    };
    vendor::profile::all().filter(sends).count() == 1 && !id.nat_traversal && !id.name.starts_with("Frag")
}

/// The ids that a product puts into a message.
fn list(profile: &Profile, name: MessageName) -> &'static [VendorId] {
    let lists = profile.vendor_ids.value;
    match name {
        MessageName::MSG1 | MessageName::AM1 => lists.first,
        MessageName::MSG2 | MessageName::AM2 => lists.second,
        MessageName::MSG3 | MessageName::MSG4 => lists.key_exchange,
        _ => &[],
    }
}

/// What is there speaks for a profile, what is missing or too much against it.
fn score(profile: &Profile, name: MessageName, seen: &[Vec<u8>]) -> i32 {
    let list = list(profile, name);
    // Where NAT-T is switched off its ids are not sent: their absence speaks against nobody.
    let nat = list.iter().any(|id| id.nat_traversal && seen.iter().any(|body| body == id.bytes));
    let wanted: Vec<&VendorId> = list.iter().filter(|id| nat || !id.nat_traversal).collect();
    let hits = wanted.iter().filter(|id| seen.iter().any(|body| body == id.bytes)).count();
    let missing = wanted.len() - hits;
    let extra = seen.len().saturating_sub(hits);
    let points = |count: usize, each: i32| i32::try_from(count).unwrap_or(0).saturating_mul(each);
    points(hits, 2) - points(missing, 2) - points(extra, 1)
}

/// By the times of the resends of the message that was repeated most.
fn by_schedule(negotiation: &Negotiation<'_>, role: Role) -> Option<Vendor> {
    let (what, times) = schedule(negotiation, role)?;
    let last = times.last().copied().unwrap_or_default();
    // Two intervals are like many a device's; a whole schedule, and silence behind it, is one device's.
    let ended = negotiation.watched > last * 3;
    let fits = |planned: &[u64]| {
        let enough = times.len() >= 3 || (ended && times.len() == planned.len() && times.len() >= 2);
        enough
            && planned.len() >= times.len()
            && planned.iter().zip(&times).all(|(planned, seen)| near(*planned, *seen))
    };
    let mut profiles = vendor::profile::of_devices().filter(|profile| {
        let schedule = what.phase_1().and_then(|name| profile.timers.value.schedule(name));
        schedule.is_some_and(|schedule| fits(schedule.resends))
    });
    if let (Some(profile), None) = (profiles.next(), profiles.next()) {
        let because = Because::Resends(times);
        return Some(Vendor { name: profile.title, profile: Some(profile), because });
    }
    let mut others = ::vendor::schedules().filter(|(planned, _)| fits(planned));
    let other = others.next().filter(|_| others.next().is_none());
    let name = other.map(|(_, name)| name)?;
    Some(Vendor { name, profile: None, because: Because::Resends(times) })
}

/// The message of a side that was repeated most, and when, counted from its first sending.
pub fn schedule(negotiation: &Negotiation<'_>, role: Role) -> Option<(What, Vec<Duration>)> {
    let emissions = &negotiation.emissions;
    let repeats = |position: usize| -> Vec<Duration> {
        let first = emissions.get(position).map_or(Duration::ZERO, Emission::at);
        let copies = emissions.iter().filter(|one| one.repeats == Some(position) && one.sender == role);
        copies.map(|one| one.at().saturating_sub(first)).collect()
    };
    let own = emissions.iter().enumerate().filter(|(_, one)| one.sender == role);
    let own = own.filter(|(_, one)| matches!(one.what, What::Phase1(_)));
    let best =
        own.map(|(position, one)| (one.what, repeats(position))).max_by_key(|(_, times)| times.len())?;
    (!best.1.is_empty()).then_some(best)
}

fn near(planned: u64, seen: Duration) -> bool {
    let seen = u64::try_from(seen.as_millis()).unwrap_or(u64::MAX);
    // Devices' clocks tick coarsely, and the path adds a delay of its own.
    planned.abs_diff(seen) <= 300 + planned / 20
}
