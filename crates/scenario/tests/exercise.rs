//! `[lab]`: what makes an exercise of a scenario, and what is wrong with one.

#![cfg(test)]

use scenario::{Asked, Exercise, Level, Sees, View};
use sim::Cause;

const LAB: &str = "[lab]\ntitle = \"T\"\nsituation = \"S\"\nsees = \"initiator\"\n";
const QUESTION: &str = "[[lab.question]]\nid = \"cause\"\nkind = \"cause\"\ntext = \"Why?\"\n";

fn parse(text: &str) -> Exercise {
    Exercise::parse("x.toml", text).unwrap_or_else(|error| panic!("{}", error.render(false)))
}

#[test]
fn an_exercise_with_every_key() {
    let text = format!(
        "[lab]\ntitle = \"T\"\nsituation = \"S\"\ncourse = \"C\"\norder = 3\nlevel = \"hard\"\nsees = \"both\"\n\
         views = [\"logs\", \"show\"]\nat = \"20s\"\ndebrief = \"D\"\n\
         [[lab.hint]]\ntext = \"H\"\ncost = 2\n\
         {QUESTION}answers = [\"psk-mismatch\"]\nexcludes = [\"message-lost\"]\npoints = 3\nwhy = \"W\"\n\
         [[lab.question]]\nid = \"repair\"\nkind = \"repair\"\nof = \"responder\"\ntext = \"Mend it.\"\n\
         [[lab.variant]]\nkind = \"ike-disabled\"\n[[fault]]\nkind = \"psk-mismatch\"\n"
    );
    let exercise = parse(&text);
    let lab = &exercise.lab;
    assert_eq!((lab.order, lab.level, lab.sees), (3, Level::Hard, Sees::Both));
    assert_eq!(lab.views, [View::Show, View::Logs]);
    assert_eq!(exercise.points(), 4);
    assert_eq!(
        lab.questions[0].asked,
        Asked::Cause { answers: vec![Cause::PskMismatch], excludes: vec![Cause::MessageLost] }
    );
    // The variant's fault stands instead of the written one.
    assert_eq!(exercise.written.setup.faults[0].kind(), "psk-mismatch");
    assert_eq!(exercise.variants[0].setup.faults[0].kind(), "ike-disabled");
    assert_eq!(exercise.variants[0].setup.faults.len(), 1);
    // It runs as a scenario as well.
    assert_eq!(scenario::Scenario::parse("x.toml", &text).unwrap().setup, exercise.written.setup);
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    let question = |rest: &str| format!("{LAB}[[lab.question]]\nid = \"q\"\ntext = \"?\"\n{rest}");
    let cases = [
        (String::new(), None, "a scenario without [lab] is no exercise"),
        (LAB.into(), Some((1, 1)), "missing key `question`"),
        (format!("{LAB}{QUESTION}{QUESTION}"), Some((10, 6)), "question `cause` stands here twice"),
        (format!("{LAB}hints = 1\n{QUESTION}"), Some((5, 1)), "unknown key `hints`"),
        (
            format!("{}{QUESTION}", LAB.replace("initiator", "initator")),
            Some((4, 8)),
            "unknown side `initator`",
        ),
        (question("kind = \"caus\"\n"), Some((8, 8)), "unknown kind of question `caus`"),
        (question("kind = \"cause\"\nanswers = [\"psk\"]\n"), Some((9, 12)), "unknown cause `psk`"),
        (question("kind = \"state\"\n"), Some((8, 8)), "whose state is right is not said"),
        (question("kind = \"state\"\nanswers = [\"MM_WAIT\"]\n"), Some((9, 12)), "unknown state `MM_WAIT`"),
        (question("kind = \"value\"\n"), Some((8, 8)), "a question without an answer"),
        (question("kind = \"choice\"\nchoices = [\"a\"]\n"), Some((8, 8)), "a choice between fewer than two"),
        (
            question("kind = \"choice\"\nchoices = [\"a\", \"b\"]\nanswers = [\"c\"]\n"),
            Some((10, 12)),
            "`c` is none of the choices",
        ),
        (
            question("kind = \"value\"\nanswers = [\"1\"]\nchoices = [\"1\"]\n"),
            Some((10, 12)),
            "a question of kind value has no `choices`",
        ),
        (
            question("kind = \"repair\"\nof = \"responder\"\n"),
            Some((8, 8)),
            "the responder is not seen, so it cannot be repaired",
        ),
        (format!("{LAB}{QUESTION}[[lab.variant]]\nkind = \"drop\"\n"), Some((9, 1)), "drop needs `message`"),
        (
            format!("{LAB}{QUESTION}[initiator]\nprofile = \"strongswan\"\n"),
            Some((4, 8)),
            "the initiator is no Cisco device, and `show` has no other's words",
        ),
    ];
    for (text, place, message) in cases {
        let error = Exercise::parse("x.toml", &text).expect_err(message);
        assert_eq!((error.place(), error.message()), (place, message), "{text}");
    }
}
