//! Our side: the command itself, in its namespace.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use serde_json::Value;

use crate::net::Net;

/// The key both sides have unless a test says otherwise.
pub const KEY: &str = "correct horse";

/// A cipher suite as each side writes it.
#[derive(Clone, Copy)]
pub struct Suite {
    pub ikesim: &'static str,
    pub charon: &'static str,
}

/// A folder of one test's own.
pub fn folder(name: &str) -> PathBuf {
    static COUNTER: AtomicU32 = AtomicU32::new(0);
    let unique = format!("{name}-{}-{}", std::process::id(), COUNTER.fetch_add(1, Ordering::Relaxed));
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("interop").join(unique);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// What our side came to.
pub struct Result {
    pub code: i32,
    pub json: Value,
    /// Ka in hex; empty where no keys were derived.
    pub key: String,
    /// SPI and KEYMAT of each SA of a child, in hex.
    pub children: Vec<(String, String)>,
}

impl Result {
    /// The state of the side that is ours.
    pub fn state(&self) -> &str {
        let side = if self.json["initiator"].is_null() { "responder" } else { "initiator" };
        self.json[side]["state"].as_str().unwrap()
    }
}

/// Our side, running.
pub struct Ours {
    child: Child,
    folder: PathBuf,
}

fn start(net: &Net, from: &str, verb: &[&str], key: &str, more: &[&str]) -> Ours {
    let folder = folder("ours");
    let [psk, keys] = ["psk", "keys"].map(|name| folder.join(name));
    std::fs::write(&psk, key).unwrap();
    let mut command = Command::new("ip");
    command.args(["netns", "exec", &net.ours.name, env!("CARGO_BIN_EXE_ikesim")]).args(verb);
    command.args(["--local", &format!("{from}:500"), "--format", "json"]);
    command.arg("--psk-file").arg(&psk).arg("--keys").arg(&keys).args(more);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    Ours { child, folder }
}

/// Calls the other side and waits for the end.
pub fn connect(net: &Net, key: &str, more: &[&str]) -> Result {
    connect_from(net, net.ours.address, key, more)
}

/// The same from one of several addresses.
pub fn connect_from(net: &Net, own: &str, key: &str, more: &[&str]) -> Result {
    start(net, own, &["connect", net.called_by_us], key, more).finish()
}

/// Listens; ready when this returns.
pub fn listen(net: &Net, key: &str, more: &[&str]) -> Ours {
    listen_at(net, net.ours.address, key, more)
}

/// The same at one of several addresses.
pub fn listen_at(net: &Net, own: &str, key: &str, more: &[&str]) -> Ours {
    let ours = start(net, own, &["listen", "--once"], key, more);
    // Its sockets show in the kernel's table, the address from its last byte on: 500 is 01F4.
    let address: std::net::Ipv4Addr = own.parse().unwrap();
    let bound = format!("{:08X}:01F4 ", u32::from_le_bytes(address.octets()));
    for _ in 0..200 {
        let table =
            Command::new("ip").args(["netns", "exec", &net.ours.name, "cat", "/proc/net/udp"]).output();
        if String::from_utf8_lossy(&table.unwrap().stdout).contains(&bound) {
            return ours;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("ikesim listen does not bind");
}

impl Ours {
    /// Waits for the end.
    pub fn finish(self) -> Result {
        let output = self.child.wait_with_output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let json = serde_json::from_str(&text)
            .unwrap_or_else(|error| panic!("{error}: {text}{}", String::from_utf8_lossy(&output.stderr)));
        let line = std::fs::read_to_string(self.folder.join("keys")).unwrap_or_default();
        let key = line.lines().next().and_then(|line| line.split(',').nth(1)).unwrap_or_default().to_owned();
        let of_child = |line: &str| {
            let (spi, key) = line.strip_prefix("# esp ")?.split_once(',')?;
            Some((spi.to_owned(), key.to_owned()))
        };
        let children = line.lines().filter_map(of_child).collect();
        Result { code: output.status.code().unwrap(), json, key, children }
    }
}
