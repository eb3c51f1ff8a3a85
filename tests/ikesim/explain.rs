//! `explain` knows every name, and what it says of pairs of states is what the engine does: both tables that it reads are
//! made here. `EXPLAIN=write cargo test --test ikesim explain` writes them anew.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use ike::{Mode, Powers, Role};
use report::Layout;
use scenario::Scenario;
use scenario::sweep::{Axes, BaseScenario, FaultText, Sweep};
use sim::{Trace, state_name};

use crate::{code, run, stderr, stdout};

const PAIRS: &str = "crates/diagnose/src/explain/pairs.tsv";
const QUICK: &str = "crates/diagnose/src/explain/quick_pairs.tsv";
const LESSONS: &str = "crates/diagnose/src/explain/lessons.tsv";

type Key = (&'static str, &'static str, String);

/// Counts the outcomes of a sweep; where one is new, the first run is kept.
fn sweep(
    bases: &[&str],
    profiles: &[[&str; 2]],
    faults: Vec<Vec<FaultText>>,
    found: &mut BTreeMap<Key, (u64, String)>,
) {
    let bases = bases.iter().map(|text| base(text)).collect();
    let profiles = profiles.iter().map(|pair| pair.map(str::to_owned)).collect();
    let axes = Axes { modes: vec![Mode::Main, Mode::Aggressive], profiles, faults, ..Axes::default() };
    let sweep = Sweep { bases, axes };
    let powers = Powers::new(1024);
    for point in (0..sweep.len()).filter_map(|number| sweep.point(number)) {
        let Ok(scenario) = point.scenario() else { continue };
        let (trace, outcome) = sim::run(&scenario.setup, &powers);
        let [i, r] = Role::BOTH.map(|role| state_name(outcome.peers[role].state));
        let key = (i, r, first_cause(&scenario, &trace, &outcome));
        found.entry(key).or_insert_with(|| (0, point.replay())).0 += 1;
    }
}

/// A base that replays do not name.
fn base(text: &str) -> BaseScenario {
    let mut base = BaseScenario::parse("base", text).unwrap();
    base.name = None;
    base
}

fn first_cause(scenario: &Scenario, trace: &Trace, outcome: &sim::Outcome) -> String {
    let causes = diagnose::diagnose(&scenario.setup, trace, outcome, None);
    causes.first().map_or("none".into(), |first| first.cause.name().to_owned())
}

/// Every fault in both modes and between vendors; then the pairs that only two faults together lead to.
fn pairs() -> String {
    let vendors = [
        ["asa", "asa"],
        ["ios", "ios"],
        ["strongswan", "strongswan"],
        ["libreswan", "libreswan"],
        ["asa", "ios"],
        ["ios", "asa"],
    ];
    let every = Axes::every_fault(false);
    let mut found = BTreeMap::new();
    sweep(&["", "confirm = false\n"], &vendors, every.clone(), &mut found);
    // A NAT is what makes the peers move to port 4500.
    let nat: FaultText = FaultText::parse("nat").unwrap();
    let behind_nat =
        every.iter().map(|fault| [std::slice::from_ref(&nat), fault.as_slice()].concat()).collect();
    sweep(&["", "confirm = false\n"], &vendors, behind_nat, &mut found);
    let mut two = BTreeMap::new();
    sweep(&[""], &[["asa", "asa"]], Axes::pairs(&every), &mut two);
    let known: Vec<_> = found.keys().map(|(i, r, _)| (*i, *r)).collect();
    found.extend(two.into_iter().filter(|((i, r, _), _)| !known.contains(&(*i, *r))));
    let mut text = String::new();
    for ((i, r, cause), (runs, replay)) in found {
        writeln!(text, "{i}\t{r}\t{cause}\t{runs}\t{replay}").unwrap();
    }
    text
}

/// Every fault of phase 2, between vendors: how each leaves the first child, and what of it all.
fn quick_pairs() -> String {
    let vendors = ["asa", "ios", "strongswan", "libreswan"].map(|name| [name, name]).into_iter();
    let profiles = vendors.chain([["asa", "ios"], ["ios", "asa"]]).map(|pair| pair.map(str::to_owned));
    let (phase_1, all) = (Axes::every_fault(false), Axes::every_fault(true));
    let faults = all.into_iter().filter(|fault| !phase_1.contains(fault)).collect();
    let sweep = Sweep {
        bases: vec![base("phase2 = true\n")],
        axes: Axes { profiles: profiles.collect(), faults, ..Axes::default() },
    };
    let powers = Powers::new(1024);
    let mut found: BTreeMap<[String; 4], (u64, String)> = BTreeMap::new();
    for point in (0..sweep.len()).filter_map(|number| sweep.point(number)) {
        let Ok(scenario) = point.scenario() else { continue };
        let (trace, outcome) = sim::run(&scenario.setup, &powers);
        let phase_2 = outcome.phase_2.as_ref().unwrap();
        let [i, r] = Role::BOTH.map(|role| sim::quick_state_name(phase_2.first[role].state).to_owned());
        let key = [i, r, phase_2.passage.to_string(), first_cause(&scenario, &trace, &outcome)];
        found.entry(key).or_insert_with(|| (0, point.replay())).0 += 1;
    }
    let mut text = String::new();
    for (key, (runs, replay)) in found {
        writeln!(text, "{}\t{runs}\t{replay}", key.join("\t")).unwrap();
    }
    text
}

