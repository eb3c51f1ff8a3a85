//! Two devices' stories of the same negotiation, told as one.

use std::mem::swap;

use ike::Role;

use super::story::{Phase, Story};

/// The stories of every text: those of two texts that are about each other become one. Failing ones first.
pub(super) fn together(each: Vec<Vec<Story>>) -> Vec<Story> {
    let mut stories: Vec<Story> = Vec::new();
    for of_text in each {
        let known = stories.len();
        for mut story in of_text {
            // With texts before this one alone: a device does not log its peer's part.
            let mut others = stories.iter_mut().take(known).filter(|other| !other.both);
            match others.find_map(|other| meet(other, &mut story).then_some(other)) {
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

/// Whether they are about each other. A row of which nobody knows whose it is may be the called one's: it is turned then.
fn meet(one: &mut Story, other: &mut Story) -> bool {
    if are_one(one, other) {
        return true;
    }
    // The later first: what was told before keeps its ends.
    for row in [1, 0] {
        let story = if row == 0 { &mut *one } else { &mut *other };
        if story.role.is_some() || story.standing[Role::Initiator].is_none() {
            continue;
        }
        swap(&mut story.local, &mut story.peer);
        if are_one(one, other) {
            return true;
        }
        let story = if row == 0 { &mut *one } else { &mut *other };
        swap(&mut story.local, &mut story.peer);
    }
    false
}

/// One plays the other's part, and neither knows the peer by another address.
fn are_one(one: &Story, other: &Story) -> bool {
    let roles = one.role.zip(other.role).is_none_or(|(one, other)| one != other);
    let meet = |a: &Story, b: &Story| a.peer.zip(b.local).is_none_or(|(peer, local)| peer == local);
    roles && meet(one, other) && meet(other, one)
}

/// The better known cause counts; each side's state is its own word.
fn one(one: Story, other: Story) -> Story {
    let (mut first, mut second) = if weight(&other) < weight(&one) { (other, one) } else { (one, other) };
    play(&mut first, second.role.map(Role::other));
    play(&mut second, first.role.map(Role::other));
    if let Some(role) = second.role {
        first.states[role] = second.states[role].or(first.states[role]);
    } else if first.role.is_none() && first.standing == second.standing {
        // Two devices in one state that has two meanings: one is in each.
        first.states = first.standing.map(|state| state.map(Some));
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

/// Whose part is not known plays the one that the other leaves; its row has a state for that.
fn play(story: &mut Story, role: Option<Role>) {
    let Some(role) = role.filter(|_| story.role.is_none()) else { return };
    story.role = Some(role);
    if let Some(state) = story.standing[role] {
        story.states[role] = Some(Some(state));
    }
}
