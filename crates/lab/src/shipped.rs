//! The exercises that ship with ikesim, sealed until one is opened.

use scenario::Exercise;

use crate::seal::{self, Use};

include!(concat!(env!("OUT_DIR"), "/exercises.rs"));

/// The courses, in the order in which they are taken.
pub const COURSES: [&str; 4] = ["First stall", "One side only", "What the other vendor prints", "Phase 2"];

/// The text of the exercise of this name; `None`: none ships.
pub fn text(name: &str) -> Option<String> {
    let (_, sealed) = SEALED.iter().find(|(known, _)| *known == name)?;
    String::from_utf8(seal::open(Use::Exercise, sealed)?).ok()
}

/// The names of all of them, in the order in which they are taken.
pub fn names() -> Vec<&'static str> {
    all().into_iter().map(|(name, _)| name).collect()
}

/// All of them, in the order in which they are taken. Those that cannot be read, which a test forbids, are left out.
pub fn all() -> Vec<(&'static str, Exercise)> {
    let read = |name: &'static str| Some((name, Exercise::parse(name, &text(name)?).ok()?));
    let mut all: Vec<(&str, Exercise)> = SEALED.iter().filter_map(|(name, _)| read(name)).collect();
    all.sort_by_key(|(name, exercise)| {
        let course = COURSES.iter().position(|course| *course == exercise.lab.course);
        (course.unwrap_or(COURSES.len()), exercise.lab.order, *name)
    });
    all
}
