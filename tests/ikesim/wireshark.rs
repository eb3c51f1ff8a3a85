//! Our captures under Wireshark's dissector: it must read them without complaint, open messages 5 and 6 with
//! our key line, and find every field where we find it, with the same number.

use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::Command;

use ike::Observer;
use ike::keymat::CipherKey;
use isakmp::Cookie;
use isakmp::dissect::{Field, dissect, dissect_chain};

use crate::{ikesim, say, scratch};

/// Whether tshark is there; if not, says so.
fn has_tshark() -> bool {
    let there = Command::new("tshark").arg("--version").output().is_ok_and(|output| output.status.success());
    if !there {
        say("wireshark: skipped, tshark is not installed (Debian: apt-get install tshark)");
    }
    there
}

fn tshark(args: &[&str]) -> String {
    let output = Command::new("tshark").args(args).output().unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// What a scenario was captured into: both sides in one file, and each side alone.
struct Captured {
    whole: PathBuf,
    sides: [PathBuf; 2],
    /// Empty where nobody derived keys.
    keys: String,
}

fn capture(folder: &Path, scenario: &Path) -> Captured {
    let stem = scenario.file_stem().unwrap().to_str().unwrap();
    let [whole, keys] = ["pcapng", "keys"].map(|kind| folder.join(format!("{stem}.{kind}")));
    let output =
        ikesim().arg("run").arg(scenario).arg("--pcap").arg(&whole).arg("--keys").arg(&keys).output();
    assert!(output.unwrap().status.success(), "{stem}");
    let sides = [0, 1].map(|side| {
        let path = folder.join(format!("{stem}.{side}.pcapng"));
        let filter = format!("frame.interface_id == {side}");
        tshark(&["-r", whole.to_str().unwrap(), "-Y", &filter, "-w", path.to_str().unwrap()]);
        path
    });
    // Behind it stand comments, which Wireshark skips.
    let keys = fs::read_to_string(keys).unwrap().lines().next().unwrap_or_default().to_owned();
    Captured { whole, sides, keys }
}

fn scenarios() -> Vec<PathBuf> {
    let folder = fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios")).unwrap();
    let mut files: Vec<PathBuf> = folder.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// A field that Wireshark found: where, and the number it shows.
struct Found {
    name: String,
    range: Range<usize>,
    number: Option<u64>,
    /// It stands in the decrypted bytes.
    inside: bool,
}

/// The ISAKMP fields of each packet; `None` for a packet that Wireshark calls malformed.
fn packets(pdml: &str) -> Vec<Option<Vec<Found>>> {
    pdml.split("<packet>")
        .skip(1)
        .map(|packet| (!packet.contains("_ws.malformed")).then(|| fields(packet)))
        .collect()
}

fn fields(packet: &str) -> Vec<Found> {
    let Some((_, isakmp)) = packet.split_once("<proto name=\"isakmp\"") else { return Vec::new() };
    let (head, body) = isakmp.split_once('>').unwrap();
    let base: usize = attribute(head, "pos").unwrap().parse().unwrap();
    let mut inside = false;
    let mut found = Vec::new();
    for line in body.lines().filter(|line| line.contains("<field name=\"isakmp.")) {
        let name = attribute(line, "name").unwrap();
        let [pos, size] = ["pos", "size"].map(|key| attribute(line, key).unwrap().parse::<usize>().unwrap());
        inside |= name == "isakmp.enc.data";
        // The padding's place is told in the ciphertext, everything else's in the plaintext; and we do not
        // look into what a vendor id means.
        if name == "isakmp.extradata" || name.starts_with("isakmp.vid.") {
            continue;
        }
        // Inside decrypted bytes positions count from their start, but for a payload as a whole.
        if size == 0 || (inside && name == "isakmp.typepayload") || name == "isakmp.enc.data" {
            continue;
        }
        let start = if inside { pos } else { pos - base };
        let show = attribute(line, "show").unwrap_or_default();
        let number = show
            .strip_prefix("0x")
            .map_or_else(|| show.parse().ok(), |hex| u64::from_str_radix(hex, 16).ok());
        // A bit of a byte, or half of it, is no number of ours.
        let number = number.filter(|_| !line.contains("unmaskedvalue"));
        found.push(Found { name: name.to_owned(), range: start..start + size, number, inside });
    }
    found
}

fn attribute<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    line.split_once(&format!(" {key}=\""))?.1.split('"').next()
}

/// The number in `KE (4)`, `0x01 (encryption)` or `172`.
fn number(field: &Field) -> Option<u64> {
    let value = field.value.to_string();
    let bare = value.split(' ').next().unwrap_or_default();
    if let Some(hex) = bare.strip_prefix("0x") {
        return u64::from_str_radix(hex, 16).ok();
    }
    let in_brackets = value.rsplit_once('(').and_then(|(_, end)| end.strip_suffix(')'));
    in_brackets.unwrap_or(&value).parse().ok()
}

fn by_range<'f, 'm>(fields: &'f [Field<'m>]) -> BTreeMap<(usize, usize), &'f Field<'m>> {
    // Parents come first, so that the innermost field of a range is the one that stays.
    fields.iter().flat_map(Field::walk).map(|field| ((field.range.start, field.range.end), field)).collect()
}

