//! `ikesim decode` on captures that others made: it agrees with tshark on every header and payload chain,
//! opens what the given keys open, and checks what the given pre-shared keys check.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::{code, ikesim, say, scratch, stderr, stdout};

/// `../shared`; says so where it is absent.
fn shared(what: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    if !path.is_dir() {
        say(&format!("{what}: skipped, ../shared is absent"));
        return None;
    }
    Some(path)
}

fn decode(file: &Path, more: &[&str]) -> Vec<Value> {
    let output = ikesim().arg("decode").arg(file).args(["--format", "json"]).args(more).output().unwrap();
    assert_eq!(code(&output), 0, "{}: {}", file.display(), stderr(&output));
    stdout(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A row of tshark's table by column name.
fn rows(tsv: &Path) -> Vec<Vec<(String, String)>> {
    let text = fs::read_to_string(tsv).unwrap();
    let mut lines = text.lines();
    let names: Vec<&str> = lines.next().unwrap().split('\t').collect();
    let row =
        |line: &str| names.iter().map(|n| (*n).to_owned()).zip(line.split('\t').map(str::to_owned)).collect();
    lines.map(row).collect()
}

fn column<'r>(row: &'r [(String, String)], name: &str) -> &'r str {
    row.iter().find(|(column, _)| column == name).map_or("", |(_, value)| value)
}

/// tshark's number for each of our payload names; proposals and transforms are inside the SA.
fn kinds(payloads: &Value) -> Vec<String> {
    const NAMES: [(&str, &str); 16] = [
        ("SA", "1"),
        ("KE", "4"),
        ("ID", "5"),
        ("CERT", "6"),
        ("CR", "7"),
        ("HASH", "8"),
        ("SIG", "9"),
        ("NONCE", "10"),
        ("N", "11"),
        ("D", "12"),
        ("VID", "13"),
        ("ATTR", "14"),
        ("NAT-D", "20"),
        ("NAT-OA", "21"),
        ("FRAG", "132"),
        ("", ""),
    ];
    let number =
        |name: &str| NAMES.iter().find(|(n, _)| *n == name).map_or(name, |(_, number)| number).to_owned();
    payloads.as_array().unwrap().iter().map(|name| number(name.as_str().unwrap())).collect()
}

/// Messages on which we and tshark agree.
fn agree(file: &Path, keys: &str) -> usize {
    let mut tsv = file.as_os_str().to_owned();
    tsv.push(".tshark.tsv");
    let decoded = decode(file, &["--keys", keys]);
    let mut agreed = 0;
    for row in rows(Path::new(&tsv)) {
        // IKEv2 and what is no ISAKMP is not ours.
        if !column(&row, "isakmp.version").starts_with("0x1") {
            continue;
        }
        let frame: u64 = column(&row, "frame.number").parse().unwrap();
        let place = format!("{} frame {frame}", file.display());
        let ours = decoded
            .iter()
            .find(|message| message["frame"] == frame)
            .unwrap_or_else(|| panic!("{place} is missing"));
        for (ours, theirs) in [("icookie", "isakmp.ispi"), ("rcookie", "isakmp.rspi")] {
            let (our, their) =
                (&decoded.iter().find(|m| m["frame"] == frame).unwrap()[ours], column(&row, theirs));
            assert_eq!(our, their, "{place} {ours}");
        }
        let id = u32::from_str_radix(column(&row, "isakmp.messageid").trim_start_matches("0x"), 16).unwrap();
        assert_eq!(ours["message_id"], id, "{place}");
        let number = match ours["exchange"].as_str().unwrap() {
            "main" => "2",
            "aggressive" => "4",
            "informational" => "5",
            "transaction" => "6",
            "quick" => "32",
            other => other,
        };
        assert_eq!(number, column(&row, "isakmp.exchangetype"), "{place}");
        if ours["error"].is_null() {
            let theirs =
                column(&row, "isakmp.typepayload").split(',').filter(|kind| !["2", "3", ""].contains(kind));
            let (ours, theirs) = (kinds(&ours["payloads"]), theirs.collect::<Vec<_>>());
            // Where tshark stops (at a draft's payload 15) we go on: raw bodies are kept.
            let stopped = !column(&row, "_ws.malformed").is_empty();
            let seen = if stopped { ours.get(..theirs.len()).unwrap_or_default() } else { &ours[..] };
            assert_eq!(seen, theirs, "{place}");
        } else {
            assert!(
                !column(&row, "_ws.malformed").is_empty(),
                "{place}: {} and tshark says nothing",
                ours["error"]
            );
        }
        agreed += 1;
    }
    agreed
}

