//! Pairs that come up, and files of keys beside them.

use std::fs;
use std::path::Path;

use config::{Device, Format, read_with};

pub const ASA: &str = "hostname hq\ninterface GigabitEthernet0/0\n nameif outside\n ip address 203.0.113.1 255.255.255.0\n\
access-list vpn extended permit ip 10.1.0.0 255.255.255.0 10.2.0.0 255.255.255.0\n\
crypto ipsec ikev1 transform-set strong esp-aes-256 esp-sha-hmac\n\
crypto map outside_map 10 match address vpn\ncrypto map outside_map 10 set peer 198.51.100.1\n\
crypto map outside_map 10 set pfs group14\ncrypto map outside_map 10 set ikev1 transform-set strong\n\
crypto map outside_map interface outside\n\
crypto ikev1 enable outside\ncrypto ikev1 policy 10\n authentication pre-share\n encryption aes-256\n hash sha\n group 14\n lifetime 86400\n\
tunnel-group 198.51.100.1 type ipsec-l2l\ntunnel-group 198.51.100.1 ipsec-attributes\n ikev1 pre-shared-key open-sesame\n";

pub const IOS: &str = "hostname branch\ncrypto isakmp policy 5\n encr aes 256\n hash sha\n authentication pre-share\n group 14\n lifetime 3600\n\
crypto isakmp key open-sesame address 203.0.113.1\ncrypto ipsec transform-set TS esp-aes 256 esp-sha-hmac\n mode tunnel\n\
crypto map m 1 ipsec-isakmp\n set peer 203.0.113.1\n set transform-set TS\n set pfs group14\n match address 101\n\
interface GigabitEthernet0/0\n ip address 198.51.100.1 255.255.255.0\n crypto map m\ninterface GigabitEthernet0/1\n ip address 10.2.0.1 255.255.255.0\n\
access-list 101 permit ip 10.2.0.0 0.0.0.255 10.1.0.0 0.0.0.255\n";

pub const MOON: &str = "connections {\n sun {\n  version = 1\n  local_addrs = 192.0.2.1\n  remote_addrs = 198.51.100.2\n  proposals = aes256-sha256-modp2048\n\
  local {\n   auth = psk\n  }\n  remote {\n   auth = psk\n  }\n  children {\n   net {\n    local_ts = 10.1.0.0/16\n    remote_ts = 10.2.0.0/16\n    esp_proposals = aes256-sha256\n   }\n  }\n }\n}\nsecrets {\n ike-1 {\n  secret = \"open\"\n }\n}\n";

pub const SUN: &str = "config setup\n\tikev1-policy=accept\nconn moon\n\tkeyexchange=ikev1\n\tauthby=secret\n\tleft=198.51.100.2\n\tright=192.0.2.1\n\tike=aes256-sha2_256;modp2048\n\
\tphase2alg=aes256-sha2_256\n\tpfs=no\n\tleftsubnet=10.2.0.0/16\n\trightsubnet=10.1.0.0/16\n\tauto=add\n";

pub const SUN_KEYS: &str = "198.51.100.2 192.0.2.1 : PSK \"open\"\n";

/// strongSwan, by ipsec.conf.
pub const WEST: &str = "conn branch\n\tkeyexchange=ikev1\n\tauthby=secret\n\tleft=203.0.113.1\n\tright=198.51.100.1\n\tike=aes256-sha1-modp2048!\n\
\tesp=aes256-sha1-modp2048!\n\tleftsubnet=10.1.0.0/24\n\trightsubnet=10.2.0.0/24\n\tauto=add\n";

pub const WEST_KEYS: &str = "203.0.113.1 198.51.100.1 : PSK \"open-sesame\"\n";

/// A configuration, with its file of keys.
#[derive(Clone, Debug)]
pub struct File {
    pub name: String,
    pub text: String,
    pub keys: Option<(String, String)>,
    /// `None`: it is recognised.
    pub format: Option<Format>,
}

impl File {
    pub fn new(name: &str, text: &str) -> File {
        File { name: name.into(), text: text.into(), keys: None, format: None }
    }

    pub fn with(name: &str, text: &str, keys: &str) -> File {
        let keys = Some((format!("{name}.secrets"), keys.to_owned()));
        // Told, for what is changed may be all that tells the two daemons apart.
        let format = Some(if text.contains("config setup") { Format::Libreswan } else { Format::Strongswan });
        File { keys, format, ..File::new(name, text) }
    }

    /// As the command does: with `HOST.secrets`, else `ipsec.secrets` beside it.
    pub fn read(path: &Path) -> File {
        let text = |path: &Path| String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned();
        let beside = [path.with_extension("secrets"), path.with_file_name("ipsec.secrets")];
        let keys = beside.iter().find(|path| path.is_file());
        let keys = keys.map(|keys| (keys.display().to_string(), text(keys)));
        let libreswan = path.display().to_string().contains("suites/libreswan")
            && path.extension().is_some_and(|end| end == "conf")
            && !path.display().to_string().contains("swanctl");
        let format = libreswan.then_some(Format::Libreswan);
        File { keys, format, ..File::new(&path.display().to_string(), &text(path)) }
    }

    pub fn devices(&self) -> Vec<Device> {
        let keys = self.keys.as_ref().map(|(name, text)| (name.as_str(), text.as_bytes()));
        read_with(&self.name, self.text.as_bytes(), keys, self.format).devices
    }
}
