//! `ikesim predict` and `ikesim import`

mod human;
mod judge;
mod machine;

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use config::{Assumed, Device, Keys, Remote, Unmatched};

use crate::args::{Format, Import, Predict};
use crate::failure::{Failure, USAGE};
use crate::input;
use judge::{Judged, Said};

/// The largest configuration that is read, in bytes.
const MAX_BYTES: u64 = 64 << 20;

/// What was read and what came of it.
struct Verdicts<'d> {
    devices: Vec<&'d Device>,
    judged: Vec<Judged<'d>>,
    unmatched: Vec<Unmatched<'d>>,
}

/// Reads devices and says which pairs come up.
pub fn predict(args: &Predict, format: Format, out: &mut dyn Write) -> Result<u8, Failure> {
    let devices = devices(args)?;
    let devices = config::facing(&devices);
    let (sessions, unmatched) = config::sessions(&devices);
    if sessions.is_empty() && unmatched.is_empty() {
        return Err(nothing(&devices));
    }
    let judged = sessions.into_iter().map(judge::judge).collect::<Result<_, _>>()?;
    let verdicts = Verdicts { devices, judged, unmatched };
    match format {
        Format::Json => writeln!(out, "{}", machine::json(&verdicts))?,
        Format::Github => machine::github(&verdicts, out)?,
        Format::Junit => out.write_all(machine::junit(&verdicts)?.as_bytes())?,
        _ => human::write(&verdicts, out)?,
    }
    if let Some(path) = &args.html {
        let page = human::page(&verdicts);
        fs::write(path, page).map_err(|error| Failure::file(path, "write", &error))?;
    }
    Ok(match verdicts.said() {
        Said::Up => 0,
        Said::Stalls => 1,
        Said::Unverifiable => 4,
    })
}

impl Verdicts<'_> {
    /// The worst of all directions. A peer that is not here is somebody else's; only where nothing else was found does
    /// the answer hang on it.
    fn said(&self) -> Said {
        self.judged.iter().map(|judged| judged.said).max().unwrap_or(Said::Unverifiable)
    }
}

fn nothing(devices: &[&Device]) -> Failure {
    let read: Vec<String> = devices.iter().map(|device| device.name()).collect();
    let read = if read.is_empty() { "no device".into() } else { read.join(", ") };
    let help = format!(
        "read: {read}; looked for a peer: `crypto map ... set peer` on an interface, a protected tunnel, a conn"
    );
    Failure::new(USAGE, "no device here has a peer that it calls").help(Some(help))
}

/// Every device in the files, and in the files below the folders, by name.
fn devices(args: &Predict) -> Result<Vec<Device>, Failure> {
    let sides = [(&args.left_host, args.left_format), (&args.right_host, args.right_format)];
    if args.paths.len() < 2 && (args.right_host.is_some() || args.right_format.is_some()) {
        return Err(Failure::new(USAGE, "--right-host and --right-format are about a second path")
            .help(Some("as ikesim predict left.cfg right.cfg --right-host r2".into())));
    }
    let mut devices = Vec::new();
    for (n, path) in args.paths.iter().enumerate() {
        let (host, format) = sides.get(n).copied().unwrap_or((&None, None));
        let read = below(path, format)?;
        devices.extend(match host {
            Some(host) => of_host(path, host, read)?,
            None => read,
        });
    }
    Ok(devices)
}

fn of_host(path: &Path, host: &str, devices: Vec<Device>) -> Result<Vec<Device>, Failure> {
    let names: Vec<String> = devices.iter().map(Device::name).collect();
    let found: Vec<Device> = devices.into_iter().filter(|device| device.name() == host).collect();
    if found.is_empty() {
        let message = format!("{} has no device `{host}`", path.display());
        return Err(Failure::new(USAGE, message).help(Some(format!("it has: {}", names.join(", ")))));
    }
    Ok(found)
}

fn below(path: &Path, format: Option<config::Format>) -> Result<Vec<Device>, Failure> {
    let mut files = BTreeSet::new();
    gather(path, &mut files)?;
    let mut devices = Vec::new();
    for file in files {
        devices.extend(read(&file, format)?);
    }
    Ok(devices)
}

