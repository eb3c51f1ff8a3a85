//! strongSwan's charon in a namespace, with a log that shows every key.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use crate::net::Net;
use crate::peer::folder;

const DAEMON: &str = "/usr/lib/ipsec/charon";
/// What a handshake needs and no more: kernel-libipsec and bypass-lan would take over the routes.
const PLUGINS: &str =
    "random nonce openssl aes des sha1 sha2 md5 gmp curve25519 hmac kdf kernel-netlink socket-default vici";

/// Whether it is installed.
pub fn missing() -> Option<&'static str> {
    let there =
        fs::exists(DAEMON).unwrap_or(false) && Command::new("swanctl").arg("--version").output().is_ok();
    (!there).then_some(
        "charon is missing (Debian: apt-get install strongswan-charon strongswan-swanctl \
         libstrongswan-standard-plugins libstrongswan-extra-plugins libcharon-extra-plugins)",
    )
}

/// How a connection is configured.
#[derive(Clone)]
pub struct Connection {
    pub name: String,
    pub aggressive: bool,
    pub proposal: &'static str,
    pub key: &'static str,
    pub peer: String,
    pub own_id: &'static str,
    pub peer_id: String,
    /// What stands in its child's section, if it has one.
    pub child: Option<String>,
}

impl Connection {
    fn text(&self, own: &str) -> String {
        let Connection { name, aggressive, proposal, peer, own_id, peer_id, child, .. } = self;
        let child = child.as_ref().map_or(String::new(), |text| {
            format!(
                "children {{ {name} {{ {text} }} }}
"
            )
        });
        let aggressive = if *aggressive { "yes" } else { "no" };
        format!(
            "{name} {{ version = 1\n aggressive = {aggressive}\n proposals = {proposal}\n\
             local_addrs = {own}\n remote_addrs = {peer}\n\
             local {{ auth = psk\n id = \"{own_id}\" }}\n remote {{ auth = psk\n id = \"{peer_id}\" }}\n {child} }}\n"
        )
    }
}

pub struct Charon {
    child: Child,
    folder: PathBuf,
}

impl Charon {
    pub fn start(net: &Net, connection: &Connection) -> Charon {
        Charon::with(net, std::slice::from_ref(connection))
    }

    /// With several connections; they share one key.
    pub fn with(net: &Net, connections: &[Connection]) -> Charon {
        Charon::preloaded(net, connections, &[])
    }

    /// With variables of its environment.
    pub fn preloaded(net: &Net, connections: &[Connection], variables: &[(&str, &Path)]) -> Charon {
        let folder = folder("charon");
        let place = folder.display();
        fs::write(
            folder.join("strongswan.conf"),
            format!(
                "charon {{\n load = {PLUGINS}\n install_routes = no\n\
                 i_dont_care_about_security_and_use_aggressive_mode_psk = yes\n\
                 plugins {{ vici {{ socket = unix://{place}/vici }} }}\n\
                 filelog {{ log {{ path = {place}/log\n default = 1\n ike = 4\n flush_line = yes\n }} }}\n}}\n"
            ),
        )
        .unwrap();
        let own = net.theirs.address;
        let texts: String = connections.iter().map(|one| one.text(own)).collect();
        let key = connections[0].key;
        fs::write(
            folder.join("swanctl.conf"),
            format!("connections {{ {texts} }}\nsecrets {{ ike-x {{ secret = \"{key}\" }} }}\n"),
        )
        .unwrap();
        // Its pid file's path is compiled in: each instance gets a /run of its own.
        let child = Command::new("ip")
            .args(["netns", "exec", &net.theirs.name, "unshare", "-m", "sh", "-c"])
            .arg(format!("mount -t tmpfs none /run && exec {DAEMON}"))
            .env("STRONGSWAN_CONF", folder.join("strongswan.conf"))
            .envs(variables.iter().copied())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let charon = Charon { child, folder };
        charon.wait_for_socket();
        let config = charon.folder.join("swanctl.conf");
        let loaded = charon.swanctl(&["--load-all", "--file", config.to_str().unwrap()]);
        assert!(loaded.status.success(), "{}{}", String::from_utf8_lossy(&loaded.stderr), charon.log());
        charon
    }

    fn wait_for_socket(&self) {
        for _ in 0..250 {
            if fs::exists(self.folder.join("vici")).unwrap() {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("charon does not start: {}", self.log());
    }

    fn swanctl(&self, args: &[&str]) -> Output {
        let socket = format!("unix://{}/vici", self.folder.display());
        let (verb, rest) = args.split_first().unwrap();
        let conf = self.folder.join("strongswan.conf");
        Command::new("swanctl")
            .args([verb, "--uri", &socket])
            .args(rest)
            .env("STRONGSWAN_CONF", conf)
            .output()
            .unwrap()
    }

    /// Starts phase 1 from its side; whether it came up within the seconds given.
    pub fn initiate(&self, seconds: u32) -> bool {
        self.initiate_one("c", seconds)
    }

    /// The same, of several connections.
    pub fn initiate_one(&self, name: &str, seconds: u32) -> bool {
        let timeout = seconds.to_string();
        self.swanctl(&["--initiate", "--ike", name, "--timeout", &timeout]).status.success()
    }

    /// Starts both phases and does not wait for long.
    pub fn initiate_child(&self, name: &str) {
        self.swanctl(&["--initiate", "--child", name, "--timeout", "3"]);
    }

    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }

    /// Waits until the log says so.
    pub fn said(&self, text: &str) -> bool {
        for _ in 0..150 {
            if self.log().contains(text) {
                return true;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        false
    }

    pub fn is_established(&self) -> bool {
        self.said("IKE_SA c[") && self.said("established between")
    }

    /// The cipher key Ka that it logged last, in hex.
    pub fn key(&self) -> String {
        let log = self.log();
        let Some((_, after)) = log.rsplit_once("encryption key Ka => ") else { return String::new() };
        let length: usize = after.split(' ').next().unwrap().parse().unwrap();
        let digits: String = after
            .lines()
            .skip(1)
            .take(length.div_ceil(16))
            .filter_map(|line| {
                line.split_once(": ").map(|(_, dump)| dump.chars().take(47).collect::<String>())
            })
            .collect();
        digits.split_whitespace().collect::<String>().to_lowercase().chars().take(2 * length).collect()
    }
}

impl Drop for Charon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
