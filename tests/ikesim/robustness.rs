//! `docs/robustness.md`: what each bad input gets. The table is made here from what really happens;
//! `ROBUSTNESS=write cargo test` writes it anew.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use ike::{Endpoint, Event, Input, Instant, Output, Powers, Streams};
use report::reasons;
use scenario::Scenario;

use crate::{code, ikesim, scratch, stderr};

const PREFACE: &str = "\
# What bad input gets

Made by a test from what really happens; `ROBUSTNESS=write cargo test --test ikesim robustness` writes it anew. Nothing here is a
panic, and no length field makes anything allocate. Fuzz targets ([crates/fuzz](../crates/fuzz)) look for what the table forgot;
`.ci/fuzz SECONDS` runs each that long and prints how often. So far, on one core beside
other work; `configs`, `predict`, `diagnose` and `explain` mostly since phase 2 came to them; nothing is open:

| target | executions |
| --- | ---: |
| codec | 111 100 000 |
| scenario | 1 595 518 |
| captures | 1 063 026 |
| endpoint | 564 682 |
| sweep | 535 142 |
| configs | 357 971 |
| predict | 295 101 |
| diagnose | 255 719 |
| explain | 93 913 |
| diff | 66 051 |
";

/// What no test can make: where time tells something.
const TIMING: &str = "
## What time tells

Simulated peers keep no secret that a clock could find. `listen` and `connect` use the same arithmetic with real keys, on a real network:

| where | constant-time? | what it may tell whoever measures the answers |
| --- | --- | --- |
| g^x and g^xy, groups 1 to 18 ([crates/modp](../crates/modp)) | no | something of the private exponent: windows of zeros are skipped, table entries are picked by its bits. It is drawn anew for each negotiation, and used twice |
| the check of a public value, groups 1 to 18 | no | nothing secret: the value came over the wire |
| groups 19, 20, 21 (p256, p384, p521), 31 (x25519-dalek) | as their authors have it | - |
| AES (aes) | as its authors have it | - |
| DES, 3DES (des) | no | something of the cipher key, to whoever shares the processor's cache: S-boxes are looked up |
| MD5, SHA, HMAC | yes | the length of the pre-shared key, in blocks of the hash |
| comparing HASH_I, HASH_R, HASH(1) (subtle) | yes | - |
| whether an encrypted message opens | no | that it did: a message that decrypts to junk is dropped before its hash is computed, and RFC 2409 has no MAC over the ciphertext |
| looking up tunnel-group and policy, NAT-D | no | whether a name or an address is known, which the answer says as well |

So: for a laboratory, for a test against a device of one's own, with keys that protect nothing else.
";

/// What no test can make either: what is written where.
const WRITING: &str = "
## What is written

A file is written beside its place and moved there, so that it is whole or not there at all; what is at a device, a pipe or behind a link is
written to. `--keys`, `--trace`, `--html` without `--redact`, the page of `diagnose`, a capture written together with its keys and the scenario that
`explore` writes are for their owner's eyes (mode 0600); the page of `predict` and `--svg` hold no secrets. An output that is also an input, or two
outputs in one file, are refused before anything runs. `-` is standard output; the report then stays away. `init` and `explore` overwrite
nothing, `sweep --resume` goes on with nothing but its own beginning.

Names, titles, identities and lines of other people's files are shown as text: what is not printed (controls, line ends within a name, marks
that turn the direction of writing) is shown as `\\u{1b}`, in JSON as `\\u001b`. A reader that closes the pipe ends the output; the exit code is what
was found.
";

/// A well-formed MSG1 of ours, to be damaged.
fn first_message(scenario: &Scenario) -> Vec<u8> {
    let (trace, _) = sim::run(&scenario.setup, &Powers::new(16));
    let sent = trace.entries().iter().find_map(|entry| entry.kind.sent());
    sent.unwrap().message().to_vec()
}

