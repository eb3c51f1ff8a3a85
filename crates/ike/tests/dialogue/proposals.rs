//! What is offered, what is chosen, and what may come back.

use ike::crypto::{Cipher, DhGroup};
use ike::{Authentication, Config, Mode, Policy};
use isakmp::{Attribute, AttributeType, Body, Message, SecurityAssociation, Transform};

use super::bodies::{offer, transform};
use super::host::{Host, config, policy};
use super::peer::{initiator, responder};

/// The policy's transform with one attribute changed.
fn changed(number: u8, kind: AttributeType, value: u16) -> Transform {
    let mut transform = transform(number);
    let place = transform.attributes.iter_mut().find(|attribute| attribute.kind == kind).unwrap();
    *place = Attribute::short(kind, value);
    transform
}

/// The SA payload of a message in clear.
fn sa(bytes: &[u8]) -> SecurityAssociation {
    let Body::Clear(payloads) = Message::decode(bytes).unwrap().body else { panic!("sealed") };
    SecurityAssociation::decode(&payloads[0].body).unwrap()
}

fn offers(mode: Mode, transforms: &[Transform]) -> Vec<u8> {
    let mut peer = initiator(mode);
    peer.sa = offer(transforms);
    peer.message(1)
}

// tests RFC 2409 5
// tests RFC 2408 5.4
#[test]
fn the_chosen_transform_comes_back_unchanged() {
    let mut second = transform(2);
    // Another lifetime, in another form: any will do, and it is the offer's that comes back.
    second.attributes[6] = Attribute::short(AttributeType::LIFE_DURATION, 3600);
    let offered = [changed(1, AttributeType::HASH, 1), second.clone(), transform(3)];
    for (mode, name) in [(Mode::Main, "MSG2"), (Mode::Aggressive, "AM2")] {
        let mut host = Host::new(config(mode));
        let answer = host.hears(&offers(mode, &offered));
        assert!(answer.has(&format!("sends {name}")));
        let reply = sa(&answer.message());
        assert_eq!(reply.proposals.len(), 1);
        assert_eq!((reply.proposals[0].number, &reply.proposals[0].transforms), (1, &vec![second.clone()]));
    }
}

/// Each side uses the smaller lifetime. Kilobytes are no seconds, whichever stands first.
// tests RFC 2409 A
#[test]
fn lifetimes() {
    let unit = |unit: u16| Attribute::short(AttributeType::LIFE_TYPE, unit);
    let long = |value: &[u8]| Attribute::long(AttributeType::LIFE_DURATION, value.to_vec());
    let short = |value: u16| Attribute::short(AttributeType::LIFE_DURATION, value);
    let cases = [
        (vec![unit(1), short(3600)], 3600),
        (vec![unit(1), long(&[0, 0, 0, 0, 0, 0, 14, 16])], 3600),
        (vec![unit(1), long(&[0, 2, 0, 0])], 86400),
        (vec![unit(1), long(&[255; 8])], 86400),
        (vec![unit(1), long(&[255; 9])], 86400),
        (vec![unit(2), short(100), unit(1), short(3600)], 3600),
        (vec![unit(1), short(3600), unit(2), short(100)], 3600),
        (vec![unit(2), short(100)], 86400),
        (vec![unit(1)], 86400),
        (vec![], 86400),
    ];
    for (life, seconds) in cases {
        let mut offered = transform(1);
        offered.attributes.truncate(5);
        offered.attributes.extend(life.clone());
        let mut host = Host::new(config(Mode::Main));
        assert_eq!(host.hears(&offers(Mode::Main, &[offered])).lifetime(), Some(seconds), "{life:?}");
    }
}

/// The responder's own order decides, not the offer's.
#[test]
fn the_responders_first_policy_wins() {
    let policies = vec![policy(10, Cipher::Aes128), policy(20, Cipher::Aes256)];
    let mut host = Host::new(Config { policies, ..config(Mode::Main) });
    let offered = [changed(1, AttributeType::KEY_LENGTH, 256), transform(2)];
    assert_eq!(sa(&host.hears(&offers(Mode::Main, &offered)).message()).proposals[0].transforms[0].number, 2);
}