#[test]
fn captures_read_as_tshark_reads_them() {
    let Some(shared) = shared("decode") else { return };
    let folder = scratch("decode_keys");
    let keys: Value =
        serde_json::from_str(&fs::read_to_string(shared.join("vectors/pcap/keys.json")).unwrap()).unwrap();
    let lines: String = keys
        .as_object()
        .unwrap()
        .iter()
        .map(|(cookie, key)| format!("{cookie},{}\n", key.as_str().unwrap()))
        .collect();
    let file = folder.join("keys.txt");
    fs::write(&file, lines).unwrap();
    let mut agreed = 0;
    let mut captures = 0;
    for entry in fs::read_dir(shared.join("vectors/pcap")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if name.contains(".pcap") && !name.ends_with(".tsv") {
            agreed += agree(&path, file.to_str().unwrap());
            captures += 1;
        }
    }
    say(&format!("decode: {agreed} messages of {captures} captures read as tshark reads them"));
    assert!(agreed > 50);
}

/// The psk given too: the hashes of messages 5 and 6 verify.
#[test]
fn daemons_handshakes_open_and_verify() {
    let Some(shared) = shared("decode golden") else { return };
    let folder = scratch("decode_golden");
    let (mut opened, mut verified, mut closed) = (0, 0, 0);
    for entry in fs::read_dir(shared.join("golden")).unwrap() {
        let run = entry.unwrap().path();
        let Ok(text) = fs::read_to_string(run.join("vector.json")) else { continue };
        let vector: Value = serde_json::from_str(&text).unwrap();
        let keys = ["keys_initiator", "keys_responder"].map(|side| &vector[side]["enc_key"]);
        let key = keys.into_iter().find_map(|key| key.as_str()).unwrap();
        let cookie = &vector["messages"][0]["hex"].as_str().unwrap()[..16];
        let [key_file, psk_file] = ["keys.txt", "psk.txt"].map(|name| folder.join(name));
        fs::write(&key_file, format!("{cookie},{key}\n")).unwrap();
        fs::write(&psk_file, unhex(vector["psk_hex"].as_str().unwrap())).unwrap();
        let given = ["--keys", key_file.to_str().unwrap(), "--psk-file", psk_file.to_str().unwrap()];
        let capture = run.join("wire.pcap");
        if !capture.is_file() {
            continue;
        }
        let decoded = decode(&capture, &given);
        let camellia = run.display().to_string().contains("camellia");
        for message in &decoded {
            let place = format!("{} frame {}", run.display(), message["frame"]);
            assert!(message["error"].is_null(), "{place}: {}", message["error"]);
            if message["encrypted"] == true {
                assert_eq!(message["decrypted"], !camellia, "{place}");
                opened += usize::from(!camellia);
                closed += usize::from(camellia);
            }
            let phase_1 = ["main", "aggressive"].contains(&message["exchange"].as_str().unwrap());
            if phase_1 && !message["hash"].is_null() {
                assert_eq!(message["hash"], "verified", "{place}");
                verified += 1;
            }
        }
        let clear: Vec<&Value> = vector["messages"].as_array().unwrap().iter().collect();
        let first = decoded.iter().find(|message| message["icookie"] == cookie).unwrap();
        assert_eq!(kinds(&first["payloads"]), kinds(&clear[0]["payloads"]), "{}", run.display());
    }
    say(&format!(
        "decode: {opened} encrypted messages of daemons opened, {verified} hashes verified, {closed} of a cipher that is not built"
    ));
    assert!(opened > 80 && verified > 80);
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

#[test]
fn packets_that_crashed_others_are_told_apart() {
    let Some(shared) = shared("decode malformed") else { return };
    let mut files = 0;
    for entry in fs::read_dir(shared.join("vectors/malformed")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if name.contains(".pcap") && !name.ends_with(".tsv") {
            let human = ikesim().arg("decode").arg(&path).output().unwrap();
            assert_eq!(code(&human), 0, "{name}: {}", stderr(&human));
            let said = decode(&path, &[]).len() + usize::from(stderr(&human).contains("note: "));
            assert!(said > 0, "{name} says nothing");
            files += 1;
        }
    }
    say(&format!("decode: {files} captures of packets that crashed others"));
}

/// The pre-shared key of a real device's Aggressive Mode, and a wrong one.
#[test]
fn a_pre_shared_key_is_verified_or_refuted() {
    let folder = scratch("decode_psk");
    let [pcap, keys, right, wrong] =
        ["c.pcapng", "keys.txt", "right.txt", "wrong.txt"].map(|name| folder.join(name));
    let run = ikesim()
        .args(["run", "scenarios/aggressive_mode_three_messages.toml", "--pcap"])
        .arg(&pcap)
        .arg("--keys")
        .arg(&keys)
        .output()
        .unwrap();
    assert_eq!(code(&run), 0);
    fs::write(&right, "cisco123\n").unwrap();
    fs::write(&wrong, "cisco124\n").unwrap();
    let hashes = |more: &[&str]| -> Vec<String> {
        decode(&pcap, more).iter().map(|m| m["hash"].as_str().unwrap_or("-").to_owned()).collect()
    };
    let (right, wrong, keys) = (right.to_str().unwrap(), wrong.to_str().unwrap(), keys.to_str().unwrap());
    assert_eq!(
        hashes(&["--psk-file", right]),
        ["-", "-", "verified", "verified", "-", "-"],
        "AM3 stays closed"
    );
    assert_eq!(hashes(&["--psk-file", wrong]), ["-", "-", "wrong", "wrong", "-", "-"]);
    assert_eq!(hashes(&[]), ["-", "-", "unknown", "unknown", "-", "-"]);
    let both = ["--psk-file", right, "--keys", keys];
    assert_eq!(hashes(&both), ["-", "-", "verified", "verified", "verified", "verified"]);
}

#[test]
fn wrong_inputs_are_told() {
    let folder = scratch("decode_wrong");
    let write = |name: &str, text: &str| {
        fs::write(folder.join(name), text).unwrap();
        folder.join(name).display().to_string()
    };
    let capture = folder.join("c.pcapng").display().to_string();
    assert_eq!(
        code(&ikesim().args(["run", "scenarios/main_mode.toml", "--pcap", &capture]).output().unwrap()),
        0
    );
    let no_capture = write("text.pcap", "hello");
    let bad_keys = write("keys.txt", "# comment\n0011223344556677,00\nnonsense\n");
    let empty = write("psk.txt", "\n");
    let cases = [
        (vec!["decode", &no_capture], 2, "neither a pcap nor a pcapng file"),
        (vec!["decode", "scenarios"], 3, "cannot read scenarios"),
        (vec!["decode", "no/such.pcap"], 3, "no such file"),
        (vec!["decode", &capture, "--keys", &bad_keys], 2, "keys.txt:3: no key line"),
        (vec!["decode", &capture, "--psk-file", &empty], 2, "holds no pre-shared key"),
    ];
    for (args, expected, said) in cases {
        let output = ikesim().args(&args).output().unwrap();
        assert!(code(&output) == expected && stderr(&output).contains(said), "{args:?}: {}", stderr(&output));
    }
}

/// Every field with those below it: range, name, value; a value that is long in its first characters.
fn flat(fields: &Value, into: &mut Vec<(String, String, String)>) {
    for field in fields.as_array().unwrap() {
        let [at, length] = ["at", "length"].map(|key| field[key].as_u64().unwrap());
        let value: String = field["value"].as_str().unwrap().chars().take(72).collect();
        let last = (at + length).saturating_sub(1).max(at);
        into.push((format!("{at}-{last}"), field["name"].as_str().unwrap().to_owned(), value));
        if !field["fields"].is_null() {
            flat(&field["fields"], into);
        }
    }
}

/// JSON has what the text has: each field, in the same order, those of the plaintext too.
#[test]
fn the_json_has_every_field_of_the_text() {
    let folder = scratch("decode_fields");
    let [pcap, keys] = ["c.pcapng", "keys.txt"].map(|name| folder.join(name).display().to_string());
    let run = ikesim()
        .args(["run", "scenarios/main_mode.toml", "--pcap", &pcap, "--keys", &keys])
        .output()
        .unwrap();
    assert_eq!(code(&run), 0);
    let text = stdout(&ikesim().args(["decode", &pcap, "--keys", &keys]).output().unwrap());
    let mut in_json = Vec::new();
    for message in decode(Path::new(&pcap), &["--keys", &keys]) {
        flat(&message["fields"], &mut in_json);
        assert_eq!(message["inside"].is_null(), message["decrypted"] == false);
        assert_eq!(message["closed"], Value::Null);
        if message["decrypted"] == true {
            flat(&message["inside"], &mut in_json);
        }
    }
    let of_a_field = |line: &&str| line.trim_start().starts_with(|c: char| c.is_ascii_digit());
    let lines: Vec<&str> = text.lines().filter(of_a_field).collect();
    assert_eq!(lines.len(), in_json.len());
    for (line, (range, name, value)) in lines.iter().zip(&in_json) {
        let words = line.trim_start().strip_prefix(range.as_str()).map(str::trim_start);
        let rest = words.and_then(|rest| rest.strip_prefix(name.as_str())).map(str::trim_start);
        assert!(rest.is_some_and(|rest| rest.starts_with(value.as_str())), "{line}: {range} {name} {value}");
    }
    let closed = decode(Path::new(&pcap), &[]);
    assert!(closed.iter().any(|message| message["closed"].as_str().is_some()), "why a message stays closed");
}

/// A packed capture is decoded as it stands, message by message.
#[test]
fn standard_input_and_packed_files_are_streams() {
    let folder = scratch("decode_stream");
    let pcap = folder.join("c.pcapng");
    let run = ikesim().args(["run", "scenarios/main_mode.toml", "--pcap"]).arg(&pcap).output().unwrap();
    assert_eq!(code(&run), 0);
    let plain = fs::read(&pcap).unwrap();
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packer, &plain).unwrap();
    let packed = packer.finish().unwrap();
    let whole = stdout(&ikesim().arg("decode").arg(&pcap).output().unwrap());
    assert_eq!(stdout(&crate::feed(&["decode", "-"], &packed)), whole);
    let half = crate::feed(&["decode", "-"], &packed[..packed.len() / 2]);
    assert!(whole.starts_with(&stdout(&half)) && !stdout(&half).is_empty(), "what came before the damage");
    assert!(stderr(&half).contains("damaged or cut behind frame"), "{}", stderr(&half));
}