/// A damage and its name.
type Damage = (&'static str, fn(&mut Vec<u8>));

const DATAGRAMS: [Damage; 17] = [
    ("nothing at all", Vec::clear),
    ("27 bytes: less than a header", |bytes| bytes.truncate(27)),
    ("a header alone", |bytes| bytes.truncate(28)),
    ("a length field of four gigabytes", |bytes| bytes[24..28].fill(0xff)),
    ("a length field of 0", |bytes| bytes[24..28].fill(0)),
    ("IKE version 2", |bytes| bytes[17] = 0x20),
    ("an unknown exchange type", |bytes| bytes[18] = 77),
    ("an initiator cookie of zeros", |bytes| bytes[..8].fill(0)),
    ("a responder cookie of nobody's", |bytes| bytes[8] = 1),
    ("the encryption bit, and no keys", |bytes| bytes[19] = 1),
    ("an SA payload length of 3", |bytes| bytes[30..32].copy_from_slice(&[0, 3])),
    ("an SA payload longer than the message", |bytes| bytes[30] = 0xff),
    ("a proposal that announces 9 transforms", |bytes| bytes[47] = 9),
    ("another DOI", |bytes| bytes[35] = 9),
    ("a reserved byte that is not zero", |bytes| bytes[29] = 1),
    ("a first payload of type 99", |bytes| bytes[16] = 99),
    ("65 535 bytes of 0xff", |bytes| *bytes = vec![0xff; 65_535]),
];

/// What an ASA responder says of a datagram.
fn said(bytes: &[u8]) -> String {
    let scenario = Scenario::parse("", "").unwrap();
    let mut endpoint = Endpoint::new(
        Arc::new(scenario.setup.hosts.responder.clone()),
        Streams::new(1, "responder"),
        Powers::none(),
    );
    let [from, to] = [scenario.setup.hosts.initiator.address, scenario.setup.hosts.responder.address]
        .map(|ip| (ip, 500).into());
    let outputs = endpoint.handle(Instant::ZERO, Input::Datagram { from, to, bytes });
    let words: Vec<String> = outputs
        .iter()
        .filter_map(|output| {
            let Output::Event(event) = output else { return None };
            let verb = if matches!(event, Event::Dropped { .. }) { "dropped" } else { "refused" };
            Some(format!("{verb}: {}", reasons::reason(event.reason()?)))
        })
        .collect();
    assert_eq!(words.len(), 1, "{outputs:?}");
    words.concat()
}

/// A file and how the command is called with it.
const FILES: [(&str, &str, &[u8]); 9] = [
    ("run", "a scenario with an unknown key", b"titel = 'x'"),
    ("run", "a scenario of 100 000 nested lists", b"NESTED"),
    ("run", "a binary file", &[0x7f, b'E', b'L', b'F', 0, 1, 2]),
    ("run", "a file of more than 1 MiB", b"LONG"),
    ("run", "a folder", b"FOLDER"),
    ("run", "no file", b"NONE"),
    ("decode", "a text file", b"hello"),
    ("decode", "damaged gzip", &[0x1f, 0x8b, 1, 2, 3]),
    ("decode", "a pcap header that stops", &[0xd4, 0xc3, 0xb2, 0xa1, 2, 0]),
];

fn file_row(folder: &Path, verb: &str, name: &str, bytes: &[u8]) -> String {
    let bytes = match bytes {
        b"NESTED" => "a=[".repeat(100_000).into_bytes(),
        b"LONG" => vec![b'#'; 2 << 20],
        other => other.to_vec(),
    };
    fs::write(folder.join("input"), &bytes).unwrap();
    let file = match bytes.as_slice() {
        b"FOLDER" => Path::new(".").to_owned(),
        b"NONE" => Path::new("none").to_owned(),
        _ => Path::new("input").to_owned(),
    };
    let output = ikesim().current_dir(folder).arg(verb).arg(file).output().unwrap();
    let said = stderr(&output);
    let first = said
        .lines()
        .next()
        .unwrap()
        .trim_start_matches("error: ")
        .replace(&folder.display().to_string(), ".");
    format!("| `{verb}`: {name} | {} | {first} |\n", code(&output))
}

const SPOOFED: &str = "
## What a spoofed first message draws

Anybody can send a first message under another's address, which then gets the answers. `listen` answers once, and again only to a repetition;
`--resend` has it resend as its profile does. UDP payload in bytes; the first message is the profile's own, of one proposal. It gives up
when the profile does, and says nothing then.

| profile | message | bytes | answers | bytes | factor | with `--resend`: answers | bytes | factor |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
";

/// Nobody looks.
struct Nobody;

impl sim::Witness for Nobody {
    fn went_on(&mut self, _: sim::Caller, _: &sim::Live, _: usize) {}
    fn over(&mut self, _: sim::Caller, _: &sim::Live, _: Instant) {}
    fn stray(&mut self, _: Instant, _: std::net::SocketAddr, _: &sim::Live) {}
}

/// The length of a first message, and the lengths of what it draws until it is given up.
fn drawn(profile: &'static ike::Profile, mode: ike::Mode, resend: bool) -> (usize, Vec<usize>) {
    let mut setup = sim::Setup::default().in_mode(mode);
    setup.hosts = setup.hosts.map(|host| ike::Config { profile, confirm: false, ..host });
    let [from, to] =
        [setup.hosts.initiator.address, setup.hosts.responder.address].map(|ip| (ip, 500).into());
    let mut caller = sim::Live::new(&setup, ike::Role::Initiator, Streams::new(1, "caller"), Powers::none());
    let first = caller.initiate(Instant::ZERO, from, to).remove(0).bytes;
    let streams = Streams::new(1, "service");
    let mut service = sim::Service::new(setup, streams, resend, sim::service::MAX_BYTES);
    let mut answers = service.hear(Instant::ZERO, (from, to), &first, &mut Nobody);
    while let Some(due) = service.next_timeout() {
        answers.extend(service.tick(due, &mut Nobody));
    }
    (first.len(), answers.iter().map(|answer| answer.bytes.len()).collect())
}

fn spoofed() -> String {
    let mut rows = String::new();
    for profile in vendor::profile::all() {
        for (mode, name) in [(ike::Mode::Main, "MSG1"), (ike::Mode::Aggressive, "AM1")] {
            let mut cells = format!("| {} | {name}", profile.name);
            for resend in [false, true] {
                let (first, answers) = drawn(profile, mode, resend);
                assert!(resend || answers.len() == 1, "{profile} {name}: {answers:?}");
                let bytes: usize = answers.iter().sum();
                // Lengths are small: the quotient is exact enough for two digits.
                let hundredths = bytes * 100 / first;
                if !resend {
                    write!(cells, " | {first}").unwrap();
                }
                let (whole, part) = (hundredths / 100, hundredths % 100);
                write!(cells, " | {} | {bytes} | {whole}.{part:02}", answers.len()).unwrap();
            }
            writeln!(rows, "{cells} |").unwrap();
        }
    }
    rows
}

/// What no test can make: a flood on real sockets.
const FLOOD: &str = "
## What `listen` holds

Half-open negotiations take at most 64 MB in all, the trace included, and what waits to be heard 16 MB. Beyond that callers go at random, each as
likely as it is large, and never one whose second message was accepted: its address is its own. A caller that sent one message of Main Mode is
kept as that message, and run again when the second comes. What was dropped, and why, is counted in the report. At most 16 callers that never
answered are shown at once, and 16 strays a minute; the others are counted. MSG1 costs no power; AM1 costs two (g^y and g^xy), so that a flood
of those costs what it comes to in processor time: callers then wait, and what finds the queue full is dropped.

Measured once, on two cores, with a build for development: 10^5 MSG1 of 172 bytes in 2.0 s, each from another address of 127/8, and four calls
with a round trip of 100 ms meanwhile. All were heard, the four came up in 0.31 s each, and the process took 67 MB at most. With 40 000 of
60 172 bytes in 2.0 s the kernel lost 3 339 (which no report counts), the queue 3 320, and 32 274 callers went at random; the four came up, one of
them with its first resend, and the process took 89 MB.
";

#[test]
fn the_table_is_true() {
    let scenario = Scenario::parse("", "").unwrap();
    let mut table = format!(
        "{PREFACE}\n## Datagrams, at an ASA responder\n\n| datagram | what it gets |\n| --- | --- |\n"
    );
    for (name, damage) in DATAGRAMS {
        let mut bytes = first_message(&scenario);
        damage(&mut bytes);
        writeln!(table, "| {name} | {} |", said(&bytes)).unwrap();
    }
    table.push_str("\n## Files\n\n| input | exit code | error |\n| --- | --- | --- |\n");
    let folder = scratch("robustness");
    for (verb, name, bytes) in FILES {
        table.push_str(&file_row(&folder, verb, name, bytes));
    }
    table.push_str(SPOOFED);
    table.push_str(&spoofed());
    table.push_str(FLOOD);
    table.push_str(WRITING);
    table.push_str(TIMING);
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/robustness.md");
    if std::env::var_os("ROBUSTNESS").is_some_and(|value| value == "write") {
        fs::write(path, &table).unwrap();
    }
    assert_eq!(fs::read_to_string(path).unwrap_or_default(), table, "docs/robustness.md is out of date");
}
