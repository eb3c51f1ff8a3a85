//! From paths to devices: what a file holds, and what is left out, by name.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use config::{Contents, Device, Why};
use report::predict::NotJudged;

use crate::args::Predict;
use crate::failure::{Failure, USAGE};
use crate::input;

/// The largest configuration that is read, in bytes.
const MAX_BYTES: u64 = 64 << 20;

/// A file, or a device in one, of which nothing is judged.
pub struct Unjudged {
    pub file: String,
    pub hostname: Option<String>,
    why: Reason,
    /// It was named on the command line, not found in a folder.
    pub asked: bool,
}

enum Reason {
    /// It cannot be read.
    Unread(Failure),
    /// It holds no device.
    NoDevice(Why),
    /// A README of a folder: it may quote configurations, and is none.
    Readme,
    /// No file, and no folder that is looked into.
    NoFile(&'static str),
}

impl Unjudged {
    /// Whether it is a file that could not be read, and not one that holds nothing.
    pub fn is_unread(&self) -> bool {
        matches!(self.why, Reason::Unread(_))
    }

    /// Whether somebody may miss it.
    pub fn is_missed(&self) -> bool {
        !matches!(self.why, Reason::Readme)
    }

    /// As it is told.
    pub fn told(&self) -> NotJudged {
        NotJudged { file: self.file.clone(), device: self.hostname.clone(), why: self.reason() }
    }

