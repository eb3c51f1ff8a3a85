//! Look-alikes against what real devices printed, and against a parser that others wrote.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::{code, feed, run, say, scratch, stdout};

fn device_output(name: &str) -> Option<String> {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/vectors/device-output").join(name);
    let text = fs::read_to_string(&file).ok();
    if text.is_none() {
        say(&format!("look: {name} skipped, ../shared is absent"));
    }
    text
}

fn look(words: &[&str], scenario: &str) -> String {
    let output = feed(words, scenario.as_bytes());
    assert_eq!(code(&output), 0, "{output:?}");
    stdout(&output)
}

/// An ASA's own output for the same situation, blank for blank.
#[test]
fn an_active_asa_prints_what_a_real_one_did() {
    let Some(real) = device_output("asa-show_crypto_ikev1_sa.txt") else { return };
    let (_, rest) = real.split_once("show crypto ikev1 sa\n").unwrap();
    let (real, _) = rest.split_once("ASA1#").unwrap();
    let scenario = "[initiator]\naddress = '198.51.100.1'\n[responder]\naddress = '203.0.113.1'\n";
    let ours = look(&["show", "-", "--device", "initiator"], scenario);
    assert_eq!(ours.replace("\r", ""), real.replace("\r", ""));
}

/// An IOS initiator's debug of a Main Mode: every line that a public trace has, in its order.
#[test]
fn an_ios_initiator_logs_what_a_real_one_did() {
    let Some(real) = device_output("ios-initiator-main-mode-state-trace.txt") else { return };
    let without_time = |line: &str| line.split_once(": ").map(|(_, rest)| rest.trim_end().to_owned());
    let debug = real.lines().filter(|line| line.starts_with('*'));
    // The last one belongs to Quick Mode.
    let real: Vec<String> = debug.filter(|line| !line.contains("QM_IDLE")).filter_map(without_time).collect();
    let scenario = "[initiator]\nprofile = 'ios'\naddress = '203.0.113.10'\n[responder]\nprofile = 'ios'\naddress = '203.0.113.1'\n";
    let ours = look(&["logs", "-", "--device", "initiator"], scenario);
    let ours = ours.lines().filter(|line| line.starts_with('*')).filter_map(without_time);
    let ours: Vec<String> = ours.filter(|line| !line.contains("found peer pre-shared key")).collect();
    assert_eq!(ours, real);
}

/// The rows of `show crypto isakmp sa` in the columns of a real one.
#[test]
fn an_ios_table_has_the_real_columns() {
    let Some(real) = device_output("iosxe-ShowCryptoIsakmpSa.txt") else { return };
    let scenario = "[initiator]\nprofile = 'ios'\naddress = '100.13.220.2'\n[responder]\nprofile = 'ios'\naddress = '100.0.10.2'\n";
    let ours = look(&["show", "-", "--device", "initiator"], scenario);
    let row = |text: &str| text.lines().find(|line| line.contains("QM_IDLE")).unwrap().to_owned();
    assert_eq!(row(&ours).replace(" 1001 ", "29609 "), row(&real));
    assert_eq!(ours.lines().take(2).collect::<Vec<_>>(), real.lines().take(2).collect::<Vec<_>>());
}

/// networktocode's templates read our table: every field in its place.
#[test]
fn ntc_templates_parse_the_asa_table() {
    let python = std::env::var("IKESIM_PYTHON").unwrap_or_else(|_| "python3".into());
    let has =
        Command::new(&python).args(["-c", "import ntc_templates"]).output().is_ok_and(|o| o.status.success());
    if !has {
        return say("look: ntc-templates skipped, it is not installed (PyPI: pip install ntc-templates)");
    }
    let folder = scratch("look-ntc");
    let cases = [
        ("scenarios/main_mode.toml", "initiator", "60s", "Init MM_ACTIVE aes256 SHA 198.51.100.1 L2L"),
        ("scenarios/aggressive_mode.toml", "responder", "60s", "Resp AM_ACTIVE aes256 SHA 203.0.113.1 L2L"),
        ("scenarios/psk_mismatch.toml", "responder", "20s", "Resp MM_WAIT_MSG5 aes256 SHA 203.0.113.1 L2L"),
    ];
    for (scenario, device, at, expected) in cases {
        let output = run(&["show", scenario, "--device", device, "--at", at, "--detail=table"]);
        let file = folder.join("table.txt");
        fs::write(&file, output.stdout).unwrap();
        let script = "import sys\nfrom ntc_templates.parse import parse_output\n\
             rows = parse_output(platform='cisco_asa', command='show crypto ikev1 sa detail', data=open(sys.argv[1]).read())\n\
             assert len(rows) == 1, rows\nrow = rows[0]\n\
             assert row['rekey'] == 'No' and row['authentication'] == 'preshrd' and row['lifetime'] == '86400', row\n\
             print(row['dir'], row['state'], row['encryption'], row['hash'], row['peer'], row['type'])";
        let parsed = Command::new(&python).args(["-c", script]).arg(&file).output().unwrap();
        assert!(parsed.status.success(), "{}", String::from_utf8_lossy(&parsed.stderr));
        assert_eq!(stdout(&parsed).trim(), expected, "{scenario}");
    }
}