/// Compares one side's capture; how many messages and fields were compared.
fn compare(side: &Path, keys: &str) -> (usize, usize) {
    let file = side.to_str().unwrap();
    let table = format!("uat:ikev1_decryption_table:{keys}");
    let options: &[&str] = if keys.is_empty() { &[] } else { &["-o", &table] };
    let packets = packets(&tshark(&[&["-r", file, "-T", "pdml"], options].concat()));
    let capture = capture::read(&fs::read(side).unwrap()).unwrap();
    assert_eq!(packets.len(), capture.datagrams.len(), "{file}");
    let mut observer = Observer::new(key(keys).into_iter().collect(), None);
    let (mut messages, mut compared) = (0, 0);
    for (packet, datagram) in packets.iter().zip(&capture.datagrams) {
        let bytes = datagram.payload.strip_prefix(&[0; 4]).unwrap_or(&datagram.payload);
        let Ok(observed) = observer.observe(bytes) else { continue };
        let Some(packet) = packet else { continue };
        let outside = dissect(bytes);
        let first = observed.message.header.next_payload;
        let inside =
            observed.plaintext.as_ref().map(|text| dissect_chain(first, text, 0)).unwrap_or_default();
        let (outside, inside) = (by_range(&outside), by_range(&inside));
        for found in packet {
            let ours = if found.inside { &inside } else { &outside };
            let Found { name, range, number: theirs, .. } = found;
            let field = ours.get(&(range.start, range.end));
            let field =
                field.unwrap_or_else(|| panic!("{file}, frame {}: no {name} at {range:?}", datagram.frame));
            if let (Some(theirs), Some(ours)) = (theirs, number(field)) {
                assert_eq!(*theirs, ours, "{file}, frame {}: {name} against {field:?}", datagram.frame);
            }
            compared += 1;
        }
        messages += 1;
    }
    (messages, compared)
}

fn key(line: &str) -> Option<(Cookie, CipherKey)> {
    let unhex = |text: &str| -> Vec<u8> {
        (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
    };
    let (cookie, key) = line.split_once(',')?;
    Some((Cookie(unhex(cookie).try_into().unwrap()), CipherKey::new(unhex(key))))
}

#[test]
fn wireshark_reads_what_we_write() {
    if !has_tshark() {
        return;
    }
    let folder = scratch("wireshark");
    let (mut messages, mut fields) = (0, 0);
    for scenario in scenarios() {
        let captured = capture(&folder, &scenario);
        let text = fs::read_to_string(&scenario).unwrap();
        let damaged =
            ["corrupt", "truncate", "impair"].iter().any(|kind| text.contains(&format!("kind = \"{kind}\"")));
        // Without keys: Wireshark keeps one IV chain per SA, and repeated messages break it.
        let whole = captured.whole.to_str().unwrap();
        let marks = tshark(&[
            "-r",
            whole,
            "-o",
            "ip.check_checksum:TRUE",
            "-o",
            "udp.check_checksum:TRUE",
            "-Y",
            "_ws.malformed || ip.checksum.status == 0 || udp.checksum.status == 0",
        ]);
        assert!(damaged || marks.is_empty(), "{}: {marks}", scenario.display());
        for side in &captured.sides {
            let (more, compared) = compare(side, &captured.keys);
            messages += more;
            fields += compared;
        }
    }
    say(&format!("wireshark: {fields} fields of {messages} messages stand where we find them"));
    assert!(fields > 5000);
}

#[test]
fn wireshark_opens_messages_5_and_6() {
    if !has_tshark() {
        return;
    }
    let folder = scratch("wireshark_keys");
    // IOS says INITIAL_CONTACT in MSG5, an ASA in its first Quick Mode.
    for (name, msg5) in [("main_mode", "5,8"), ("nat_traversal", "5,8"), ("ios_pair", "5,8,11")] {
        let captured =
            capture(&folder, &Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("scenarios/{name}.toml")));
        for side in &captured.sides {
            let table = format!("uat:ikev1_decryption_table:{}", captured.keys);
            let types = tshark(&[
                "-r",
                side.to_str().unwrap(),
                "-o",
                &table,
                "-T",
                "fields",
                "-e",
                "isakmp.typepayload",
            ]);
            let types: Vec<&str> = types.lines().collect();
            assert_eq!(types[4..], [msg5, "5,8"], "{name}: ID, HASH, and N where it is; ID, HASH");
        }
    }
}