    /// Why it is not judged.
    pub fn reason(&self) -> String {
        match &self.why {
            Reason::Unread(failure) => failure.line(),
            Reason::NoDevice(Why::Empty) => "nothing in it".into(),
            Reason::NoDevice(Why::Binary) => "no text".into(),
            Reason::NoDevice(Why::UnknownFormat) => {
                let names: Vec<&str> = config::Format::ALL.iter().map(|format| format.name()).collect();
                format!("no line of a format known here ({})", names.join(", "))
            }
            Reason::NoDevice(Why::NoIke(format)) => {
                format!("read as {}, nothing about IKEv1 in it", format.name())
            }
            Reason::Readme => "a README, no device".into(),
            Reason::NoFile(what) => (*what).into(),
        }
    }
}

/// Every device that was found, and what holds none.
#[derive(Default)]
pub struct Read {
    pub devices: Vec<Device>,
    pub unjudged: Vec<Unjudged>,
    /// What was read.
    pub files: Vec<PathBuf>,
    /// What others include, by name: in a folder it is no device of its own.
    joined: BTreeSet<String>,
}

/// Every device in the files, and in the files below the folders, by name.
///
/// # Errors
/// A path of the command line that cannot be read. What stands in a folder stops nothing.
pub fn devices(args: &Predict) -> Result<Read, Failure> {
    let sides = [(&args.left_host, args.left_format), (&args.right_host, args.right_format)];
    if args.paths.len() < 2 && (args.right_host.is_some() || args.right_format.is_some()) {
        return Err(Failure::new(USAGE, "--right-host and --right-format are about a second path")
            .help(Some("as ikesim predict left.cfg right.cfg --right-host r2".into())));
    }
    let mut all = Read::default();
    let (keys, mut paths): (Vec<&PathBuf>, Vec<&PathBuf>) =
        args.paths.iter().partition(|path| is_secrets(path));
    if paths.is_empty() {
        // Alone it is read as what it is, and told.
        paths = args.paths.iter().collect();
    }
    for (n, path) in paths.into_iter().enumerate() {
        let (host, format) = sides.get(n).copied().unwrap_or((&None, None));
        let mut read = below(path, format, &keys)?;
        if let Some(host) = host {
            read.devices = of_host(path, host, read.devices)?;
        }
        all.devices.extend(read.devices);
        all.unjudged.extend(read.unjudged);
        all.files.extend(read.files);
    }
    Ok(all)
}

/// The devices of one file; with `host`, the one of that name.
///
/// # Errors
/// It cannot be read, or holds no device, or none of that name.
pub fn one(path: &Path, format: Option<config::Format>, host: Option<&str>) -> Result<Vec<Device>, Failure> {
    let mut read = Read::default();
    read.take(path, format, true, &[])?;
    match (read.devices.is_empty(), read.unjudged.first(), host) {
        (true, Some(none), _) => Err(Failure::new(USAGE, none.told().words())),
        (_, _, Some(host)) => of_host(path, host, read.devices),
        _ => Ok(read.devices),
    }
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

fn below(path: &Path, format: Option<config::Format>, keys: &[&PathBuf]) -> Result<Read, Failure> {
    let mut read = Read::default();
    if !path.is_dir() {
        read.take(path, format, true, keys)?;
        return Ok(read);
    }
    for file in read.gather(path)? {
        if let Err(failure) = read.take(&file, format, false, keys) {
            read.leave_out(&file, Reason::Unread(failure));
        }
    }
    let joined = std::mem::take(&mut read.joined);
    read.devices.retain(|device| !joined.contains(&*device.file));
    read.unjudged.retain(|one| !joined.contains(&one.file));
    // A file of keys that cannot be read stands beside several others.
    read.unjudged.sort_by(|one, other| one.file.cmp(&other.file));
    read.unjudged.dedup_by(|one, other| one.is_unread() && one.file == other.file);
    Ok(read)
}

impl Read {
    fn leave_out(&mut self, file: &Path, why: Reason) {
        let file = input::name(file);
        self.unjudged.push(Unjudged { file, hostname: None, why, asked: false });
    }

    /// Takes the devices of a file, with the keys that stand beside it or were given with it.
    fn take(
        &mut self,
        file: &Path,
        format: Option<config::Format>,
        asked: bool,
        keys: &[&PathBuf],
    ) -> Result<(), Failure> {
        let bytes = input::bytes(file, MAX_BYTES)?;
        self.files.push(file.to_owned());
        let name = input::name(file);
        // Named itself, it is read as what it is.
        let given = || keys.first().map(|path| path.to_path_buf());
        let beside = secrets_beside(file).or_else(given).filter(|secrets| secrets != file);
        let secrets = beside.and_then(|path| match input::bytes(&path, MAX_BYTES) {
            Ok(bytes) => {
                let name = input::name(&path);
                self.files.push(path);
                Some((name, bytes))
            }
            Err(failure) => {
                // Without them the keys are unknown, which the verdict says.
                self.leave_out(&path, Reason::Unread(failure));
                None
            }
        });
        let mut included = self.included(file, &bytes);
        // What is included may include more, and so may the keys.
        let keys = secrets.as_ref().map(|(_, bytes)| bytes.clone());
        let more: Vec<Vec<u8>> = included.values().cloned().chain(keys).collect();
        for bytes in more {
            included.extend(self.included(file, &bytes));
        }
        let secrets = secrets.as_ref().map(|(name, bytes)| (name.as_str(), bytes.as_slice()));
        let Contents { devices, left_out } = config::read_beside(&name, &bytes, secrets, &included, format);
        self.devices.extend(devices);
        self.unjudged.extend(left_out.into_iter().map(|left| Unjudged {
            file: name.clone(),
            // Of a file with several devices it was the file that was named.
            asked: asked && left.hostname.is_none(),
            hostname: left.hostname,
            why: Reason::NoDevice(left.why),
        }));
        Ok(())
    }

    /// What the files hold that this one includes and that stand beside it.
    fn included(&mut self, file: &Path, bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
        let named = config::includes(bytes).into_iter().filter_map(|name| {
            let mut held = Vec::new();
            for path in meant(file, &name) {
                // Without it a key may be unknown, which the verdict says; that is no failure.
                let Ok(more) = input::bytes(&path, MAX_BYTES) else { continue };
                held.extend(more);
                held.push(b'\n');
                self.joined.insert(input::name(&path));
                self.files.push(path);
            }
            (!held.is_empty()).then_some((name, held))
        });
        named.collect()
    }

    /// The files below a folder, by name; what is hidden is nobody's configuration.
    fn gather(&mut self, folder: &Path) -> Result<BTreeSet<PathBuf>, Failure> {
        // Sorted: which device stands first must not hang on the file system.
        let mut files = BTreeSet::new();
        let mut folders = vec![folder.to_owned()];
        while let Some(here) = folders.pop() {
            let failed = |error: std::io::Error| Failure::file(&here, "read", &error);
            let entries = match fs::read_dir(&here).map_err(failed) {
                // This one was asked for; a folder below it only misses its own files.
                Err(failure) if here == folder => return Err(failure),
                Err(failure) => {
                    self.leave_out(&here, Reason::Unread(failure));
                    continue;
                }
                Ok(entries) => entries,
            };
            for entry in entries {
                match entry.and_then(|entry| Ok((entry.path(), entry.file_type()?))) {
                    Ok((path, kind)) => self.sort(path, kind, &mut files, &mut folders),
                    Err(error) => self.leave_out(&here, Reason::Unread(failed(error))),
                }
            }
        }
        Ok(files)
    }

    /// Where an entry of a folder belongs.
    fn sort(
        &mut self,
        path: PathBuf,
        kind: fs::FileType,
        files: &mut BTreeSet<PathBuf>,
        folders: &mut Vec<PathBuf>,
    ) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let stem = path.file_stem().unwrap_or_default();
        // Files of keys belong to the file beside them.
        let secrets = path.extension().is_some_and(|extension| extension == "secrets");
        if name.starts_with('.') || secrets {
            return;
        }
        if kind.is_dir() {
            folders.push(path);
        } else if stem.eq_ignore_ascii_case("readme") {
            self.leave_out(&path, Reason::Readme);
        } else if path.is_file() {
            // Behind a link too: to a file none can lead in a circle.
            files.insert(path);
        } else if path.is_dir() {
            // A link may lead back up.
            self.leave_out(&path, Reason::NoFile("a link to a folder, not followed"));
        } else {
            let what = if kind.is_symlink() { "a link that leads to no file" } else { "no file" };
            self.leave_out(&path, Reason::NoFile(what));
        }
    }
}

/// The files that a name or pattern beside a file means, by name.
fn meant(file: &Path, name: &str) -> Vec<PathBuf> {
    let path = file.with_file_name(name);
    if !name.contains(['*', '?']) {
        return vec![path];
    }
    let (Some(folder), Some(pattern)) = (path.parent(), path.file_name().and_then(|name| name.to_str()))
    else {
        return Vec::new();
    };
    let pattern: Vec<char> = pattern.chars().collect();
    let here = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let entries = fs::read_dir(here).into_iter().flatten().flatten();
    let fits = |path: &PathBuf| {
        let name: Vec<char> = path.file_name().unwrap_or_default().to_string_lossy().chars().collect();
        // As a shell has it, a pattern means no hidden file.
        !name.starts_with(&['.']) && fits(&pattern, &name) && path.is_file()
    };
    let all: BTreeSet<PathBuf> = entries.map(|entry| entry.path()).filter(fits).collect();
    all.into_iter().take(MOST_MEANT).collect()
}

/// Files that one pattern may mean.
const MOST_MEANT: usize = 256;

/// Whether a name fits a pattern with `*` and `?`.
fn fits(pattern: &[char], name: &[char]) -> bool {
    // What is possible after each part of the pattern, so that many stars take no longer than one.
    let mut ends = vec![true];
    ends.resize(name.len() + 1, false);
    for sign in pattern {
        let mut next = vec![false; ends.len()];
        let mut any = false;
        for (at, possible) in ends.iter().enumerate() {
            any |= possible;
            if *sign == '*' {
                next.iter_mut().skip(at).take(1).for_each(|end| *end |= any);
            } else if *possible && name.get(at).is_some_and(|own| *sign == '?' || sign == own) {
                next.iter_mut().skip(at + 1).take(1).for_each(|end| *end = true);
            }
        }
        ends = next;
    }
    ends.last() == Some(&true)
}

/// Whether a path of the command line is a file of keys, by its ending or by what is in it.
fn is_secrets(path: &Path) -> bool {
    path.is_file()
        && (path.extension().is_some_and(|extension| extension == "secrets")
            || input::bytes(path, MAX_BYTES).is_ok_and(|bytes| config::is_secrets(&bytes)))
}

/// `moon.secrets` beside `moon.conf`, else `ipsec.secrets` in the same folder.
fn secrets_beside(file: &Path) -> Option<PathBuf> {
    let own = file.with_extension("secrets");
    [own, file.with_file_name("ipsec.secrets")].into_iter().find(|path| path.is_file())
}