/// The same device over time: nothing, on its way, gone.
#[test]
fn time_passes() {
    let at = |time: &str| {
        stdout(&run(&["show", "scenarios/psk_mismatch.toml", "--device", "responder", "--at", time]))
    };
    assert!(at("5ms").contains("There are no IKEv1 SAs"));
    assert!(at("15ms").contains("MM_WAIT_MSG3") && at("15ms").contains("user"));
    assert!(at("31s").contains("MM_WAIT_MSG5") && at("31s").contains("L2L"));
    assert!(at("33s").contains("There are no IKEv1 SAs"));
}

/// No device waits for a fourth message of Aggressive Mode.
#[test]
fn the_fourth_message_is_not_passed_off_as_a_devices() {
    let words = ["show", "scenarios/aggressive_mode.toml", "--device", "initiator", "--at", "25ms"];
    let shown = stdout(&run(&words));
    assert!(shown.contains("AM_ACTIVE"), "{shown}");
    let logged = stdout(&run(&["logs", "scenarios/aggressive_mode.toml", "--device", "initiator"]));
    let fourth = logged.lines().filter(|line| line.contains("NOTIFY (11)"));
    assert!(
        fourth.clone().count() > 0 && fourth.clone().all(|line| line.ends_with("(simulated)")),
        "{logged}"
    );
}

#[test]
fn wrong_words_are_explained() {
    for (words, complaint) in [
        (
            &["show", "scenarios/main_mode.toml", "--device", "initiator", "--at", "soon"][..],
            "`soon` is no moment",
        ),
        (&["show", "scenarios/main_mode.toml"], "--device"),
        (&["logs", "scenarios/none.toml", "--device", "initiator"], "none.toml"),
    ] {
        let output = run(words);
        assert!(code(&output) >= 2 && crate::stderr(&output).contains(complaint), "{output:?}");
    }
}

/// A key is nobody's business: no view prints it, but for the page that was asked for it and warns.
#[test]
fn no_view_prints_a_pre_shared_key() {
    let folder = scratch("look-secret");
    let file = folder.join("secret.toml");
    let groups = ["initiator", "responder"].map(|side| {
        let peer = if side == "initiator" { "198.51.100.1" } else { "203.0.113.1" };
        format!("[[{side}.tunnel_group]]\npeer = '{peer}'\npre_shared_key = 'Sesam-{side}'\n")
    });
    fs::write(&file, groups.concat()).unwrap();
    let file = file.to_str().unwrap();
    let [trace, svg, html] =
        ["t.jsonl", "s.svg", "p.html"].map(|name| folder.join(name).to_str().unwrap().to_owned());
    let files = ["--trace", &trace, "--svg", &svg, "--html", &html, "--redact"];
    let mut printed = stdout(&run(&[&["run", file][..], &files].concat()));
    for words in [
        &["run", file, "--format", "json"][..],
        &["run", file, "--mermaid"],
        &["run", file, "--as", "initiator"],
        &["why", file],
        &["explore", file, "--drops", "0", "--eager", "0"],
        &["show", file, "--device", "initiator", "--detail", "--at", "20s"],
        &["logs", file, "--device", "responder"],
        &["logs", file, "--device", "responder", "--like", "ios"],
        &["diff", file, "scenarios/main_mode.toml"],
        &["sweep", file, "--format", "json"],
    ] {
        let output = run(words);
        assert!(!output.stdout.is_empty(), "{output:?}");
        printed += &stdout(&output);
        printed += &crate::stderr(&output);
    }
    for path in [trace, svg, html] {
        printed += &fs::read_to_string(path).unwrap();
    }
    for secret in ["Sesam", "536573616d"] {
        assert!(!printed.contains(secret), "a key was printed");
    }
}

