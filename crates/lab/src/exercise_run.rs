//! What a student may see of a run: the evidence of the sides that the exercise shows, and nothing of the others.

use ike::keymat::PreSharedKey;
use ike::{Commands, Instant, Powers, Role};
use report::{Detail, Layout, Like, Report};
use scenario::{Exercise, Scenario, Sees};
use sim::{Outcome, Trace};

use crate::device;

/// A run of an exercise, seen as the exercise allows.
#[derive(Clone, Debug)]
pub struct ExerciseRun {
    sees: Sees,
    scenario: Scenario,
    trace: Trace,
    outcome: Outcome,
}

impl ExerciseRun {
    /// Runs a scenario: the exercise's own, or the same with a repair in it.
    pub fn new(exercise: &Exercise, scenario: Scenario) -> ExerciseRun {
        let (trace, outcome) = sim::run(&scenario.setup, &Powers::none());
        ExerciseRun { sees: exercise.lab.sees, scenario, trace, outcome }
    }

    /// The sides whose evidence is shown, the initiator first.
    pub fn roles(&self) -> Vec<Role> {
        self.sees.roles().collect()
    }

    /// The end of the run.
    pub fn end(&self) -> Instant {
        self.outcome.ended
    }

    /// Everything that was asked for works.
    pub fn is_up(&self) -> bool {
        self.outcome.works()
    }

    /// Where the run leaves its peers.
    pub fn outcome(&self) -> &Outcome {
        &self.outcome
    }

    /// What was run.
    pub fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    /// What the device's `show` command prints at a moment; empty for a side that is not seen.
    pub fn show(&self, role: Role, at: Instant, detail: Detail) -> String {
        self.of(role, |like| report::show(&self.scenario.setup, &self.trace, role, at, like, detail))
    }

    /// Its log up to a moment; empty for a side that is not seen.
    pub fn logs(&self, role: Role, at: Instant) -> String {
        self.of(role, |like| report::logs(&self.scenario.setup, &self.trace, role, at, like))
    }

    /// Its configuration, in its own words; empty for a side that is not seen.
    pub fn config(&self, role: Role) -> String {
        self.of(role, |_| device::print(&self.scenario.setup.hosts[role], role))
    }

    /// The same with asterisks for each key, which is how such a device prints it.
    pub fn masked(&self, role: Role) -> String {
        let mut host = self.scenario.setup.hosts[role].clone();
        let keys = host.tunnel_groups.iter_mut().filter_map(|group| group.pre_shared_key.as_mut());
        keys.for_each(|key| *key = PreSharedKey::new(b"*****".to_vec()));
        self.of(role, |_| device::print(&host, role))
    }

    /// What the interfaces of the sides that are seen carry up to a moment, as pcapng.
    pub fn capture(&self, at: Instant) -> Vec<u8> {
        report::capture_of(&self.trace, &self.roles(), at)
    }

    /// The ladder as it is seen, and where that leaves the side.
    pub fn ladder(&self, layout: Layout) -> String {
        // No diagnosis is made: nothing that is not there can be printed.
        report::seen(&self.report(self.sees.view()), layout)
    }

    /// The whole truth: both sides, the causes, the fix.
    pub fn truth(&self, layout: Layout) -> String {
        let ran = (self.trace.clone(), self.outcome.clone());
        report::text(&Report::new(self.scenario.clone(), ran, None), layout)
    }

    /// What the diagnosis says of the whole run, likeliest first.
    pub fn causes(&self) -> Vec<sim::Cause> {
        let found = diagnose::diagnose(&self.scenario.setup, &self.trace, &self.outcome, None);
        found.into_iter().map(|finding| finding.cause).collect()
    }

    /// Every cause that what is seen leaves possible, likeliest first.
    pub fn possible(&self) -> Vec<sim::Cause> {
        let view = self.sees.view();
        let found = diagnose::diagnose(&self.scenario.setup, &self.trace, &self.outcome, view);
        found.into_iter().map(|finding| finding.cause).collect()
    }

    fn report(&self, view: Option<Role>) -> Report {
        Report {
            scenario: self.scenario.clone(),
            trace: self.trace.clone(),
            outcome: self.outcome.clone(),
            diagnosis: Vec::new(),
            edits: Vec::new(),
            view,
            live: None,
            file: None,
            seed_given: false,
            failed: Vec::new(),
        }
    }

    fn of(&self, role: Role, text: impl Fn(Like) -> String) -> String {
        let like = match self.scenario.setup.hosts[role].profile.commands {
            Commands::Asa => Like::Asa,
            Commands::Ios => Like::Ios,
            // An exercise that shows such a side's words is no exercise.
            Commands::Strongswan | Commands::Libreswan | Commands::Plain => return String::new(),
        };
        if self.sees.includes(role) { text(like) } else { String::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Who sees both sides sees what does not arrive, and not the fault.
    #[test]
    fn both_sides_together_do_not_name_the_fault() {
        let lab = "[lab]\ntitle = \"T\"\nsituation = \"S\"\nsees = \"both\"\n[[lab.question]]\nid = \"q\"\nkind = \"cause\"\ntext = \"?\"\n";
        for (fault, word) in [
            ("kind = \"drop\"\nmessage = 3", "drop"),
            ("kind = \"block-port\"\nport = 500", "block-port"),
            ("kind = \"corrupt\"\nmessage = 5", "corrupt"),
            ("kind = \"delay\"\nmessage = 2\nby = \"9s\"", "delay"),
            ("kind = \"impair\"\nat = \"responder\"\nwhat = \"empty-ke\"", "impair"),
        ] {
            let exercise = Exercise::parse("x", &format!("{lab}[[fault]]\n{fault}\n")).unwrap();
            let ladder = ExerciseRun::new(&exercise, exercise.written.clone()).ladder(Layout::WIDE);
            assert!(!ladder.contains(word), "{ladder}");
        }
    }
}
