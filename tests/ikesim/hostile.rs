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
