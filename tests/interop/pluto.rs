//! libreswan's pluto in a namespace. Its package conflicts with strongSwan's, so it is unpacked into a folder
//! that the variable IKESIM_PLUTO names (`.ci/run` does it).

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::net::Net;
use crate::peer::folder;

/// Where the package is unpacked.
fn root() -> Option<PathBuf> {
    std::env::var_os("IKESIM_PLUTO")
        .map(PathBuf::from)
        .filter(|root| root.join("usr/libexec/ipsec/pluto").is_file())
}

pub fn missing() -> Option<&'static str> {
    let certutil = Command::new("certutil").arg("-H").output().is_ok();
    match (root(), certutil) {
        (None, _) => {
            Some("IKESIM_PLUTO names no unpacked libreswan (Debian: apt-get download libreswan; dpkg -x)")
        }
        (_, false) => Some("certutil is missing (Debian: apt-get install libnss3-tools)"),
        _ => None,
    }
}

pub struct Pluto {
    child: Child,
    folder: PathBuf,
    namespace: String,
}

impl Pluto {
    pub fn start(net: &Net, aggressive: bool, proposal: &str, key: &str) -> Pluto {
        let mode = if aggressive { "yes" } else { "no" };
        let peer = net.called_by_them;
        Pluto::with(net, &format!("conn c\n\taggressive={mode}\n\tike={proposal}\n\tright={peer}\n"), key)
    }

    /// With connections as its file has them, but for what all have in common.
    pub fn with(net: &Net, connections: &str, key: &str) -> Pluto {
        Pluto::preloaded(net, connections, key, &[])
    }

    /// With variables of its environment.
    pub fn preloaded(net: &Net, connections: &str, key: &str, variables: &[(&str, &Path)]) -> Pluto {
        let folder = folder("pluto");
        let place = folder.display().to_string();
        fs::create_dir_all(folder.join("nss")).unwrap();
        let nss = Command::new("certutil")
            .args(["-N", "-d", &format!("sql:{place}/nss"), "--empty-password"])
            .status();
        assert!(nss.unwrap().success());
        let own = net.theirs.address;
        fs::write(
            folder.join("ipsec.conf"),
            format!(
                "config setup\n\tprotostack=xfrm\n\tikev1-policy=accept\n\tuniqueids=no\n\nconn %default\n\t\
                 ikev2=no\n\tauthby=secret\n\tkeyingtries=1\n\trekey=no\n\tleftupdown=/bin/true\n\tauto=add\n\tleft={own}\n\t\
                 leftsubnet=10.2.0.0/24\n\trightsubnet=10.1.0.0/24\n\n{connections}"
            ),
        )
        .unwrap();
        fs::write(folder.join("ipsec.secrets"), format!(": PSK \"{key}\"\n")).unwrap();
        let programs = root().unwrap().join("usr/libexec/ipsec");
        let programs = programs.display();
        // Helper paths and /run/pluto are compiled in: each instance gets its own view of both.
        let script = format!(
            "mount -t tmpfs none /run && mkdir -p /run/pluto && mount -t tmpfs none /usr/libexec && \
             mkdir -p /usr/libexec/ipsec && mount --bind {programs} /usr/libexec/ipsec && exec {programs}/pluto \
             --nofork --stderrlog --config {place}/ipsec.conf --secretsfile {place}/ipsec.secrets \
             --ipsecdir {place} --nssdir {place}/nss --rundir {place}/run --no-dnssec"
        );
        let log = fs::File::create(folder.join("log")).unwrap();
        let child = Command::new("ip")
            .args(["netns", "exec", &net.theirs.name, "unshare", "-m", "sh", "-c", &script])
            .envs(variables.iter().copied())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        let pluto = Pluto { child, folder, namespace: net.theirs.name.clone() };
        assert!(pluto.said("added IKEv1 connection") && pluto.said("loading secrets"), "{}", pluto.log());
        // The secrets are read right behind that line.
        std::thread::sleep(Duration::from_millis(200));
        pluto
    }

    /// Starts phase 1 from its side and does not wait.
    pub fn initiate(&self) {
        self.initiate_one("c");
    }

    /// The same, of several connections.
    pub fn initiate_one(&self, name: &str) {
        let whack = root().unwrap().join("usr/libexec/ipsec/whack");
        let socket = self.folder.join("run/pluto.ctl");
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.namespace]).arg(whack).arg("--ctlsocket").arg(socket);
        let output = command.args(["--name", name, "--initiate", "--asynchronous"]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }

    /// Waits until the log says so.
    pub fn said(&self, text: &str) -> bool {
        for _ in 0..250 {
            if self.log().contains(text) {
                return true;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        false
    }
}

impl Drop for Pluto {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
