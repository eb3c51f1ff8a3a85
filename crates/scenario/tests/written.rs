//! A scenario that is written down reads back as the same one, whatever is in it.

#![cfg(test)]

use std::fs;
use std::path::Path;

use ike::keymat::PreSharedKey;
use ike::{GroupName, Identity, Mode, Role};
use proptest::prelude::*;
use scenario::sweep::{Axes, BaseScenario, Sweep};
use scenario::{Remarks, Scenario, Spot, Unwritable};
use sim::{Fault, Setup};

/// What a file says of a scenario: an operator's fault stands there as the configuration that it made.
fn as_configured(mut scenario: Scenario) -> Scenario {
    scenario.setup.edits.clear();
    scenario.setup.faults.retain(|fault| !matches!(fault, Fault::Operator(_)));
    scenario
}

fn reads_back(scenario: Scenario) {
    let text = scenario.to_toml(&Remarks::default()).unwrap();
    let again = Scenario::parse(&scenario.name, &text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    assert_eq!(again, as_configured(scenario), "{text}");
}

#[test]
fn every_scenario_of_the_repository_reads_back() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios");
    let mut count = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            reads_back(Scenario::parse("a file", &fs::read_to_string(&path).unwrap()).unwrap());
            count += 1;
        }
    }
    assert!(count > 20, "{count} files");
}

#[test]
fn every_fault_reads_back() {
    let axes = Axes {
        modes: vec![Mode::Main, Mode::Aggressive],
        profiles: vec![["asa".into(), "ios".into()]],
        faults: Axes::every_fault(false),
        losses: vec![0.25],
        seeds: std::iter::once(3..4).collect(),
        ..Axes::default()
    };
    let sweep = Sweep { bases: vec![BaseScenario::default()], axes };
    let points = (0..sweep.len()).filter_map(|number| sweep.point(number)?.scenario().ok());
    assert!(points.map(reads_back).count() > 200);
}

fn scenario(setup: Setup) -> Scenario {
    let text = String::new;
    Scenario { name: text(), title: text(), description: text(), setup, expect: scenario::Expect::default() }
}

/// What has its default value is left out, except where there is something to say of it.
#[test]
fn remarks_stand_where_they_belong() {
    let written = scenario(Setup::default());
    assert_eq!(written.to_toml(&Remarks::default()).unwrap(), "");
    let mut remarks = Remarks::default();
    let host = || Spot::host(Role::Initiator);
    remarks.behind(Spot::file("mode"), "a");
    remarks.above(host(), "b\u{1b}\nc");
    remarks.behind(host().key("address"), "d");
    remarks.behind(host().entry("policy", 0), "e");
    remarks.behind(host().entry("policy", 0).key("hash"), "f");
    remarks.behind(host().entry("policy", 7), "nothing has it");
    let text = "mode = \"main\"    # a\n\n# b\\u{1b}\\nc\n[initiator]\naddress = \"203.0.113.1\"    # d\n\n\
        [[initiator.policy]]    # e\npriority = 10\nauthentication = \"pre-share\"\nencryption = \"aes-256\"\n\
        hash = \"sha\"    # f\ngroup = 14\nlifetime = 86400\n";
    assert_eq!(written.to_toml(&remarks).unwrap(), text);
    assert_eq!(Scenario::parse("", text).unwrap(), written);
}

#[test]
fn no_policy_is_not_the_default_policy() {
    let mut written = scenario(Setup::default());
    written.setup.hosts.responder.policies.clear();
    written.setup.hosts.responder.tunnel_groups.clear();
    assert_eq!(
        written.to_toml(&Remarks::default()).unwrap(),
        "[responder]\npolicy = []\ntunnel_group = []\n"
    );
    reads_back(written);
}

#[test]
fn what_no_file_can_say_is_refused() {
    let mut written = scenario(Setup::default());
    written.setup.hosts.initiator.identity = Identity::KeyId(vec![0xff]);
    assert_eq!(written.to_toml(&Remarks::default()), Err(Unwritable::KeyId(vec![0xff])));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Any text and any key: quotes, line ends, what a terminal acts on, and bytes that are no text.
    #[test]
    fn any_text_reads_back(
        title in "\\PC{0,8}|.{0,8}|[\"'\\\\\n\u{1b}\u{202e}]{0,8}", name in "([\"'\\\\\u{1b}\u{202e} ]|.){1,8}",
        key in prop::collection::vec(any::<u8>(), 1..8),
    ) {
        let mut written = scenario(Setup::default());
        written.title.clone_from(&title);
        written.description = title;
        let host = &mut written.setup.hosts.initiator;
        host.identity = Identity::Fqdn(name.clone());
        host.tunnel_groups[0].name = GroupName::Name(format!("group {name}"));
        host.tunnel_groups[0].pre_shared_key = Some(PreSharedKey::new(key));
        let text = written.to_toml(&Remarks::default()).unwrap();
        prop_assert!(text.chars().all(|c| c == '\n' || isakmp::is_printed(c)), "{:?}", text);
        reads_back(written);
    }
}