/// The bundled scenarios: file, initiator, responder, cause, notifies, kinds of faults.
fn lessons() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|ext| ext == "toml"));
    files.sort();
    let mut text = String::new();
    for file in files {
        let name = format!("scenarios/{}", file.file_name().unwrap().to_str().unwrap());
        let scenario = Scenario::parse(&name, &fs::read_to_string(&file).unwrap()).unwrap();
        let (trace, outcome) = sim::run(&scenario.setup, &Powers::none());
        let [i, r] = Role::BOTH.map(|role| state_name(outcome.peers[role].state));
        let notifies: Vec<String> = outcome.notifies.iter().map(ToString::to_string).collect();
        let cause = first_cause(&scenario, &trace, &outcome);
        let kind = |fault: &sim::Fault| fault.to_string().split(' ').next().unwrap().to_owned();
        let faults: Vec<String> = scenario.setup.faults.iter().map(kind).collect();
        write!(text, "{name}\t{i}\t{r}\t{cause}\t{}\t{}", notifies.join(" "), faults.join(" ")).unwrap();
        if let Some(phase_2) = &outcome.phase_2 {
            let [i, r] = Role::BOTH.map(|role| sim::quick_state_name(phase_2.first[role].state));
            write!(text, "\t{i}\t{r}\t{}", phase_2.passage).unwrap();
        }
        text.push('\n');
    }
    text
}

fn up_to_date(file: &str, made: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    if std::env::var("EXPLAIN").is_ok_and(|word| word == "write") {
        fs::write(&path, made).unwrap();
    }
    assert!(
        fs::read_to_string(&path).unwrap() == made,
        "{file} is not what the engine does: EXPLAIN=write cargo test --test ikesim explain"
    );
}

#[test]
fn the_table_of_pairs_is_what_the_engine_does() {
    up_to_date(PAIRS, &pairs());
}

#[test]
fn the_table_of_phase_2_is_what_the_engine_does() {
    up_to_date(QUICK, &quick_pairs());
}

/// What refuses a child is told with the fix before anything else; a pair may be named in either order.
#[test]
fn phase_2_is_explained_fix_first() {
    let text = stdout(&run(&["explain", "QM_WAIT_MSG2"]));
    let at = |part: &str| text.find(part).unwrap_or_else(|| panic!("{part}: {text}"));
    assert!(at("   fix ") < at("   check ") && at("   check ") < at("   cause 1"), "{text}");
    assert!(text.contains("proxy-mismatch") && text.contains("255.255.255.0"), "{text}");
    assert_eq!(
        titles(&["QM_WAIT_MSG3", "QM_ACTIVE"]),
        ["initiator QM_ACTIVE, responder QM_WAIT_MSG3 (phase 2)"]
    );
    assert_eq!(titles(&["QM_WAIT_MSG2", "NONE"]), ["initiator QM_WAIT_MSG2, responder NONE (phase 2)"]);
    assert_eq!(titles(&["STATE_QUICK_I1"]), ["QM_WAIT_MSG2"]);
    let lost = stdout(&run(&["explain", "QM_ACTIVE", "QM_WAIT_MSG3"]));
    assert!(lost.contains("message-lost") && lost.contains("scenarios/phase2_qm3_lost.toml"), "{lost}");
    let refused = stdout(&run(&["explain", "torn-down"]));
    assert!(refused.contains("ikesim run scenarios/phase2_"), "{refused}");
}

#[test]
fn the_list_of_scenarios_is_complete() {
    up_to_date(LESSONS, &lessons());
}

/// Every name that `list` prints, a scenario's apart, has an entry that says more than the name.
#[test]
fn every_listed_name_is_explained() {
    let listed = stdout(&run(&["list", "--format", "json"]));
    let names = listed.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let names = names.filter(|row| row["topic"] != "scenarios");
    let names: Vec<String> = names.map(|row| row["name"].as_str().unwrap().to_owned()).collect();
    assert!(names.len() > 100, "{names:?}");
    for name in names.into_iter().chain(diagnose::names()) {
        for spelled in [name.clone(), name.to_lowercase()] {
            let entries =
                diagnose::explain(std::slice::from_ref(&spelled)).unwrap_or_else(|_| panic!("{spelled}"));
            let [entry] = entries.as_slice() else { panic!("{spelled}: {entries:?}") };
            let text = text(entry);
            let means = text.lines().find_map(|line| line.strip_prefix("   means ")).map(str::trim);
            // Title, gap, meaning, and more.
            assert!(
                means.is_some_and(|text| text.len() > 5) && text.lines().count() > 3,
                "{spelled}: {text}"
            );
            assert!(!means.unwrap().contains("no name for"), "{spelled}: {text}");
        }
    }
}

