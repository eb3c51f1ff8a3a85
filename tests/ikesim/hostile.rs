//! Input that nobody means well with, or that is simply broken: one bad file stops no other, and whatever a name holds
//! is shown as text.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::{code, ikesim, scratch, stderr, stdout};

/// An ASA and an IOS router that come up with each other.
pub const HQ: &str = "hostname hq\ninterface GigabitEthernet0/0\n nameif outside\n ip address 203.0.113.1 255.255.255.0\n\
crypto map outside_map 10 match address vpn\ncrypto map outside_map 10 set peer 198.51.100.1\ncrypto map outside_map interface outside\n\
crypto ikev1 enable outside\ncrypto ikev1 policy 10\n authentication pre-share\n encryption aes-256\n hash sha\n group 14\n lifetime 86400\n\
tunnel-group 198.51.100.1 type ipsec-l2l\ntunnel-group 198.51.100.1 ipsec-attributes\n ikev1 pre-shared-key open-sesame\n";

pub const BRANCH: &str = "hostname branch\ncrypto isakmp policy 5\n encr aes 256\n hash sha\n authentication pre-share\n group 14\n\
crypto isakmp key open-sesame address 203.0.113.1\ncrypto map m 1 ipsec-isakmp\n set peer 203.0.113.1\n match address 101\n\
interface GigabitEthernet0/0\n ip address 198.51.100.1 255.255.255.0\n crypto map m\n";

fn predict(folder: &Path, args: &[&str]) -> (i32, String) {
    let output = ikesim().current_dir(folder).arg("predict").args(args).output().unwrap();
    assert!(stderr(&output).is_empty(), "{output:?}");
    (code(&output), stdout(&output))
}

fn verdicts(folder: &Path, args: &[&str]) -> (i32, Vec<String>, Value) {
    let (code, text) = predict(folder, &[args, &["--format", "json"]].concat());
    let object: Value = serde_json::from_str(&text).unwrap();
    let directions = object["directions"].as_array().unwrap().iter();
    let mut lines: Vec<String> = directions
        .map(|d| {
            let [from, to, verdict] = ["from", "to", "verdict"].map(|key| d[key].as_str().unwrap());
            format!("{from} {to} {verdict}")
        })
        .collect();
    lines.sort();
    (code, lines, object)
}

fn utf16(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
    "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(unit).collect()
}

/// However an editor wrote it: the same device, and the same line numbers.
#[test]
fn every_encoding_is_read() {
    let folder = scratch("hostile-encodings");
    fs::write(folder.join("hq.cfg"), HQ).unwrap();
    let written = [
        ("as it is", BRANCH.as_bytes().to_vec()),
        ("UTF-16, little end first", utf16(BRANCH, u16::to_le_bytes)),
        ("UTF-16, big end first", utf16(BRANCH, u16::to_be_bytes)),
        ("UTF-16 and half a unit", [utf16(BRANCH, u16::to_le_bytes), vec![b'\n']].concat()),
        ("carriage returns", BRANCH.replace('\n', "\r").into_bytes()),
        ("carriage returns and one line end", (BRANCH.replace('\n', "\r") + "\n").into_bytes()),
        ("both", BRANCH.replace('\n', "\r\n").into_bytes()),
        (
            "a pager's carriage returns",
            BRANCH.replace("interface", " --More-- \r        \rinterface").into_bytes(),
        ),
    ];
    for (name, bytes) in written {
        fs::write(folder.join("branch.cfg"), bytes).unwrap();
        let (code, lines, _) = verdicts(&folder, &["."]);
        assert_eq!((code, lines), (0, vec!["branch hq up".into(), "hq branch up".into()]), "{name}");
        let imported = ikesim().current_dir(&folder).args(["import", "branch.cfg"]).output().unwrap();
        assert!(stdout(&imported).contains("group = 14    # line 6:"), "{name}: {imported:?}");
    }
}

