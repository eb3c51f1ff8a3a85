//! Whole commands over files as large as people bring, each beside a program that reads the same file or does the
//! same sums.

use std::fs::{self, File};
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use capture::Writer;
use ike::{Powers, Role};
use scenario::Scenario;
use sim::{Actor, Kind};

use crate::process::{self, Used};
use crate::{Row, dh};

/// Negotiations in the capture: some 10^5 packets.
const NEGOTIATIONS: u32 = 13_600;
/// Microseconds from the beginning of one to that of the next: many are under way at once.
const APART: u64 = 40_000;

/// What is wrong with them, in turn.
const KINDS: [&str; 10] = [
    "",
    "[[fault]]\nkind = \"psk-mismatch\"\n",
    "[[fault]]\nkind = \"policy-mismatch\"\nattribute = \"group\"\n",
    "[[fault]]\nkind = \"peer-down\"\n",
    "[[fault]]\nkind = \"missing-tunnel-group\"\n",
    "[[fault]]\nkind = \"identity-mismatch\"\n",
    "[[fault]]\nkind = \"drop\"\nmessage = 3\ntimes = 1\n",
    "[[fault]]\nkind = \"no-route\"\nat = \"responder\"\n",
    "[responder]\nprofile = \"strongswan\"\n",
    "[responder]\nprofile = \"libreswan\"\n[[fault]]\nkind = \"psk-mismatch\"\n",
];

type Packet = (u64, SocketAddr, SocketAddr, Vec<u8>);