/// An entry as it is read, without colours.
fn text(entry: &diagnose::Entry) -> String {
    report::explained(entry, Layout::WIDE).replace("\u{1b}[1m", "").replace("\u{1b}[0m", "")
}

/// Titles of what is explained.
fn titles(words: &[&str]) -> Vec<String> {
    let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
    let entries = diagnose::explain(&words).unwrap();
    entries.iter().map(|entry| text(entry).lines().next().unwrap().to_owned()).collect()
}

#[test]
fn two_states_are_a_pair_in_any_order_and_spelling() {
    let stall = ["initiator MM_WAIT_MSG6, responder MM_WAIT_MSG5"];
    for words in [
        &["MM_WAIT_MSG6", "MM_WAIT_MSG5"][..],
        &["MM_WAIT_MSG5", "MM_WAIT_MSG6"],
        &["mm_wait_msg6", "/", "mm_wait_msg5"],
        &["MM_KEY_EXCH", "MM_KEY_EXCH"],
        &["responder", "MM_KEY_EXCH", "initiator", "MM_KEY_EXCH"],
        &["MM_KEY_EXCH", "(R)", "MM_KEY_EXCH", "(I)"],
        &["STATE_MAIN_I3", "STATE_MAIN_R2"],
        &["main_r2", "main_i3"],
        &["IKE_I_MM5", "IKE_R_MM4"],
    ] {
        assert_eq!(titles(words), stall, "{words:?}");
    }
    // A name that both modes have takes the mode of the other.
    assert_eq!(titles(&["QM_IDLE", "AG_INIT_EXCH"]), ["initiator AM_ACTIVE, responder AM_WAIT_MSG3"]);
    assert_eq!(titles(&["NONE", "AM_WAIT_MSG3"]), ["initiator NONE, responder AM_WAIT_MSG3"]);
    let both_initiators = stdout(&run(&["explain", "MM_WAIT_MSG2", "MM_WAIT_MSG4"]));
    assert!(both_initiators.contains("no two peers rest so"), "{both_initiators}");
}

#[test]
fn a_role_word_picks_one_of_two() {
    assert_eq!(titles(&["initiator", "MM_SA_SETUP"]), ["MM_WAIT_MSG4"]);
    assert_eq!(titles(&["MM_SA_SETUP", "responder"]), ["MM_WAIT_MSG3"]);
    assert_eq!(titles(&["(I) MM_KEY_EXCH"]), ["MM_WAIT_MSG6"]);
    let never = stdout(&run(&["explain", "responder", "MM_WAIT_MSG4"]));
    assert!(never.contains("the responder is never in this state"), "{never}");
}

/// Without the role an IOS name still says what to do: that is all that `show` gives one.
#[test]
fn a_name_of_two_states_has_the_causes_of_both() {
    let text = stdout(&run(&["explain", "MM_KEY_EXCH"]));
    for part in
        ["MM_WAIT_MSG5: ", "MM_WAIT_MSG6: ", "cause 1    psk-mismatch", "check ", "fix ", "scenarios/"]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
}

/// An active side is no proof of the other's.
#[test]
fn an_active_state_names_what_may_be_wrong_with_the_other_side() {
    for state in ["MM_ACTIVE", "AM_ACTIVE", "QM_IDLE"] {
        let text = stdout(&run(&["explain", state]));
        assert!(text.contains("look at phase 2") && text.contains("message-lost"), "{text}");
    }
}

#[test]
fn messages_and_faults_lead_to_their_scenarios() {
    for (name, scenario) in [
        ("MSG5", "scenarios/drop_msg5.toml"),
        ("AM3", "scenarios/aggressive_drop_am3.toml"),
        ("block-port", "scenarios/nat_udp4500_blocked.toml"),
        ("nat", "scenarios/nat_traversal.toml"),
        ("delay", "scenarios/delay_past_resend.toml"),
    ] {
        let text = stdout(&run(&["explain", name]));
        assert!(text.contains(scenario), "{name}: {text}");
    }
}

