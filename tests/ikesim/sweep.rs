//! `ikesim sweep`: the same bytes for any number of jobs, whole from its parts, and each line replays.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;

use crate::{code, ikesim, run, scratch, stderr, stdout};

const EVERYTHING: [&str; 7] = ["sweep", "--fault", "all", "--mode", "main,aggressive", "--format", "json"];

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn jobs_and_shards_change_nothing() {
    let whole = run(&[&EVERYTHING[..], &["--jobs", "1"]].concat());
    assert_eq!(code(&whole), 0);
    let two = run(&[&EVERYTHING[..], &["--jobs", "2"]].concat());
    assert_eq!(whole.stdout, two.stdout, "--jobs 2");
    let parts =
        ["1/3", "2/3", "3/3"].map(|shard| run(&[&EVERYTHING[..], &["--shard", shard]].concat()).stdout);
    assert_eq!(whole.stdout, parts.concat(), "the shards");
}

/// The contract's table, read out of the sweep: for each fault the states that every run of it ends in.
#[test]
fn the_outcomes_are_the_fault_table() {
    let mut found: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for run in lines(&stdout(&run(&EVERYTHING))) {
        let replay = run["replay"].as_str().unwrap();
        let fault = replay.split("--fault ").nth(1).unwrap().to_owned();
        let states = format!(
            "{} {}",
            run["initiator"]["state"].as_str().unwrap(),
            run["responder"]["state"].as_str().unwrap()
        );
        let fired = run["faults"][0]["fired"].as_u64().unwrap();
        if fired > 0 {
            found.entry((fault, run["mode"].as_str().unwrap().into())).or_default().push(states);
        }
    }
    let expected = [
        ("psk-mismatch:at=responder", "MM_WAIT_MSG6 MM_WAIT_MSG5", "NONE AM_WAIT_MSG3"),
        ("missing-tunnel-group:at=responder", "MM_WAIT_MSG4 NONE", "AM_WAIT_MSG2 NONE"),
        ("wrong-tunnel-group-name:at=responder", "MM_WAIT_MSG4 NONE", "AM_WAIT_MSG2 NONE"),
        ("missing-psk:at=responder", "MM_WAIT_MSG4 NONE", "AM_WAIT_MSG2 NONE"),
        ("policy-mismatch:attribute=hash,at=responder", "MM_WAIT_MSG2 NONE", "AM_WAIT_MSG2 NONE"),
        ("policy-mismatch:attribute=lifetime,at=responder", "MM_ACTIVE MM_ACTIVE", "AM_ACTIVE AM_ACTIVE"),
        ("ike-disabled:at=responder", "MM_WAIT_MSG2 NONE", "AM_WAIT_MSG2 NONE"),
        ("nat-traversal-disabled:at=responder", "MM_ACTIVE MM_ACTIVE", "AM_ACTIVE AM_ACTIVE"),
        ("wrong-peer-address", "MM_WAIT_MSG2 NONE", "AM_WAIT_MSG2 NONE"),
        ("identity-mismatch:at=responder", "MM_WAIT_MSG6 NONE", "AM_WAIT_MSG2 NONE"),
        ("no-route:at=initiator", "MM_WAIT_MSG2 NONE", "AM_WAIT_MSG2 NONE"),
        ("no-route:at=responder", "MM_WAIT_MSG2 MM_WAIT_MSG3", "AM_WAIT_MSG2 AM_WAIT_MSG3"),
        ("peer-down:at=responder", "MM_WAIT_MSG2 NONE", "AM_WAIT_MSG2 NONE"),
        ("block-port:port=500,direction=both", "MM_WAIT_MSG2 NONE", "AM_WAIT_MSG2 NONE"),
        (
            "block-port:port=500,direction=to-initiator",
            "MM_WAIT_MSG2 MM_WAIT_MSG3",
            "AM_WAIT_MSG2 AM_WAIT_MSG3",
        ),
        ("nat:at=initiator", "MM_ACTIVE MM_ACTIVE", "AM_ACTIVE AM_ACTIVE"),
        ("drop:message=3,times=all", "MM_WAIT_MSG4 MM_WAIT_MSG3", "AM_WAIT_MSG4 AM_WAIT_MSG3"),
        ("drop:message=4,times=all", "MM_WAIT_MSG4 MM_WAIT_MSG5", "AM_WAIT_MSG4 AM_ACTIVE"),
        ("drop:message=6,times=all", "MM_WAIT_MSG6 MM_ACTIVE", ""),
        ("drop:message=3,times=1", "MM_ACTIVE MM_ACTIVE", "AM_ACTIVE AM_ACTIVE"),
    ];
    for (fault, main, aggressive) in expected {
        for (mode, states) in [("main", main), ("aggressive", aggressive)] {
            let got = found.get(&(fault.into(), mode.into())).cloned().unwrap_or_default();
            let wanted: Vec<String> =
                Some(states.to_owned()).filter(|states| !states.is_empty()).into_iter().collect();
            assert_eq!(got, wanted, "{fault} in {mode} mode");
        }
    }
}