/// What the initiator's interface carries of the `n`th negotiation.
fn negotiation(n: u32, powers: &Powers, packets: &mut Vec<Packet>) {
    let kind = KINDS[n as usize % KINDS.len()];
    let caller = std::net::Ipv4Addr::from(0x0a00_0001 + n);
    let aggressive = if n.is_multiple_of(7) { "mode = \"aggressive\"\nconfirm = false\n" } else { "" };
    let text = format!("{aggressive}seed = {n}\n[initiator]\naddress = \"{caller}\"\n{kind}");
    let scenario = Scenario::parse("capture", &text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let (trace, _) = sim::run(&scenario.setup, powers);
    let start = u64::from(n) * APART;
    packets.extend(trace.entries().iter().filter_map(|entry| match (entry.actor, &entry.kind) {
        (Actor::Peer(Role::Initiator), Kind::Sent(datagram) | Kind::Arrived(datagram)) => {
            Some((start + entry.at.as_micros(), datagram.from, datagram.to, datagram.bytes.to_vec()))
        }
        _ => None,
    }));
}

/// The capture and how many packets it has.
fn capture_file(folder: &Path) -> (PathBuf, usize) {
    let (powers, mut packets) = (Powers::new(16), Vec::new());
    (0..NEGOTIATIONS).for_each(|n| negotiation(n, &powers, &mut packets));
    packets.sort_by_key(|packet| packet.0);
    let mut writer = Writer::new(&["wire"]);
    for (at, from, to, bytes) in &packets {
        assert!(writer.datagram(0, Duration::from_micros(*at), (*from, *to), bytes, None));
    }
    let file = folder.join("capture.pcapng");
    fs::write(&file, writer.finish()).expect("the capture");
    (file, packets.len())
}

/// A router that calls each of `peers`.
fn router(folder: &Path, own: u32, peers: &[u32]) {
    let address = |n: u32| std::net::Ipv4Addr::from(0xcb00_0000 + n);
    let net = |n: u32| std::net::Ipv4Addr::from(0x0a00_0000 + (n << 8));
    let mut file = File::create(folder.join(format!("r{own}.cfg"))).expect("a configuration");
    let mut line = |text: String| writeln!(file, "{text}").expect("a line");
    line(format!("hostname r{own}\n!\ncrypto isakmp policy 10\n encr aes 256\n hash sha256"));
    line(" authentication pre-share\n group 14".into());
    for &peer in peers {
        let key = format!("key{}x{}", own.min(peer), own.max(peer));
        line(format!("crypto isakmp key {key} address {}", address(peer)));
    }
    line("!\ncrypto ipsec transform-set ts esp-aes 256 esp-sha-hmac\n!".into());
    for (sequence, &peer) in peers.iter().enumerate() {
        line(format!("crypto map m {} ipsec-isakmp\n set peer {}", sequence + 1, address(peer)));
        line(format!(" set transform-set ts\n match address a{peer}"));
    }
    line("!\ninterface GigabitEthernet0/0".into());
    line(format!(" ip address {} 255.255.0.0\n crypto map m\n!", address(own)));
    for &peer in peers {
        let [here, there] = [own, peer].map(net);
        line(format!("ip access-list extended a{peer}\n permit ip {here} 0.0.0.255 {there} 0.0.0.255"));
    }
}

fn network(folder: &Path, name: &str, devices: impl Fn(&Path)) -> PathBuf {
    let folder = folder.join(name);
    fs::create_dir_all(&folder).expect("a folder");
    devices(&folder);
    folder
}

fn mesh(folder: &Path, devices: u32) -> PathBuf {
    network(folder, &format!("mesh{devices}"), |folder| {
        for own in 1..=devices {
            let peers: Vec<u32> = (1..=devices).filter(|peer| *peer != own).collect();
            router(folder, own, &peers);
        }
    })
}

fn hub(folder: &Path, spokes: u32) -> PathBuf {
    const HUB: u32 = 0x1000;
    network(folder, &format!("hub{spokes}"), |folder| {
        router(folder, HUB, &(1..=spokes).collect::<Vec<_>>());
        (1..=spokes).for_each(|own| router(folder, own, &[HUB]));
    })
}

pub fn rows() -> Vec<Row> {
    let folder = std::env::temp_dir().join(format!("ikesim-bench-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder for the inputs");
    let ikesim = &crate::ikesim();
    let mut rows = captures(ikesim, &folder);
    rows.extend(networks(ikesim, &folder));
    fs::remove_dir_all(&folder).expect("the inputs' end");
    rows
}

fn seconds(used: Used) -> String {
    format!("{:.2} s, {:.0} MB", used.cpu, used.kib as f64 / 1024.0)
}

fn captures(ikesim: &Path, folder: &Path) -> Vec<Row> {
    let (file, packets) = capture_file(folder);
    let file = file.to_str().expect("a plain path");
    // Without it there is nothing to stand beside.
    if Command::new("tshark").arg("--version").output().is_err() {
        println!("tshark is not installed: no rows for captures");
        return Vec::new();
    }
    let tshark = Path::new("tshark");
    let row = |command: &str, ours: &[&str], theirs: &[&str], aim| {
        let [ours, reference] = [process::used(ikesim, ours), process::used(tshark, theirs)];
        Row {
            what: format!("`{command}`, {packets} packets of {NEGOTIATIONS} negotiations"),
            figure: seconds(ours),
            reference: format!(
                "`tshark -n {}`: {}",
                theirs[1..theirs.len() - 2].join(" "),
                seconds(reference)
            ),
            ratio: ours.cpu / reference.cpu,
            aim,
        }
    };
    let text = ["-n", "-V", "-r", file];
    let json = ["-n", "-T", "json", "-r", file];
    vec![
        row("decode", &["decode", file], &text, "0.5"),
        row("decode --format json", &["decode", file, "--format", "json"], &json, "-"),
        row("diagnose", &["diagnose", file], &text, "6 s, 300 MB"),
        row("diagnose --format json", &["diagnose", file, "--format", "json"], &text, "6 s, 300 MB"),
    ]
}

/// Beside OpenSSL's derivations for as many directions, one exchange each.
fn networks(ikesim: &Path, folder: &Path) -> Vec<Row> {
    let row = |name: &str, path: &Path, phase: &[&str], directions: u32, aim| {
        let file = path.to_str().expect("a plain path");
        let used = process::used(ikesim, &[&["predict", file], phase].concat());
        let speed = dh::speed()?;
        let reference = f64::from(directions) / speed;
        Some(Row {
            what: format!("`{}`, {name}, {directions} directions", [&["predict"], phase].concat().join(" ")),
            figure: format!("{}, {:.1} s by the clock", seconds(used), used.clock),
            reference: format!("`openssl speed ffdh2048`, four for each: {reference:.2} s"),
            ratio: used.cpu / reference,
            aim,
        })
    };
    let [one, both] = [&["--phase", "1"][..], &[]];
    let [hub, small, large] = [hub(folder, 400), mesh(folder, 40), mesh(folder, 300)];
    let rows = [
        row("hub of 400", &hub, one, 800, "0.13 s"),
        row("hub of 400", &hub, both, 800, "-"),
        row("mesh of 40", &small, one, 40 * 39, "0.25 s"),
        row("mesh of 40", &small, both, 40 * 39, "-"),
        row("mesh of 300", &large, both, 300 * 299, "20 s by the clock"),
    ];
    rows.into_iter().flatten().collect()
}