/// A value that the simulator does not take stops its own pair, at the line of the user's file.
#[test]
fn one_bad_device_stops_no_other() {
    let folder = scratch("hostile-device");
    fs::write(folder.join("hq.cfg"), HQ).unwrap();
    fs::write(folder.join("branch.cfg"), BRANCH).unwrap();
    let bad = BRANCH.replace("hostname branch", "hostname bad").replace("198.51.100.1", "198.51.100.9");
    fs::write(folder.join("bad.cfg"), bad.replace("open-sesame", &"k".repeat(1025))).unwrap();
    let (code, lines, object) = verdicts(&folder, &["."]);
    assert_eq!(
        (code, lines),
        (4, ["bad hq unverifiable", "branch hq up", "hq branch up"].map(str::to_owned).into())
    );
    let depends = object["directions"].as_array().unwrap().iter().find_map(|d| d["depends"].get(0)).unwrap();
    assert_eq!(depends["text"], "a pre-shared key of 1025 bytes");
    assert_eq!((&depends["at"]["file"], &depends["at"]["line"]), (&"./bad.cfg".into(), &7.into()));
    let (_, text) = predict(&folder, &["."]);
    let line = text.lines().find(|line| line.starts_with("bad ")).unwrap();
    assert!(line.ends_with("unverifiable  it cannot be run: a pre-shared key of 1025 bytes"), "{text}");
    assert!(text.contains("   ./bad.cfg:7\n     crypto isakmp key <key, 1025 characters> address"), "{text}");
    let (_, text) = predict(&folder, &[".", "--format", "github"]);
    let said = "::warning file=./bad.cfg,line=7::bad calls hq: unverifiable  it cannot be run: a pre-shared key of 1025 bytes\n";
    assert!(text.contains(said), "{text}");
}

/// Other values that a configuration may hold and a scenario may not, each at its own line.
#[test]
fn every_error_points_into_the_users_file() {
    let folder = scratch("hostile-places");
    fs::write(folder.join("branch.cfg"), BRANCH).unwrap();
    let long = "n".repeat(300);
    let name = format!("hostname {long}\ncrypto isakmp identity hostname\n");
    let cases =
        [("hostname hq\n", name.as_str(), "an identity of 300 bytes", "crypto isakmp identity hostname")];
    for (from, to, said, shown) in cases {
        fs::write(folder.join("hq.cfg"), HQ.replace(from, to)).unwrap();
        let (code, _, object) = verdicts(&folder, &["."]);
        assert_eq!(code, 4, "{said}: {object}");
        let all =
            object["directions"].as_array().unwrap().iter().flat_map(|d| d["depends"].as_array().unwrap());
        let found = all.clone().find(|d| d["text"].as_str().unwrap() == said);
        let found = found.unwrap_or_else(|| panic!("{said}: {object}"));
        assert_eq!(
            (&found["at"]["file"], &found["at"]["text"]),
            (&"./hq.cfg".into(), &shown.into()),
            "{object}"
        );
    }
}

/// A hostname is a name, whatever it holds: nothing is read back from an error's words.
#[test]
fn a_hostname_changes_no_verdict() {
    let folder = scratch("hostile-signatures");
    fs::write(folder.join("hq.cfg"), HQ.replace("hostname hq", "hostname signatures")).unwrap();
    fs::write(folder.join("branch.cfg"), BRANCH.replace("open-sesame", &"k".repeat(1025))).unwrap();
    let (code, text) = predict(&folder, &["."]);
    assert!(code == 4 && text.contains("a pre-shared key of 1025 bytes"), "{text}");
    assert!(!text.contains("which ikesim does not run"), "{text}");
}