/// Names that an ASA prints and that are no waiting state of phase 1.
#[test]
fn what_lies_beside_phase_1_is_explained_too() {
    for (name, part) in [
        ("MM_SND_MSG5", "MSG5 is sent"),
        ("AM_BLD_MSG2", "AM2 is put together"),
        ("MM_SND_MSG6_H", "MSG6 is sent"),
        ("MM_DONE", "is over on this side"),
        ("AM_TM_INIT_XAUTH_V6C", "phase 1 is done"),
        ("AM_TM_INIT_MODECFG_V6H", "phase 1 is done"),
    ] {
        let text = stdout(&run(&["explain", name]));
        assert!(text.contains(part), "{name}: {text}");
    }
    assert_eq!(code(&run(&["explain", "MM_SND_MSG9"])), 2);
}

#[test]
fn several_names_are_explained_one_after_another() {
    let all = titles(&["NO_PROPOSAL_CHOSEN", "INVALID_COOKIE,", "psk-mismatch", "MSG5"]);
    assert!(all.len() == 4 && all[1].starts_with("INVALID_COOKIE") && all[3].starts_with("MSG5"), "{all:?}");
}

/// What is the same for all vendors is said once; each vendor's commands are there.
#[test]
fn every_cause_has_commands_to_check_and_to_fix() {
    for cause in sim::Cause::all() {
        let text = stdout(&run(&["explain", cause.name()]));
        for vendor in ["ASA:", "IOS:", "strongSwan:"] {
            assert_eq!(text.matches(vendor).count(), 1, "{cause} {vendor}: {text}");
        }
        let fix: Vec<&str> = text
            .lines()
            .skip_while(|line| !line.starts_with("   fix"))
            .take_while(|line| !line.contains("  scenarios "))
            .collect();
        let of_vendor = |line: &&str| {
            line.starts_with(' ') || line.ends_with("):") || line.starts_with("in the words of")
        };
        let mut sentences: Vec<&str> = fix
            .iter()
            .map(|line| line.get(14..).unwrap_or_default())
            .filter(|line| !of_vendor(line) && line.ends_with(['.', ':']))
            .collect();
        sentences.sort_unstable();
        let count = sentences.len();
        sentences.dedup();
        assert_eq!(count, sentences.len(), "{cause}: {text}");
        assert!(!fix.is_empty(), "{cause}: {text}");
    }
}

/// Each pair that a sweep reaches has causes, or is a tunnel that is up.
#[test]
fn every_reached_pair_has_an_answer() {
    let table = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(PAIRS)).unwrap();
    assert!(table.lines().count() > 40, "{table}");
    for line in table.lines() {
        let columns: Vec<&str> = line.split('\t').collect();
        let text = stdout(&run(&["explain", columns[0], columns[1]]));
        assert!(columns[2] == "none" || text.contains(columns[2]), "{line}: {text}");
    }
}

#[test]
fn unknown_words_get_the_nearest() {
    for (words, help) in [
        (&["MM_WAIT_MGS4"][..], "did you mean MM_WAIT_MSG4, "),
        (&["MM_WAIT_MSG2", "MM_WAIT_MSGG3"], "did you mean MM_WAIT_MSG3, "),
        (&["psk-mismach"], "did you mean psk-mismatch, "),
        (&["quite something else"], "ikesim list"),
        (&["%ASA-6-302015: Built inbound UDP connection 5 for outside:192.0.2.1/500"], "713138"),
    ] {
        let output = run(&[&["explain"], words].concat());
        assert!(code(&output) == 2 && stderr(&output).contains(help), "{words:?}: {output:?}");
    }
}

/// What to do comes first, and an entry is a screen.
#[test]
fn an_entry_is_short_and_begins_with_the_fix() {
    for name in diagnose::names() {
        let text = stdout(&run(&["explain", &name]));
        assert!(text.lines().count() <= 40, "{name}: {} lines: {text}", text.lines().count());
        let at = |label: &str| text.find(&format!("\n   {label}"));
        assert!(at("fix").is_none_or(|fix| at("check").is_none_or(|check| fix < check)), "{text}");
    }
}

#[test]
fn words_are_known_as_people_type_them() {
    for (typed, title) in [
        (&["no", "proposal", "chosen"][..], "NO_PROPOSAL_CHOSEN"),
        (&["INVALID-ID-INFORMATION"], "INVALID_ID_INFORMATION"),
        (&["psk"], "psk-mismatch"),
        (&["DH14"], "group 14"),
        (&["modp1024"], "group 2"),
        (&["nat-t"], "nat"),
        (&["sha1"], "policy-mismatch"),
        (&["PROPOSAL_NOT_CHOSEN"], "NO_PROPOSAL_CHOSEN"),
        (&["rekey"], "rekey"),
        (&["dead", "peer", "detection"], "DPD"),
        (&["CONF_XAUTH"], "XAUTH"),
        (&["pfs"], "pfs-mismatch"),
        (&["quick", "mode"], "QM1"),
    ] {
        assert!(titles(typed)[0].starts_with(title), "{typed:?}: {:?}", titles(typed));
    }
}