/// The children of a device, as others' parsers read them: networktocode's of an ASA, Cisco's own (genie) of IOS-XE.
#[test]
fn parsers_read_show_crypto_ipsec_sa() {
    let python = std::env::var("IKESIM_PYTHON").unwrap_or_else(|_| "python3".into());
    let folder = scratch("look-ipsec");
    let shown = |scenario: &str, device: &str| {
        let file = folder.join(format!("{device}.txt"));
        let output = run(&["show", scenario, "--device", device, "--ipsec"]);
        assert_eq!(code(&output), 0, "{output:?}");
        fs::write(&file, output.stdout).unwrap();
        file
    };
    let parse = |module: &str, script: &str, file: &std::path::Path| {
        let has = Command::new(&python).args(["-c", &format!("import {module}")]).output();
        if !has.is_ok_and(|output| output.status.success()) {
            say(&format!("look: {module} skipped, it is not installed (PyPI)"));
            return None;
        }
        let parsed = Command::new(&python).args(["-c", script]).arg(file).output().unwrap();
        assert!(parsed.status.success(), "{}", String::from_utf8_lossy(&parsed.stderr));
        Some(stdout(&parsed).trim().to_owned())
    };
    let asa = shown("scenarios/phase2_behind_nat.toml", "initiator");
    let script = "import sys\nfrom ntc_templates.parse import parse_output\n\
         rows = parse_output(platform='cisco_asa', command='show crypto ipsec sa', data=open(sys.argv[1]).read())\n\
         assert len(rows) == 1, rows\nr = rows[0]\n\
         assert r['packets_encapsulated'] == r['packets_decrypted'] == r['send_errors'] == '0', r\n\
         assert r['inbound_spi_hex'] == '0x' + r['current_inbound_spi'] and r['outbound_spi_hex'] == '0x' + r['current_outbound_spi'], r\n\
         print(r['local_identity_addr'], r['local_identity_mask'], r['remote_identity_addr'], r['current_peer'], r['inbound_encryption'], \
         r['outbound_authentication'], r['inbound_settings_in_use'], r['inbound_remaining_lifetime_kilobytes'], r['outbound_iv_size'])";
    if let Some(row) = parse("ntc_templates", script, &asa) {
        let settings = "L2L, Tunnel,  NAT-T-Encaps, IKEv1";
        let nets = "10.1.0.0 255.255.255.0 10.2.0.0 198.51.100.1";
        assert_eq!(row, format!("{nets} esp-aes-256 esp-sha-hmac {settings} 4608000 16 bytes"));
    }
    let script = "import sys\nfrom genie.conf.base import Device\n\
         d = Device(name='r', os='iosxe')\nd.custom = {'abstraction': {'order': ['os']}}\n\
         idents = d.parse('show crypto ipsec sa', output=open(sys.argv[1]).read())['interface']['GigabitEthernet1']['ident']\n\
         for i in idents.values():\n    \
         assert i['pkts_encaps'] == i['pkts_decrypt'] == i['send_errors'] == i['recv_errors'] == 0, i\n    \
         sas = [s for way in ('inbound_esp_sas', 'outbound_esp_sas') for s in i[way].get('spi', {}).values()]\n    \
         print(i['local_ident']['addr'], i['remote_ident']['addr'], i['peer_ip'], i['plaintext_mtu'], len(sas), *[s['transform'] for s in sas])";
    let ios = shown("scenarios/phase2_one_of_two_children.toml", "responder");
    if let Some(rows) = parse("genie.conf.base", script, &ios) {
        let up = "10.2.0.0 10.1.0.0 203.0.113.1 1438 2 esp-256-aes esp-sha-hmac esp-256-aes esp-sha-hmac";
        assert_eq!(rows.lines().next(), Some(up), "{rows}");
    }
    // A line of the list that nothing protects yet has a block all the same.
    let idle = shown("scenarios/phase2_refused_by_ios.toml", "responder");
    if let Some(rows) = parse("genie.conf.base", script, &idle) {
        assert_eq!(rows, "10.99.0.0 10.1.0.0 203.0.113.1 1500 0");
    }
}