/// What is no device is named, with a reason; what is asked for by name leaves the verdict open.
#[test]
fn nothing_is_left_out_silently() {
    let folder = scratch("hostile-left-out");
    for (name, bytes) in [
        ("hq.cfg", HQ.as_bytes()),
        ("branch.cfg", BRANCH.as_bytes()),
        ("README.md", BRANCH.as_bytes()),
        ("forti.conf", b"config system interface\n"),
        ("image.png", b"\x89PNG\0\0\0"),
        ("empty.cfg", b"\n"),
        ("core.cfg", b"hostname core\nip route 0.0.0.0 0.0.0.0 10.0.0.1\n"),
        (".hidden", BRANCH.as_bytes()),
    ] {
        fs::write(folder.join(name), bytes).unwrap();
    }
    #[cfg(unix)]
    std::os::unix::fs::symlink("nowhere", folder.join("link")).unwrap();
    let (code, lines, object) = verdicts(&folder, &["."]);
    assert_eq!((code, lines.len()), (0, 2), "{object}");
    let mut named: Vec<String> = object["not_judged"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| format!("{} {}", one["file"], one["why"]))
        .collect();
    named.sort();
    let expected = [
        ("./README.md", "a README, no device"),
        ("./core.cfg", "read as ios, nothing about IKEv1 in it"),
        ("./empty.cfg", "nothing in it"),
        ("./forti.conf", "no line of a format known here (ios, asa, swanctl, strongswan, libreswan)"),
        ("./image.png", "no text"),
        ("./link", "a link that leads to no file"),
    ];
    assert_eq!(named, expected.map(|(file, why)| format!("\"{file}\" \"{why}\"")));
    let (_, text) = predict(&folder, &["."]);
    let told = text.split("Not judged:\n\n").nth(1).unwrap();
    assert!(
        told.starts_with("   ./README.md: a README, no device\n   ./core.cfg: core: read as ios"),
        "{text}"
    );
    let (_, text) = predict(&folder, &[".", "--format", "github"]);
    assert!(
        text.contains("::notice file=./forti.conf::./forti.conf: no line of a format")
            && !text.contains("README"),
        "{text}"
    );

    let (code, _, _) = verdicts(&folder, &["hq.cfg", "branch.cfg", "forti.conf"]);
    assert_eq!(code, 4);
    let (code, lines, _) = verdicts(&folder, &["hq.cfg", "README.md"]);
    assert_eq!((code, lines.len()), (0, 2), "a file that is asked for is read");
    let output = ikesim().current_dir(&folder).args(["import", "forti.conf"]).output().unwrap();
    assert!(stderr(&output).contains("forti.conf: no line of a format known here"), "{output:?}");
}

/// A file that cannot be read is told, the others are judged, and the exit code says so.
#[cfg(unix)]
#[test]
fn an_unreadable_file_stops_no_other() {
    let folder = scratch("hostile-unread");
    fs::write(folder.join("hq.cfg"), HQ).unwrap();
    fs::write(folder.join("branch.cfg"), BRANCH).unwrap();
    // Larger than is read, whoever runs this test.
    fs::File::create(folder.join("large.cfg")).unwrap().set_len((64 << 20) + 1).unwrap();
    let (code, lines, object) = verdicts(&folder, &["."]);
    assert_eq!((code, lines.len()), (3, 2), "{object}");
    assert_eq!(object["not_judged"][0]["why"], "./large.cfg has more than 67108864 bytes");
}

/// A terminal escape of each kind, controls of one and of two bytes, line ends of three kinds, a turn of direction.
const EVIL: &str =
    "a\u{1b}]0;t\u{7}\u{1b}[31mR\u{9b}2J\r\nB\u{2028}\u{85}\u{202e}\u{200e}\u{feff}'\"$(x)`;&|<>%#,z";

/// The same as a TOML string.
fn toml(text: &str) -> String {
    let escaped = |c: char| match c {
        ' '..='~' if !"\"\\".contains(c) => c.to_string(),
        c => format!("\\u{:04x}", u32::from(c)),
    };
    format!("\"{}\"", text.chars().map(escaped).collect::<String>())
}