/// A recorded run's own lines for `--keys`: Ka of every phase 1, and with `authenticators` SKEYID_a and SKEYID_d as comments.
fn key_lines(vector: &Value, authenticators: bool) -> String {
    let later = vector["phase1_later"].as_array().into_iter().flatten();
    let all = [&vector["phase1"]].into_iter().chain(later);
    all.fold(String::new(), |mut text, phase1| {
        let value = |name: &str| phase1[name].as_str().unwrap();
        text += &format!("{},{}\n", value("icookie"), value("enc_key"));
        for name in ["skeyid_a", "skeyid_d"].into_iter().filter(|_| authenticators) {
            text += &format!("# {name} {},{}\n", value("icookie"), value(name));
        }
        text
    })
}

/// The SAs of one Quick Mode as `decode` shows them: protocol, SPI, KEYMAT or why there is none.
fn shown_sas(messages: &[&Value]) -> Vec<(String, String, Result<String, String>)> {
    let sas = messages.iter().flat_map(|message| message["sas"].as_array().into_iter().flatten());
    let one = |sa: &Value| {
        let word = |name: &str| sa[name].as_str().map(str::to_owned);
        let keymat = word("keymat").ok_or_else(|| word("without").unwrap());
        (word("protocol").unwrap().to_uppercase(), word("spi").unwrap(), keymat)
    };
    let mut sas: Vec<_> = sas.map(one).collect();
    sas.sort();
    sas.dedup();
    sas
}

