//! Pastes, below the binary: what is read out of lines, and what follows from it.

#![cfg(test)]

mod behind;
mod both;
mod ends;
mod kinds;
mod lone;
mod mends;
mod notifies;
mod phase_1;
mod phase_2;
mod sorting;
mod stories;
mod tables;
mod values;
mod vendors;

use diagnose::paste::{Certainty, Story, read};
use ike::{Mode, Role, State};

/// The one story of a text.
#[track_caller]
fn only(text: &str) -> Story {
    let mut stories = read(&[text]).stories;
    assert_eq!(stories.len(), 1, "{text}\n{stories:#?}");
    stories.remove(0)
}

fn issues(story: &Story) -> Vec<&'static str> {
    story.suspects.iter().map(|suspect| suspect.issue.name()).collect()
}

/// What is concluded of a story, on one line: the role, the mode, how far each phase came, where the initiator and the
/// responder are, the first suspects with how well each is known (`!` said, `=` follows, `?` fits) and its lines, how many
/// others there are, the lines that show how far it came, and what is noted beside.
fn told(story: &Story) -> String {
    let state = |state: Option<Option<State>>| state.map_or("?", sim::state_name);
    let numbers = |lines: &[usize]| lines.iter().map(usize::to_string).collect::<Vec<_>>().join("+");
    let mut suspects: Vec<String> = story
        .suspects
        .iter()
        .take(5)
        .map(|suspect| {
            let mark = match suspect.certainty {
                Certainty::Said => '!',
                Certainty::Follows => '=',
                Certainty::Fits => '?',
            };
            format!("{}{mark}{}", suspect.issue.name(), numbers(&suspect.lines))
        })
        .collect();
    suspects
        .extend(story.suspects.len().checked_sub(5).filter(|more| *more > 0).map(|more| format!("+{more}")));
    let shows =
        if story.shows.is_empty() { String::new() } else { format!(" shows {}", numbers(&story.shows)) };
    let attempts = if story.attempts == 1 { String::new() } else { format!(" x{}", story.attempts) };
    let noted = [
        (story.ikev2, "ikev2"),
        (story.xauth, "xauth"),
        (story.xauth_waits, "xauth-waits"),
        (story.no_ike, "no-ike"),
        (story.no_sa, "no-sa"),
        (story.refused_before, "refused-before"),
        (story.both, "both"),
        (story.supposed, "supposed"),
        (story.is_healthy(), "healthy"),
    ];
    let noted =
        noted.into_iter().filter(|(is, _)| *is).map(|(_, word)| format!(" {word}")).collect::<String>();
    let mode = story.mode.map_or("?", |mode| if mode == Mode::Main { "main" } else { "aggressive" });
    format!(
        "{} {mode} {}/{} {}|{} [{}]{shows}{attempts}{noted}",
        story.role.map_or("?", Role::name),
        story.phase1.name(),
        story.phase2.name(),
        state(story.states.initiator),
        state(story.states.responder),
        suspects.join(" ")
    )
}

/// Whose story it is, with whom, and what its device calls it.
fn whose(story: &Story) -> String {
    let address =
        |address: Option<std::net::IpAddr>| address.map_or("?".into(), |address| address.to_string());
    let name = story.connection.as_deref().unwrap_or("?");
    format!("{} {}>{} {name}", story.device.about().name, address(story.local), address(story.peer))
}

/// Blocks of lines, a blank line between them, with what each tells: a line behind `=> ` for each of its stories, those
/// behind `=@ ` with whose it is. `-----` parts two texts, `# ` is a remark.
#[track_caller]
fn tells(cases: &str) {
    for case in cases.trim().split("\n\n") {
        let is_expected = |line: &&str| line.starts_with("=> ") || line.starts_with("=@ ");
        let lines = case.lines().filter(|line| !line.starts_with("# "));
        let (expected, lines): (Vec<&str>, Vec<&str>) = lines.partition(is_expected);
        let text = lines.join("\n");
        let stories = read(&text.split("\n-----\n").collect::<Vec<_>>()).stories;
        let found =
            stories.iter().zip(&expected).map(|(story, expected)| match expected.starts_with("=@ ") {
                true => format!("=@ {}: {}", whose(story), told(story)),
                false => format!("=> {}", told(story)),
            });
        assert_eq!(found.collect::<Vec<_>>(), expected, "{case}");
        assert_eq!(stories.len(), expected.len(), "{case}\n{stories:#?}");
    }
}