/// Whether every line of it is printed as it stands; our own colours are taken off.
fn is_shown(bytes: &[u8]) -> bool {
    let mut text = String::from_utf8(bytes.to_vec()).unwrap();
    for style in ["1", "2", "31", "32", "91", "94", "0"] {
        text = text.replace(&format!("\u{1b}[{style}m"), "");
    }
    // Not one of ours: nobody paints in red what somebody else calls himself.
    !text.contains("\u{1b}[31mR") && text.chars().all(|c| c == '\n' || isakmp::is_printed(c))
}

/// A scenario whose every name is hostile, and which stalls.
fn hostile_scenario() -> String {
    let evil = toml(EVIL);
    format!(
        "title = {evil}\ndescription = {evil}\nmode = \"aggressive\"\n[initiator]\nidentity = {{ key_id = {evil} }}\n\
         [[responder.tunnel_group]]\npeer = {evil}\npre_shared_key = \"x\"\n[[fault]]\nkind = \"psk-mismatch\"\n"
    )
}

#[test]
fn every_view_of_a_scenario_shows_foreign_text_as_text() {
    let folder = scratch("hostile-views");
    // Not every file system takes every name: this one is taken by all that this test runs on.
    let name = format!("{}.toml", EVIL.replace('/', ""));
    fs::write(folder.join(&name), hostile_scenario()).unwrap();
    fs::write(folder.join("other.toml"), "").unwrap();
    let run = |args: &[&str]| ikesim().current_dir(&folder).args(args).output().unwrap();
    let views: [&[&str]; 24] = [
        &["run", &name],
        &["run", &name, "--color", "always"],
        &["run", &name, "--as", "initiator"],
        &["run", &name, "--as", "responder", "--color", "always"],
        &["run", &name, "--format", "json"],
        &["run", &name, "--mermaid"],
        &[
            "run",
            &name,
            "--svg",
            "run.svg",
            "--html",
            "run.html",
            "--pcap",
            "run.pcapng",
            "--keys",
            "run.keys",
        ],
        &["why", &name],
        &["why", &name, "--format", "json"],
        &["explore", &name, "--drops", "0", "--write", "v.toml"],
        &["test", &name],
        &["test", &name, "other.toml", "--format", "tap"],
        &["test", ".", "--format", "github"],
        &["test", ".", "--format", "junit"],
        &["show", &name, "--device", "responder", "--like", "ios"],
        &["logs", &name, "--device", "responder", "--like", "asa"],
        &["logs", &name, "--device", "responder", "--like", "ios"],
        &["diff", &name, "other.toml"],
        &["sweep", &name, "--fault", "drop"],
        &["sweep", &name, "--fault", "drop", "--format", "csv"],
        &["sweep", &name, "--fault", "drop", "--format", "json"],
        &["decode", "run.pcapng", "--keys", "run.keys"],
        &["diagnose", "run.pcapng", "--html", "captured.html"],
        &["diagnose", "run.pcapng", "--format", "json"],
    ];
    for view in views {
        let output = run(view);
        assert!(matches!(code(&output), 0 | 1), "{view:?}: {output:?}");
        assert!(is_shown(&output.stdout) && is_shown(&output.stderr), "{view:?}: {output:?}");
    }
    for file in ["run.svg", "run.html", "captured.html"] {
        let bytes = fs::read(folder.join(file)).unwrap();
        assert!(is_shown(&bytes), "{file}");
    }
    well_formed(&fs::read_to_string(folder.join("run.svg")).unwrap());
    // The JSON still says it exactly.
    let object: Value = serde_json::from_slice(&run(&["run", &name, "--format", "json"]).stdout).unwrap();
    assert_eq!((&object["title"], &object["scenario"]), (&EVIL.into(), &name.as_str().into()));
}

fn well_formed(xml: &str) {
    let mut reader = quick_xml::Reader::from_str(xml);
    loop {
        let event = reader.read_event().unwrap();
        if let quick_xml::events::Event::Text(text) = &event {
            text.decode().unwrap();
        }
        if event == quick_xml::events::Event::Eof {
            return;
        }
    }
}