fn recorded_sas(quick: &Value) -> Vec<(String, String, Result<String, String>)> {
    let pfs = quick["g_qm_xy"].as_str().is_some();
    let one = |sa: &Value| {
        let word = |name: &str| sa[name].as_str().map(str::to_owned);
        let keymat = match word("keymat") {
            _ if pfs => Err("PFS: the keys hang on a Diffie-Hellman value that no capture tells".to_owned()),
            Some(keymat) => Ok(keymat),
            None => Err("it has no key, or an algorithm whose key length is not known".to_owned()),
        };
        (word("protocol").unwrap(), word("spi").unwrap(), keymat)
    };
    let mut sas: Vec<_> = quick["sas"].as_array().unwrap().iter().map(one).collect();
    sas.sort();
    sas.dedup();
    sas
}

/// HASH(1) to HASH(3) of every Quick Mode of charon and pluto verify with SKEYID_a, and KEYMAT follows from SKEYID_d but
/// where PFS has a part in it; with Ka alone neither is known.
#[test]
fn recorded_quick_modes_verify_and_have_their_keys() {
    let Some(shared) = shared("decode of Quick Mode") else { return };
    let Ok(folders) = fs::read_dir(shared.join("real-daemons/quick-mode-good")) else {
        return say("decode of Quick Mode: skipped, no recorded runs");
    };
    let file = scratch("decode_quick").join("keys.txt");
    let (mut runs, mut exchanges, mut keys) = (0, 0, 0);
    for run in folders.map(|entry| entry.unwrap().path()) {
        let Ok(text) = fs::read_to_string(run.join("vector.json")) else { continue };
        let vector: Value = serde_json::from_str(&text).unwrap();
        runs += 1;
        for authenticators in [false, true] {
            fs::write(&file, key_lines(&vector, authenticators)).unwrap();
            let decoded = decode(&run.join("wire.pcap"), &["--keys", file.to_str().unwrap()]);
            for quick in vector["quick_modes"].as_array().unwrap() {
                let id = u32::from_str_radix(quick["msgid"].as_str().unwrap(), 16).unwrap();
                let ours = |message: &&Value| message["exchange"] == "quick" && message["message_id"] == id;
                let messages: Vec<&Value> = decoded.iter().filter(ours).collect();
                let place = format!("{} {id:08x}", run.display());
                assert!(messages.len() >= 3, "{place}: {} messages", messages.len());
                let want = if authenticators { "verified" } else { "unknown" };
                for message in &messages {
                    assert_eq!(message["hash"], want, "{place} frame {}", message["frame"]);
                }
                let sas = shown_sas(&messages);
                if authenticators {
                    assert_eq!(sas, recorded_sas(quick), "{place}");
                    exchanges += 1;
                    keys += sas.iter().filter(|(.., keymat)| keymat.is_ok()).count();
                } else {
                    assert!(sas.is_empty(), "{place}: {sas:?}");
                }
            }
        }
    }
    say(&format!("decode of Quick Mode: {runs} runs, {exchanges} exchanges, {keys} keys"));
    assert!(runs > 0 && keys > 0, "the folder is empty");
}

