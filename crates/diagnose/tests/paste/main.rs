//! Pastes, below the binary: what is read out of lines, and what follows from it.

#![cfg(test)]

mod behind;
mod ends;
mod kinds;
mod lone;
mod mends;
mod phase_1;
mod phase_2;
mod stories;
mod values;

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
/// responder are, the first suspects with how well each is known (`!` said, `=` follows, `?` fits) and its lines, and
/// what is noted beside.
fn told(story: &Story) -> String {
    let state = |state: Option<Option<State>>| state.map_or("?", sim::state_name);
    let suspects = story.suspects.iter().take(5).map(|suspect| {
        let mark = match suspect.certainty {
            Certainty::Said => '!',
            Certainty::Follows => '=',
            Certainty::Fits => '?',
        };
        let lines: Vec<String> = suspect.lines.iter().map(usize::to_string).collect();
        format!("{}{mark}{}", suspect.issue.name(), lines.join("+"))
    });
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
        "{} {mode} {}/{} {}|{} [{}]{noted}",
        story.role.map_or("?", Role::name),
        story.phase1.name(),
        story.phase2.name(),
        state(story.states.initiator),
        state(story.states.responder),
        suspects.collect::<Vec<_>>().join(" ")
    )
}

/// Blocks of lines, a blank line between them: each tells one story, and of it what stands behind `=> `; `# ` is a remark.
#[track_caller]
fn tells(cases: &str) {
    for case in cases.trim().split("\n\n") {
        let lines: Vec<&str> = case.lines().filter(|line| !line.starts_with("# ")).collect();
        let (expected, lines) = lines.split_last().unwrap();
        assert_eq!(told(&only(&lines.join("\n"))), expected.trim_start_matches("=> "), "{case}");
    }
}