/// A file, with the keys that stand beside it.
fn read(file: &Path, format: Option<config::Format>) -> Result<Vec<Device>, Failure> {
    let bytes = input::bytes(file, MAX_BYTES)?;
    let name = input::name(file);
    let secrets = secrets_beside(file)
        .filter(|secrets| secrets != file)
        .map(|path| Ok::<_, Failure>((path.display().to_string(), input::bytes(&path, MAX_BYTES)?)))
        .transpose()?;
    let secrets = secrets.as_ref().map(|(name, bytes)| (name.as_str(), bytes.as_slice()));
    Ok(config::read_with(&name, &bytes, secrets, format))
}

/// `moon.secrets` beside `moon.conf`, else `ipsec.secrets` in the same folder.
fn secrets_beside(file: &Path) -> Option<PathBuf> {
    let own = file.with_extension("secrets");
    [own, file.with_file_name("ipsec.secrets")].into_iter().find(|path| path.is_file())
}

fn gather(path: &Path, files: &mut BTreeSet<PathBuf>) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::file(path, "read", &error);
    if !path.is_dir() {
        files.insert(path.to_owned());
        return Ok(());
    }
    // Files of keys belong to the file beside them.
    let is_secrets = |path: &Path| path.extension().is_some_and(|extension| extension == "secrets");
    for entry in fs::read_dir(path).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        // A link may lead back up: it is followed only to a file.
        if is_secrets(&entry.path()) {
            continue;
        }
        if !entry.file_type().map_err(failed)?.is_symlink() || entry.path().is_file() {
            gather(&entry.path(), files)?;
        }
    }
    Ok(())
}

/// Why a peer is not among the devices.
fn unknown(unmatched: &Unmatched<'_>) -> String {
    match (&unmatched.connection.remote, unmatched.connection.local) {
        (Remote::Unknown(name), _) => format!("`{name}` is masked, or a name"),
        (_, None) => "no device here has this address, and the own one towards it is not in the file".into(),
        _ => "no device here has this address".into(),
    }
}

/// What was taken to be so, in words.
fn assumptions(judged: &Judged<'_>) -> Vec<String> {
    let ends = [&judged.session.initiator, &judged.session.responder];
    let told = ends.into_iter().filter_map(|end| {
        let name = end.device.name();
        Some(match end.assumed? {
            Assumed::OwnAddress => format!("{name} has {}: its own address is not in its file", end.address),
            Assumed::Nat(outside) => format!("{name} ({}) stands behind a NAT as {outside}", end.address),
            Assumed::Masked => format!("the masked address of {} is {name}", judged.session.connection.by),
            Assumed::Meant => format!("{} means {name}", judged.session.connection.by),
        })
    });
    told.collect()
}

/// Prints the scenario that a device's configuration is.
pub fn import(args: &Import, out: &mut dyn Write) -> Result<u8, Failure> {
    let read = read(&args.file, args.from)?;
    let read = match &args.host {
        Some(host) => of_host(&args.file, host, read)?,
        None => read,
    };
    let wanted = |remote: &Remote| match (remote, args.peer) {
        (Remote::Address(address), Some(peer)) => *address == peer,
        (Remote::Address(_), None) => true,
        _ => false,
    };
    let found = read.iter().find_map(|device| {
        let connection = device.connections.iter().find(|connection| wanted(&connection.remote))?;
        config::End::calling(device, connection).map(|end| (end, connection))
    });
    let Some((end, connection)) = found else {
        return Err(no_such_peer(args, &read));
    };
    human::problems(&read, &mut std::io::stderr());
    let keys = if args.show_keys { Keys::Real } else { Keys::Hidden };
    write!(out, "{}", config::alone(&end, connection, keys))?;
    Ok(0)
}

fn no_such_peer(args: &Import, read: &[Device]) -> Failure {
    let known: BTreeSet<String> = read
        .iter()
        .flat_map(|device| &device.connections)
        .map(|connection| match &connection.remote {
            Remote::Address(address) => address.to_string(),
            Remote::Unknown(name) => format!("{name} (masked, or a name)"),
            Remote::Anybody => "anybody".into(),
        })
        .collect();
    let names: Vec<String> = known.into_iter().collect();
    let names = if names.is_empty() { "none".into() } else { names.join(", ") };
    Failure::new(USAGE, format!("{} names no such peer", args.file.display()))
        .help(Some(format!("peers that it names: {names}")))
}
