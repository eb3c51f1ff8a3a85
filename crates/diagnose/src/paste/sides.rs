//! Two devices' stories of the same negotiation, told as one.

use super::story::{Phase, Story};

/// The stories of every text: those of two texts that are about each other become one. Failing ones first.
pub(super) fn together(each: Vec<Vec<Story>>) -> Vec<Story> {
    let mut stories: Vec<Story> = Vec::new();
    for of_text in each {
        let known = stories.len();
        for story in of_text {
            // With texts before this one alone: a device does not log its peer's part.
            let other = stories.iter_mut().take(known).find(|other| !other.both && are_one(other, &story));
            match other {
                Some(other) => *other = one(other.clone(), story),
                None => stories.push(story),
            }
        }
    }
    stories.sort_by_key(weight);
    stories
}

fn weight(story: &Story) -> (bool, u8, bool) {
    let certainty = story.suspects.first().map_or(3, |suspect| suspect.certainty as u8);
    (story.is_healthy(), certainty, story.phase1 == Phase::None)
}

/// One plays the other's part, and neither knows the peer by another address.
fn are_one(one: &Story, other: &Story) -> bool {
    let roles = one.role.zip(other.role).is_none_or(|(one, other)| one != other);
    let meet = |a: &Story, b: &Story| a.peer.zip(b.local).is_none_or(|(peer, local)| peer == local);
    // A row of a table that both have, and none says which is which.
    let row = one.role.is_none() && (one.local, one.peer) == (other.local, other.peer) && one.local.is_some();
    row || roles && meet(one, other) && meet(other, one)
}

/// The better known cause counts; each side's state is its own word.
fn one(one: Story, other: Story) -> Story {
    let (mut first, second) = if weight(&other) < weight(&one) { (other, one) } else { (one, other) };
    if let Some(role) = second.role {
        first.states[role] = second.states[role].or(first.states[role]);
    }
    let decided = first.suspects.first().is_some_and(|suspect| suspect.certainty < super::Certainty::Fits);
    if !decided {
        for suspect in second.suspects {
            if !first.suspects.iter().any(|known| known.issue == suspect.issue) {
                first.suspects.push(suspect);
            }
        }
    }
    first.peer = first.peer.or(second.local);
    first.local = first.local.or(second.peer);
    first.shows.extend(second.shows);
    // The other side was read: nothing of it has to be supposed.
    first.supposed = false;
    first.both = true;
    if first.phase2 == Phase::None {
        first.phase2 = second.phase2;
    }
    first
}
