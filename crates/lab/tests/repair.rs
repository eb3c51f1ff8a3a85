//! A side's configuration in its device's words: printed, read back, edited, refused.

#![cfg(test)]

use ike::Role;
use lab::{NoRepair, print, repaired};
use scenario::Scenario;

fn scenario(text: &str) -> Scenario {
    Scenario::parse("test.toml", text).unwrap_or_else(|error| panic!("{}", error.render(false)))
}

/// What a configuration may have: each line of `[initiator]`, the tables behind it.
const SIDES: &[(&str, &str)] = &[
    ("", ""),
    ("ike_enabled = false", ""),
    ("aggressive_mode = false\nnat_traversal = false", ""),
    ("identity = { fqdn = \"branch.example.net\" }", ""),
    ("identity = { user_fqdn = \"a@example.net\" }", ""),
    ("peer = \"198.51.100.77\"", ""),
    (
        "",
        "[[initiator.policy]]\nencryption = \"aes-128\"\nhash = \"sha256\"\ngroup = 19\n[[initiator.policy]]\npriority = 20\nencryption = \"3des\"\nhash = \"md5\"\ngroup = 2\nlifetime = 3600\n",
    ),
    (
        "",
        "[[initiator.tunnel_group]]\npeer = \"198.51.100.1\"\npre_shared_key = \"a?b!c\"\n[[initiator.tunnel_group]]\npeer = \"default\"\npre_shared_key = \"other\"\n",
    ),
    ("", "[[initiator.tunnel_group]]\npeer = \"elsewhere\"\npre_shared_key = \"x\"\n"),
    ("tunnel_group = []", ""),
    (
        "",
        "[[initiator.crypto_map]]\nacl = [\"ip 10.1.0.0/24 10.2.0.0/24\", \"ip 10.1.5.0/25 10.2.0.0/16\"]\npfs = 14\n",
    ),
    (
        "",
        "[[initiator.crypto_map]]\nacl = [\"udp self:1701 peer\"]\nmode = \"transport\"\ntransform_set = [\"esp-aes-128 esp-sha256-hmac\", \"esp-gcm-256\"]\n",
    ),
    ("", "[[initiator.crypto_map]]\ninterface = false\n"),
    ("", "[[initiator.crypto_map]]\nacl = []\n"),
    ("", "[[initiator.crypto_map]]\npeer = []\n"),
    ("", "[[initiator.crypto_map]]\nsequence = 20\npeer = [\"198.51.100.1\", \"198.51.100.7\"]\n"),
];

#[test]
fn what_is_printed_is_read_back() {
    for profile in ["asa", "ios"] {
        for (keys, tables) in SIDES {
            let text = format!("[initiator]\nprofile = \"{profile}\"\n{keys}\n{tables}");
            let scenario = scenario(&text);
            let printed = print(&scenario.setup.hosts.initiator, Role::Initiator);
            let tried = repaired(&scenario, Role::Initiator, "x.cfg", printed.as_bytes());
            let tried = tried.unwrap_or_else(|no| panic!("{profile}: {keys}{tables}: {no:?}\n{printed}"));
            assert_eq!(
                tried.setup.hosts.initiator, scenario.setup.hosts.initiator,
                "{profile}: {keys}{tables}\n{printed}"
            );
        }
    }
}

#[test]
fn a_key_id_is_an_asas() {
    let scenario = scenario("[initiator]\nidentity = { key_id = \"branch\" }");
    let printed = print(&scenario.setup.hosts.initiator, Role::Initiator);
    assert!(printed.contains("crypto isakmp identity key-id branch\n"), "{printed}");
    assert_eq!(repaired(&scenario, Role::Initiator, "x.cfg", printed.as_bytes()).unwrap(), scenario);
}

#[test]
fn an_edited_key_counts_and_a_masked_one_stays() {
    let scenario = scenario("[[fault]]\nkind = \"psk-mismatch\"\nat = \"initiator\"");
    let printed = print(&scenario.setup.hosts.initiator, Role::Initiator);
    let key = printed.lines().find(|line| line.contains("pre-shared-key")).unwrap();
    let up = |with: &str| {
        let edited = printed.replace(key, &format!(" ikev1 pre-shared-key {with}"));
        let tried = repaired(&scenario, Role::Initiator, "x.cfg", edited.as_bytes()).unwrap();
        sim::run(&tried.setup, &ike::Powers::none()).1.works()
    };
    assert!(up("cisco123"));
    assert!(!up("cisco1234"));
    assert!(!up("*****"));
}

#[test]
fn keys_of_a_scenario_are_a_repair_too() {
    let scenario =
        scenario("[[fault]]\nkind = \"psk-mismatch\"\nat = \"initiator\"\n[responder]\nprofile = \"ios\"");
    let toml = "[[initiator.tunnel_group]]\npeer = \"198.51.100.1\"\npre_shared_key = \"cisco123\"\n";
    let tried = repaired(&scenario, Role::Initiator, "x.toml", toml.as_bytes()).unwrap();
    assert!(sim::run(&tried.setup, &ike::Powers::none()).1.works());
    assert_eq!(tried.setup.hosts.responder, scenario.setup.hosts.responder);
}

#[test]
fn what_is_no_repair_is_told_apart() {
    let scenario = scenario("");
    let told =
        |file: &str, text: &str| repaired(&scenario, Role::Initiator, file, text.as_bytes()).unwrap_err();
    assert!(matches!(told("x.cfg", ""), NoRepair::NoDevice(_)));
    assert!(matches!(told("x.cfg", "# A title\n\nWords.\n"), NoRepair::NoDevice(_)));
    let router =
        "crypto isakmp policy 10\n authentication pre-share\ncrypto isakmp key x address 198.51.100.1\n";
    assert_eq!(told("x.cfg", router), NoRepair::Vendor { is: vendor::profile::ASA.title });
    let misspelt = "crypto ikev1 enable outside\ncrypto ikev1 policy 10\n encryption aes-257\n";
    assert!(matches!(told("x.cfg", misspelt), NoRepair::Lines(problems) if problems[0].at.line == 3));
    assert_eq!(told("x.toml", "[responder]\n"), NoRepair::Table("responder".into(), None));
    assert_eq!(told("x.toml", "[[fault]]\nkind = \"nat\"\n"), NoRepair::Table("fault".into(), None));
    assert!(matches!(told("x.toml", "[initator]\n"), NoRepair::Toml(_)));
}