/// What a device says that has no child, and that counters are at zero because no traffic is simulated.
#[test]
fn a_device_without_children_says_so() {
    let show = |scenario: &str, more: &[&str]| {
        let words = ["show", scenario, "--device", "initiator", "--ipsec"];
        stdout(&run(&[&words[..], more].concat()))
    };
    assert_eq!(show("scenarios/phase2_refused_by_asa.toml", &[]), "\nThere are no ipsec sas\n");
    assert_eq!(show("scenarios/phase2_up.toml", &["--at", "50ms"]), "\nThere are no ipsec sas\n");
    let router = show("scenarios/phase2_refused_by_ios.toml", &["--like", "ios"]);
    assert!(router.contains("current outbound spi: 0x0(0)"), "{router}");
    assert!(show("scenarios/phase2_up.toml", &[]).contains("(simulated): no traffic is simulated"));
    assert!(show("scenarios/main_mode.toml", &["--like", "ios"]).starts_with("(simulated): no crypto map"));
}

/// The peer's port as the device sees it, IPComp, and a child that still waits for QM3.
#[test]
fn show_crypto_ipsec_sa_is_what_the_device_knows() {
    let show = |file: &str, device: &str, like: &str| {
        stdout(&run(&["show", file, "--device", device, "--ipsec", "--like", like]))
    };
    let nat = |device| show("scenarios/phase2_behind_nat.toml", device, "asa");
    assert!(nat("initiator").contains("203.0.113.1/4500, remote crypto endpt.: 198.51.100.1/4500"));
    let behind = nat("responder");
    assert!(behind.contains("198.51.100.1/4500, remote crypto endpt.: 192.0.2.1/61001"), "{behind}");
    let router = show("scenarios/phase2_behind_nat.toml", "responder", "ios");
    assert!(router.contains("current_peer 192.0.2.1 port 61001"), "{router}");
    let lost = |like| show("scenarios/phase2_qm3_lost.toml", "responder", like);
    assert_eq!(lost("asa"), "\nThere are no ipsec sas\n");
    assert!(lost("ios").contains("current outbound spi: 0x0(0)"), "{}", lost("ios"));
    let file = scratch("look-ipcomp").join("ipcomp.toml");
    let both = "[initiator]\nprofile = \"ios\"\n[responder]\nprofile = \"ios\"\n[[initiator.crypto_map]]\ncompress = true\n";
    fs::write(&file, both).unwrap();
    let asa = show(file.to_str().unwrap(), "initiator", "asa");
    assert!(asa.contains("esp-sha-hmac comp-lzs") && !asa.contains("no compression"), "{asa}");
    let ios = show(file.to_str().unwrap(), "initiator", "ios");
    assert_eq!(ios.matches("transform: comp-lzs ,").count(), 2, "{ios}");
}

/// What is refused was opened before; and who has no whole entry begins nothing.
#[test]
fn an_asa_logs_what_a_refused_quick_mode_held() {
    let logs = |file: &str, device: &str| stdout(&run(&["logs", file, "--device", device]));
    let refused = "scenarios/phase2_refused_by_asa.toml";
    let received = |text: &str, payloads: &str| {
        let line = text.lines().find(|line| line.contains("RECEIVED") && line.contains(payloads));
        assert!(line.is_some_and(|line| !line.contains("(simulated)")), "{payloads}: {text}");
    };
    received(&logs(refused, "responder"), "HASH (8) + SA (1) + NONCE (10) + ID (5) + ID (5) + NOTIFY (11) +");
    received(&logs(refused, "initiator"), "HDR + HASH (8) + NOTIFY (11) + NONE");
    received(&logs(refused, "initiator"), "HDR + HASH (8) + DELETE (12) + NONE");
    let file = scratch("look-incomplete").join("s.toml");
    fs::write(&file, "[[fault]]\nkind = \"crypto-map-incomplete\"\nwhat = \"acl\"\nat = \"initiator\"\n")
        .unwrap();
    let incomplete = logs(file.to_str().unwrap(), "initiator");
    assert!(!incomplete.contains("New Phase 1") && incomplete.contains("incomplete"), "{incomplete}");
}
