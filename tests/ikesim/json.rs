//! `--format json` and the trace: the contract's keys, the same bytes for the same seed, no secrets.

use serde_json::Value;

use crate::{code, feed, ikesim, run, scratch, stdout};

fn object(args: &[&str]) -> Value {
    serde_json::from_str(&stdout(&run(args))).unwrap()
}

#[test]
fn the_contract_in_order() {
    let output = stdout(&run(&["run", "scenarios/psk_mismatch.toml", "--format", "json"]));
    assert_eq!(output.matches('\n').count(), 1);
    let value: Value = serde_json::from_str(&output).unwrap();
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>().join(" ");
    assert_eq!(
        keys(&value),
        "schema scenario title mode seed outcome verdict keys_match negotiated initiator responder phase2 faults diagnosis expect"
    );
    assert_eq!(keys(&value["initiator"]), "state last ios end at sent received resends notifies");
    assert_eq!(keys(&value["negotiated"]), "encryption hash group authentication lifetime");
    let initiator = r#"{"state":"MM_WAIT_MSG6","last":"MM_WAIT_MSG6","ios":"MM_KEY_EXCH","end":"gave-up","at":"32.040s","sent":[1,3,5],"received":[2,4],"resends":3,"notifies":[]}"#;
    assert_eq!(value["initiator"].to_string(), initiator);
    assert_eq!(value["faults"].to_string(), r#"[{"kind":"psk-mismatch","at":"responder","fired":1}]"#);
    assert_eq!(value["diagnosis"][0]["cause"], "psk-mismatch");
    assert_eq!(value["expect"].to_string(), r#"{"met":true,"failed":[]}"#);
}

#[test]
fn no_sa_is_null_on_ios() {
    let value = object(&["run", "scenarios/missing_tunnel_group.toml", "--format", "json"]);
    let responder = &value["responder"];
    let seen = ["state", "last", "end", "at"].map(|key| responder[key].as_str().unwrap());
    assert_eq!(seen, ["NONE", "MM_WAIT_MSG3", "rejected", "0.030s"]);
    assert!(responder["ios"].is_null() && value["keys_match"].is_null());
    assert_eq!(responder["notifies"].to_string(), r#"["INVALID_COOKIE"]"#);
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let args =
        |seed: &'static str| ["run", "scenarios/psk_mismatch.toml", "--format", "json", "--seed", seed];
    let (once, twice, other) = (run(&args("7")), run(&args("7")), run(&args("8")));
    assert_eq!(once.stdout, twice.stdout);
    let [once, other] = [once, other].map(|output| serde_json::from_str::<Value>(&stdout(&output)).unwrap());
    assert_eq!(once["initiator"], other["initiator"]);
    assert_eq!(other["seed"], 8);
}

#[test]
fn a_trace_names_causes_and_no_secret() {
    let folder = scratch("trace");
    let file = folder.join("trace.jsonl");
    let output =
        ikesim().args(["run", "scenarios/psk_trailing_space.toml", "--trace"]).arg(&file).output().unwrap();
    assert_eq!(code(&output), 0);
    let text = std::fs::read_to_string(file).unwrap();
    let entries: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for (n, entry) in entries.iter().enumerate() {
        assert_eq!(entry["id"], n);
        assert!(entry["cause"].is_null() || entry["cause"].as_u64().unwrap() < n as u64, "{entry}");
    }
    assert!(
        entries
            .iter()
            .any(|entry| entry["kind"] == "dropped" && entry["reason"].as_str().unwrap().contains("junk"))
    );
    let everything = text + &stdout(&output);
    // The key itself, and its bytes in hex.
    assert!(!everything.contains("cisco123") && !everything.contains("636973636f313233"));
}

#[test]
fn several_scenarios_are_several_lines() {
    let output = run(&[
        "run",
        "scenarios/main_mode.toml",
        "scenarios/nope.toml",
        "scenarios/drop_msg1.toml",
        "--format",
        "json",
    ]);
    assert_eq!((code(&output), stdout(&output).lines().count()), (3, 2));
}

#[test]
fn standard_input_is_a_file() {
    let output = feed(&["run", "-", "--format", "json"], b"");
    let value: Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!((value["outcome"].as_str(), value["keys_match"].as_bool()), (Some("established"), Some(true)));
}

#[test]
fn a_failed_expectation_and_an_idle_fault_are_exit_1() {
    for (text, said) in [
        ("[expect]\nestablished = false", "established: expected false, got true"),
        ("[expect]\ncause = 'psk-mismatch'", "cause: expected psk-mismatch, got none"),
        ("[[fault]]\nkind = 'block-port'\nport = 4500", "fault 1 (block-port) never fired"),
    ] {
        let output = feed(&["run", "-", "--format", "json"], text.as_bytes());
        let value: Value = serde_json::from_str(&stdout(&output)).unwrap();
        assert_eq!(code(&output), 1, "{text}");
        assert_eq!(value["expect"]["failed"][0], said);
    }
}

/// `--as` changes what is shown, never how the run is judged.
#[test]
fn a_view_is_judged_on_the_whole_run() {
    let args = ["run", "scenarios/missing_psk.toml", "--format", "json", "--as", "initiator"];
    let value = object(&args);
    assert_eq!((value["as"].as_str(), value["expect"]["met"].as_bool()), (Some("initiator"), Some(true)));
    let causes: Vec<&str> =
        value["diagnosis"].as_array().unwrap().iter().map(|one| one["cause"].as_str().unwrap()).collect();
    assert_eq!(&causes[..2], ["missing-tunnel-group", "missing-psk"], "what is reported more comes first");
}

#[test]
fn the_schema_is_json() {
    let schema: Value = serde_json::from_str(&stdout(&run(&["schema"]))).unwrap();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
}