/// Errors repeat names: of files, of keys, of words that were typed.
#[test]
fn errors_show_foreign_text_as_text() {
    let folder = scratch("hostile-errors");
    let name = EVIL.replace('/', "");
    fs::write(folder.join(&name), format!("{} = 1\n# \u{9b}2J\u{202e}\n", toml(EVIL))).unwrap();
    fs::write(folder.join("line.toml"), "titel = \"\u{9b}2J\u{202e}\u{2028}\" # \u{85}\n").unwrap();
    let cases: [&[&str]; 13] = [
        &["run", &name],
        &["run", "line.toml", "--color", "always"],
        &["run", &format!("{name}2")],
        &["test", ".", "--format", "github"],
        &["test", "."],
        &["decode", &name],
        &["explain", "line.toml"],
        &["explain", &format!("{name}2")],
        &["sweep", "--fault", EVIL],
        &["sweep", "--plan", &name],
        &[EVIL],
        &["run", &format!("--{EVIL}")],
        &["predict", &name],
    ];
    for case in cases {
        let output = ikesim().current_dir(&folder).args(case).output().unwrap();
        assert!(
            code(&output) >= 2 && !output.stderr.is_empty() || matches!(case[0], "test" | "explain" | EVIL),
            "{case:?}: {output:?}"
        );
        assert!(is_shown(&output.stdout) && is_shown(&output.stderr), "{case:?}: {output:?}");
    }
}

/// Hostnames, maps, groups and files of configurations.
#[test]
fn predict_shows_foreign_text_as_text() {
    let folder = scratch("hostile-predict");
    // Blanks of every kind end a name here.
    let word: String = EVIL.chars().filter(|c| !c.is_whitespace()).collect();
    let branch = BRANCH
        .replace("hostname branch", &format!("hostname br{word}"))
        .replace("map m", &format!("map m{word}"));
    let file = format!("br{}.cfg", EVIL.replace('/', ""));
    fs::write(folder.join(&file), branch.replace("group 14", "group 5")).unwrap();
    fs::write(folder.join("hq.cfg"), HQ.replace("hostname hq", &format!("hostname hq{word}"))).unwrap();
    fs::write(folder.join(format!("{}.txt", EVIL.replace('/', ""))), "nothing known").unwrap();
    let views: [&[&str]; 6] = [
        &["predict", "."],
        &["predict", ".", "--format", "json"],
        &["predict", ".", "--format", "github"],
        &["predict", ".", "--format", "junit"],
        &["predict", ".", "--html", "page.html"],
        &["import", &file],
    ];
    for view in views {
        let output = ikesim().current_dir(&folder).args(view).output().unwrap();
        assert!(matches!(code(&output), 0 | 1), "{view:?}: {output:?}");
        assert!(is_shown(&output.stdout) && is_shown(&output.stderr), "{view:?}: {output:?}");
    }
    assert!(is_shown(&fs::read(folder.join("page.html")).unwrap()));
    let (_, text) = predict(&folder, &[".", "--format", "github"]);
    let places: Vec<&str> =
        text.lines().filter_map(|line| line.strip_prefix("::error file=")?.split("::").next()).collect();
    assert!(!places.is_empty() && places.iter().all(|place| place.matches(',').count() == 1), "{text}");
    assert!(
        text.contains("%0D%0AB") && text.contains("%25%23") || text.contains("%25#%2Cz.cfg,line="),
        "{text}"
    );
}

/// No column is as wide as a name wants: formats have limits that input has not.
#[test]
fn a_name_may_be_longer_than_a_width() {
    let folder = scratch("hostile-width");
    fs::write(folder.join("hq.cfg"), HQ).unwrap();
    fs::write(folder.join("branch.cfg"), BRANCH.replace("map m", &format!("map {}", "m".repeat(70_000))))
        .unwrap();
    let (code, text) = predict(&folder, &["."]);
    assert!(code == 0 && text.lines().next().unwrap().len() > 70_000, "{code}");
}