// tests RFC 2408 5.4
#[test]
fn nothing_in_common() {
    let kinds = [
        (AttributeType::ENCRYPTION, 5),
        (AttributeType::KEY_LENGTH, 256),
        (AttributeType::HASH, 2),
        (AttributeType::GROUP, 14),
        (AttributeType::AUTHENTICATION, 3),
    ];
    for (mode, name) in [(Mode::Main, "MSG1"), (Mode::Aggressive, "AM1")] {
        for (kind, value) in kinds {
            let mut host = Host::new(config(mode));
            let refused = format!("refuses {name}: NoProposalChosen");
            let answer = host.hears(&offers(mode, &[changed(1, kind, value)]));
            answer.is(&[&refused, "sends N(NO_PROPOSAL_CHOSEN)"]);
        }
    }
}

/// A policy that wants signatures cannot be run, so it is never chosen.
#[test]
fn signatures_alone_in_common() {
    let signed = Policy { authentication: Authentication::RsaSig, ..policy(10, Cipher::Aes128) };
    let mut host = Host::new(Config { policies: vec![signed], ..config(Mode::Main) });
    let answer = host.hears(&offers(Mode::Main, &[changed(1, AttributeType::AUTHENTICATION, 3)]));
    answer.is(&["refuses MSG1: NoProposalChosen", "sends N(NO_PROPOSAL_CHOSEN)"]);
}

/// Nor taken by an initiator that could offer it, and no more.
#[test]
fn signatures_in_the_answer() {
    let signed = Policy { authentication: Authentication::RsaSig, ..policy(10, Cipher::Aes128) };
    let mut host = Host::new(Config { policies: vec![signed], ..config(Mode::Main) });
    let mut peer = responder(Mode::Main);
    host.talks(&mut peer, 2);
    host.hears(&peer.message(2)).drops("MSG2", "NotOffered");
}

// tests RFC 2409 5
#[test]
fn an_answer_that_was_not_offered() {
    for (mode, name) in [(Mode::Main, "MSG2"), (Mode::Aggressive, "AM2")] {
        let (mut host, mut peer) = (Host::new(config(mode)), responder(mode));
        host.talks(&mut peer, 2);
        let mut refused = |transforms: &[Transform]| {
            let mut other = peer.clone();
            other.sa = offer(transforms);
            host.hears(&other.message(2)).drops(name, "NotOffered");
        };
        refused(&[changed(1, AttributeType::KEY_LENGTH, 256)]);
        refused(&[changed(1, AttributeType::HASH, 2)]);
        refused(&[changed(1, AttributeType::GROUP, 19)]);
        refused(&[changed(1, AttributeType::AUTHENTICATION, 65001)]);
        refused(&[transform(1), transform(2)]);
        refused(&[]);
        assert!(host.turn(&mut peer, 2).has(&format!("accepts {name}")));
    }
}

/// The public value goes with AM1, so all that is offered has the first policy's group.
// tests RFC 2409 5
#[test]
fn am1_offers_one_group() {
    let other = Policy { group: DhGroup::Ecp256, ..policy(20, Cipher::Aes256) };
    let policies = vec![policy(10, Cipher::Aes128), other, policy(30, Cipher::TripleDes)];
    for (mode, numbers) in [(Mode::Main, vec![31, 19, 31]), (Mode::Aggressive, vec![31, 31])] {
        let mut host = Host::new(Config { policies: policies.clone(), ..config(mode) });
        let offered = sa(&host.initiates().message());
        assert_eq!(offered.proposals.len(), 1, "one proposal, many transforms");
        let groups = offered.proposals[0].transforms.iter().map(|transform| {
            let group = transform.attributes.iter().find(|attribute| attribute.kind == AttributeType::GROUP);
            group.and_then(Attribute::as_u64).unwrap()
        });
        assert_eq!(groups.collect::<Vec<_>>(), numbers);
    }
}