/// The command behind a line gives that line again, but for its number.
#[test]
fn every_line_replays() {
    let folder = scratch("sweep_replay");
    fs::write(folder.join("base.toml"), "title = 'base'\n[network]\njitter = '2ms'\n").unwrap();
    let in_folder = |arguments: &[&str]| ikesim().current_dir(&folder).args(arguments).output().unwrap();
    let whole = in_folder(&[
        "sweep",
        "base.toml",
        "--fault",
        "drop",
        "--fault",
        "psk-mismatch",
        "--pairs",
        "--loss",
        "0,0.25",
        "--seeds",
        "3..5",
        "--group",
        "2,31",
        "--profile",
        "asa:ios",
        "--mode",
        "main",
        "--format",
        "json",
    ]);
    assert_eq!(code(&whole), 0, "{}", stderr(&whole));
    let all = lines(&stdout(&whole));
    assert!(all.len() > 300, "{} runs", all.len());
    for run in all.iter().step_by(37) {
        let replay = run["replay"].as_str().unwrap();
        let arguments: Vec<&str> = replay.split(' ').skip(1).chain(["--format", "json"]).collect();
        let mut again = lines(&stdout(&in_folder(&arguments)));
        assert_eq!(again.len(), 1, "{replay}");
        again[0]["run"] = run["run"].clone();
        assert_eq!(again[0], *run, "{replay}");
    }
}

#[test]
fn a_sweep_goes_on_where_it_stopped() {
    let folder = scratch("sweep_resume");
    let whole = run(&EVERYTHING).stdout;
    let file = folder.join("part.jsonl");
    // Stopped in the middle of a line.
    fs::write(&file, &whole[..whole.len() / 2]).unwrap();
    let output = ikesim().args(EVERYTHING).arg("--resume").arg(&file).output().unwrap();
    assert_eq!((code(&output), output.stdout.len()), (0, 0));
    assert_eq!(fs::read(&file).unwrap(), whole);
}

#[test]
fn tables_and_pictures() {
    let folder = scratch("sweep_views");
    let svg = folder.join("map.svg");
    let human = ikesim()
        .args(["sweep", "--fault", "drop", "--mode", "main", "--heatmap"])
        .arg(&svg)
        .output()
        .unwrap();
    let table = stdout(&human);
    assert!(table.contains("MM_WAIT_MSG6  MM_ACTIVE     message-lost"), "{table}");
    assert!(fs::read_to_string(svg).unwrap().ends_with("</svg>\n"));
    let csv = stdout(&run(&["sweep", "--fault", "drop:message=3", "--format", "csv"]));
    let expected = "0,main,1,stalled,MM_WAIT_MSG4,MM_WAIT_MSG3,gave-up,gave-up,message-lost,drop,ikesim sweep --fault drop:message=3,";
    assert_eq!(csv.lines().nth(1).unwrap(), expected);
    // Phase 2 has a verdict of its own: phase 1 may be the same in all of them.
    assert!(!table.contains("verdict"), "{table}");
    let quick =
        ["sweep", "scenarios/phase2_up.toml", "--fault", "drop:message=QM1", "--fault", "transform-mismatch"];
    let quick = stdout(&run(&quick));
    assert!(quick.lines().next().unwrap().contains("outcome      verdict          initiator"), "{quick}");
    assert!(
        quick.contains("established  phase-2-stalled  MM_ACTIVE     MM_ACTIVE     message-lost"),
        "{quick}"
    );
    assert!(
        quick.contains("torn-down    phase-2-refused  NONE          NONE          transform-mismatch"),
        "{quick}"
    );
}