/// Copies of copies without end.
const STORM: &str = "[network]\nduplicate = 1.0\nreorder = 1.0\n[[fault]]\nkind = 'duplicate'\nmessage = 1\ntimes = 1000\nafter = '1us'\n";

/// A run without end is cut short, said to be, and judged by nobody.
#[test]
fn a_run_without_end_is_told() {
    let folder = scratch("hostile-storm");
    fs::write(folder.join("storm.toml"), STORM).unwrap();
    let said = "cut short after 20000 steps";
    let views: [&[&str]; 9] = [
        &["run", "storm.toml"],
        &["run", "storm.toml", "--as", "responder"],
        &["test", "storm.toml"],
        &["test", "storm.toml", "--format", "junit"],
        &["why", "storm.toml"],
        &["show", "storm.toml", "--device", "responder"],
        &["logs", "storm.toml", "--device", "responder"],
        &["logs", "storm.toml", "--device", "initiator", "--like", "ios"],
        &["diff", "storm.toml", "storm.toml"],
    ];
    for view in views {
        let output = ikesim().current_dir(&folder).args(view).output().unwrap();
        assert_eq!(code(&output), 4, "{view:?}");
        assert!(stdout(&output).contains(said) || stderr(&output).contains(said), "{view:?}");
    }
    let json = |verb: &str| {
        let output =
            ikesim().current_dir(&folder).args([verb, "storm.toml", "--format", "json"]).output().unwrap();
        assert_eq!(code(&output), 4, "{verb}");
        serde_json::from_str::<Value>(&stdout(&output)).unwrap()
    };
    assert_eq!([&json("run")["cut_short"], &json("why")["cut_short"]], [true, true]);
    assert_eq!(json("why")["was_possible"], Value::Null);
    // Before its end a moment is what it is.
    let early = ["show", "storm.toml", "--device", "responder", "--at", "40ms"];
    assert_eq!(code(&ikesim().current_dir(&folder).args(early).output().unwrap()), 0);
}

/// Thousands of copies in each of its worlds: an exploration ends before the memory does.
#[test]
fn an_exploration_is_bounded_in_what_is_under_way() {
    let folder = scratch("hostile-worlds");
    let copies = "[[fault]]\nkind = 'duplicate'\nmessage = 1\ntimes = 1000\nafter = '1us'\n";
    fs::write(folder.join("storm.toml"), copies.repeat(64)).unwrap();
    let output = ikesim().current_dir(&folder).args(["explore", "storm.toml"]).output().unwrap();
    assert_eq!(code(&output), 4, "{output:?}");
    assert!(
        stdout(&output).contains("cut short: too much is under way in these worlds"),
        "{}",
        stdout(&output)
    );
}

/// What once broke or hung.
#[test]
fn inputs_from_the_field_are_read() {
    let Some(shared) = crate::captures::shared("hostile field inputs") else { return };
    let file = |name: &str| shared.join("field/robustness").join(name).display().to_string();
    let folder = scratch("hostile-field");
    fs::write(folder.join("hq.cfg"), HQ).unwrap();
    let cases: [(&[&str], i32, &str); 9] = [
        (&["run", &file("dup1.toml")], 4, "cut short after 20000 steps"),
        (&["run", &file("worst1.toml")], 4, "cut short after 20000 steps"),
        (&["why", &file("worst1.toml")], 4, "cut short after 20000 steps"),
        (&["run", &file("esc.toml")], 0, "x\\u{1b}]0;pwned\\u{7}\\u{1b}[2J\\u{1b}[31mRED"),
        (&["test", &file("esc.toml"), "--format", "tap"], 0, "ok 1"),
        (&["import", &file("esc_hostname.cfg")], 0, "br\\u{1b}]0;pwned\\u{7}\\u{1b}[2J"),
        (&["predict", &file("esc_hostname.cfg"), "hq.cfg"], 1, "br\\u{1b}]0;pwned\\u{7}\\u{1b}[2J"),
        (&["predict", &file("map.cfg"), "hq.cfg"], 1, "policy-mismatch"),
        (&["diagnose", &file("two_hosts.pcap")], 4, "2 IKEv1 negotiations"),
    ];
    for (args, expected, said) in cases {
        let output = ikesim().current_dir(&folder).args(args).output().unwrap();
        assert_eq!(code(&output), expected, "{args:?}: {output:?}");
        assert!(stdout(&output).contains(said) && is_shown(&output.stdout), "{args:?}: {}", stdout(&output));
    }
}