/// Our own key file opens our own capture down to the keys of the child, as text too.
#[test]
fn own_quick_mode_shows_its_keymat() {
    let folder = scratch("decode_own_quick");
    let [pcap, keys] = ["c.pcapng", "k.txt"].map(|name| folder.join(name));
    let mut run = ikesim();
    run.args(["run", "scenarios/phase2_up.toml", "--pcap"]).arg(&pcap).arg("--keys").arg(&keys);
    assert_eq!(code(&run.output().unwrap()), 0);
    let written = fs::read_to_string(&keys).unwrap();
    let text = stdout(&ikesim().arg("decode").arg(&pcap).arg("--keys").arg(&keys).output().unwrap());
    let sas: Vec<&str> = text.lines().filter(|line| line.starts_with("  ESP SPI ")).collect();
    // Both interfaces of the capture have both directions.
    assert_eq!(sas.len(), 4, "{sas:?}");
    for sa in sas {
        let (_, keymat) = sa.split_once("KEYMAT ").unwrap();
        assert_eq!(keymat.len(), 2 * (32 + 20), "{sa}");
    }
    let plain: String =
        written.lines().filter(|line| !line.starts_with('#')).map(|l| format!("{l}\n")).collect();
    fs::write(&keys, plain).unwrap();
    let text = stdout(&ikesim().arg("decode").arg(&pcap).arg("--keys").arg(&keys).output().unwrap());
    assert!(!text.contains("KEYMAT") && text.contains("# skeyid_a"), "{text}");
}