#[test]
fn a_plan_is_the_same_as_its_options() {
    let folder = scratch("sweep_plan");
    let in_folder = |arguments: &[&str]| ikesim().current_dir(&folder).args(arguments).output().unwrap();
    fs::write(
        folder.join("plan.toml"),
        "mode = ['main']\nfault = ['drop']\nloss = [0.0, 0.5]\nseeds = ['1..4']\n",
    )
    .unwrap();
    let planned = in_folder(&["sweep", "--plan", "plan.toml", "--format", "json"]);
    let typed = in_folder(&[
        "sweep", "--mode", "main", "--fault", "drop", "--loss", "0,0.5", "--seeds", "1..4", "--format",
        "json",
    ]);
    assert_eq!((code(&planned), &planned.stdout), (0, &typed.stdout));
    fs::write(folder.join("wrong.toml"), "mode = ['main']\nfualt = ['drop']\n").unwrap();
    let wrong = in_folder(&["sweep", "--plan", "wrong.toml"]);
    let said = stderr(&wrong);
    assert!(
        code(&wrong) == 2 && said.contains("wrong.toml:2:1") && said.contains("did you mean `fault`?"),
        "{said}"
    );
}

#[test]
fn wrong_axes_are_told() {
    let cases: [(&[&str], &str); 8] = [
        (&["--fault", "dorp"], "did you mean drop?"),
        (&["--fault", "drop:massage=3"], "`massage` is no field of drop; allowed: message, times"),
        (&["--group", "3"], "unknown group 3"),
        (&["--encryption", "aes"], "unknown encryption `aes`"),
        (&["--loss", "2"], "loss 2 is out of range"),
        (&["--seeds", "9..3"], "`9..3` are no seeds"),
        (&["--shard", "5/4"], "`5/4` is no shard"),
        (&["--profile", "asa:pix"], "unknown profile `pix`"),
    ];
    for (arguments, said) in cases {
        let output = run(&[&["sweep"], arguments].concat());
        assert!(code(&output) == 2 && stderr(&output).contains(said), "{arguments:?}: {}", stderr(&output));
    }
}

/// `ikesim test` for machines: JUnit, TAP, GitHub.
#[test]
fn test_speaks_to_machines() {
    let folder = scratch("test_formats");
    fs::write(folder.join("a.toml"), "[expect]\nestablished = true").unwrap();
    fs::write(folder.join("b.toml"), "[expect]\nestablished = false").unwrap();
    fs::write(folder.join("c.toml"), "titel = 1").unwrap();
    let test = |format: &str| {
        let output = ikesim().current_dir(&folder).args(["test", ".", "--format", format]).output().unwrap();
        assert_eq!(code(&output), 2, "{format}");
        stdout(&output)
    };
    let tap = "TAP version 14\n1..3\nok 1 - ./a.toml\nnot ok 2 - ./b.toml\n  # established: expected false, got true\n\
               not ok 3 - ./c.toml\n  # ./c.toml:1:1: unknown key `titel`\n";
    assert_eq!(test("tap"), tap);
    let junit = test("junit");
    assert!(
        junit.contains("tests=\"3\"") && junit.contains("failures=\"1\"") && junit.contains("errors=\"1\""),
        "{junit}"
    );
    assert!(test("github").contains("::error file=./b.toml::established: expected false, got true\n"));
    assert_eq!(code(&run(&["run", "scenarios/main_mode.toml", "--format", "tap"])), 2);
}

/// Where phase 2 follows, every fault has those of Quick Mode too; where it does not, a kind can be named all the same.
#[test]
fn faults_of_phase_2_are_swept_where_it_follows() {
    let phase_2 =
        lines(&stdout(&run(&["sweep", "scenarios/phase2_up.toml", "--fault", "all", "--format", "json"])));
    let has = |part: &str| phase_2.iter().any(|run| run["replay"].as_str().unwrap().contains(part));
    for part in
        ["proxy-mismatch:how=narrower", "pfs-mismatch:how=extra", "map-unbound", "drop:message=QM3,times=all"]
    {
        assert!(has(part), "{part}");
    }
    let named = lines(&stdout(&run(&["sweep", "--fault", "proxy-mismatch", "--format", "json"])));
    assert!(
        named.len() >= 4
            && named.iter().all(|run| run["replay"].as_str().unwrap().contains("proxy-mismatch"))
    );
    let phase_1 = stdout(&run(&["sweep", "--fault", "all", "--format", "json"]));
    assert!(!phase_1.contains("proxy-mismatch") && !phase_1.contains("QM1"));
}