/// Every command that is suggested runs as it is printed, whatever the file is called.
#[test]
fn suggested_commands_run() {
    let folder = scratch("hostile-commands");
    let typed = |command: &str| {
        let binary = Path::new(env!("CARGO_BIN_EXE_ikesim")).parent().unwrap();
        let path = format!("{}:{}", binary.display(), std::env::var("PATH").unwrap());
        std::process::Command::new("sh")
            .args(["-c", command])
            .current_dir(&folder)
            .env("PATH", path)
            .output()
            .unwrap()
    };
    let said = |args: &[&str]| ikesim().current_dir(&folder).args(args).output().unwrap();
    let names = [
        "plain.toml",
        "it's a $(touch hit) `touch hit`; touch hit.toml",
        "-dash.toml",
        "Z\u{fc}rich \u{6771}.toml",
        EVIL,
        "\\033%d\u{1b}.toml",
    ];
    for name in names.map(|name| name.replace('/', "")) {
        let file = if name.starts_with('-') { format!("./{name}") } else { name.clone() };
        fs::write(folder.join(&name), "[[fault]]\nkind = 'psk-mismatch'\n").unwrap();
        let text = stdout(&said(&["run", &file]));
        let why = text.lines().find_map(|line| line.strip_prefix("   next       ")).unwrap();
        let answer = typed(why);
        assert!(code(&answer) == 0 && stdout(&answer).contains("brings it up"), "{why}: {answer:?}");

        let runs = stdout(&said(&[
            "sweep",
            &file,
            "--fault",
            "drop",
            "--loss",
            "0.5",
            "--profile",
            "asa:ios",
            "--mode",
            "main",
            "--format",
            "json",
        ]));
        let first: Value = serde_json::from_str(runs.lines().next().unwrap()).unwrap();
        let replay = first["replay"].as_str().unwrap();
        let again = typed(&format!("{replay} --format json"));
        let again: Value = serde_json::from_slice(&again.stdout)
            .unwrap_or_else(|error| panic!("{error} {replay}: {again:?}"));
        assert_eq!(
            (&again["initiator"], &again["scenario"]),
            (&first["initiator"], &first["scenario"]),
            "{replay}"
        );

        fs::write(folder.join(&name), "mode = 'aggressive'\nconfirm = false\n").unwrap();
        let violation = format!("v{name}");
        let explored = stderr(&said(&["explore", &file, "--drops", "0", "--write", &violation]));
        let run = explored.split("to see it: ").nth(1).unwrap_or_else(|| panic!("{explored}"));
        assert_eq!(code(&typed(run)), 0, "{run}");

        let started = stdout(&said(&["init", &format!("./i{name}"), "--fault", "drop"]));
        let next = started.split("next: ").nth(1).unwrap();
        assert_eq!(code(&typed(next)), 0, "{next}");

        let below = format!("./d{name}");
        fs::create_dir(folder.join(&below)).unwrap();
        fs::write(folder.join(&below).join("a.toml"), "").unwrap();
        let told = stderr(&said(&["run", &below]));
        let test = told.split("help: `").nth(1).and_then(|help| help.rsplit_once("` runs every")).unwrap().0;
        assert_eq!(code(&typed(test)), 0, "{test}");
    }
    assert!(!folder.join("hit").exists() && !folder.join("hit.toml").exists());
}
