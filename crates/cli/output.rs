//! Files that commands write: beside their place and then moved there, so that a file is whole or not there; never over
//! what was read; readable by others only where they hold no secrets. `-` is standard output.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::failure::{Failure, USAGE};
use crate::out::Out;

/// Who may read a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// Keys, or what leads to them: its owner alone.
    Secrets,
    /// Nothing of the kind: whoever may read the user's other files.
    NoSecrets,
}

/// A file to write: the option that names it, and its path.
pub type Wanted<'a> = (&'static str, &'a Path);

/// Those of the options that were given.
pub fn wanted<'a, const N: usize>(options: [(&'static str, &'a Option<PathBuf>); N]) -> Vec<Wanted<'a>> {
    options.into_iter().filter_map(|(option, path)| Some((option, path.as_deref()?))).collect()
}

/// Whether one of them takes the place of the report on standard output.
///
/// # Errors
/// A file that is read would be overwritten, two outputs are one file, or two want standard output. `taken` is what else
/// is written there.
pub fn check<'a>(
    wanted: &[Wanted<'_>],
    read: impl IntoIterator<Item = &'a Path>,
    taken: Option<&str>,
) -> Result<bool, Failure> {
    // Standard input is nothing that could be overwritten.
    let read: Vec<&Path> = read.into_iter().filter(|path| !is_stdout(path)).collect();
    for (n, (option, path)) in wanted.iter().enumerate() {
        let shown = path.display();
        if let Some(input) = read.iter().find(|input| is_same(input, path)) {
            let message = format!("{option} {shown} would overwrite {}, which is read", input.display());
            return Err(Failure::new(USAGE, message).help(Some("name another file".into())));
        }
        if let Some((other, _)) = wanted.iter().take(n).find(|(_, other)| is_same(other, path)) {
            let message = format!("{other} and {option} both want {shown}");
            return Err(Failure::new(USAGE, message).help(Some("give each its own file".into())));
        }
        if let Some(taken) = taken.filter(|_| is_stdout(path)) {
            let message = format!("{option} - and {taken} both want standard output");
            return Err(Failure::new(USAGE, message).help(Some("name a file for one of them".into())));
        }
    }
    Ok(wanted.iter().any(|(_, path)| is_stdout(path)))
}

/// `-`
pub fn is_stdout(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// Whether writing to one would change the other, links followed. Devices and pipes hold nothing.
fn is_same(one: &Path, other: &Path) -> bool {
    if is_stdout(one) || is_stdout(other) {
        return one == other;
    }
    // By inode first: of a file with two hard links no path tells.
    match (fs::metadata(one), fs::metadata(other)) {
        (Ok(one), Ok(other)) if one.is_file() && other.is_file() && is_same_file(&one, &other) => true,
        // /dev/null may be asked for twice.
        (Ok(found), _) | (_, Ok(found)) if !found.is_file() => false,
        // Neither may be there yet: `out.pcap` and `./out.pcap` are still one file.
        _ => resolved(one) == resolved(other),
    }
}

#[cfg(unix)]
fn is_same_file(one: &fs::Metadata, other: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

#[cfg(not(unix))]
fn is_same_file(_: &fs::Metadata, _: &fs::Metadata) -> bool {
    false
}

/// The path without links, as far as it exists.
fn resolved(path: &Path) -> PathBuf {
    // A file that is not there yet has no canonical path; its folder has.
    let beside = || Some(fs::canonicalize(folder(path)).ok()?.join(path.file_name()?));
    fs::canonicalize(path).ok().or_else(beside).unwrap_or_else(|| path.to_owned())
}

fn folder(path: &Path) -> &Path {
    // The parent of a bare name is the empty path, which no call takes for the folder at hand.
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Writes a file, in the place of one that is there.
///
/// # Errors
/// It cannot be written; then what was there is as it was.
pub fn write(path: &Path, bytes: &[u8], holds: Holds, out: &mut Out) -> Result<(), Failure> {
    if is_stdout(path) {
        return Ok(out.raw(bytes)?);
    }
    let done = match fs::metadata(path) {
        // A device, a pipe: nothing to keep whole, and nothing to put in its place.
        Ok(there) if !there.is_file() => File::create(path).and_then(|mut file| file.write_all(bytes)),
        // Renamed over a link, the file that it leads to would keep its old bytes.
        Ok(there) => replace(&resolved(path), bytes, mode(holds, Some(there.permissions()))),
        Err(_) => replace(path, bytes, mode(holds, None)),
    };
    done.map_err(|error| Failure::file(path, "write", &error))
}

fn replace(path: &Path, bytes: &[u8], mode: Option<Permissions>) -> io::Result<()> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".ikesim-");
    #[cfg(unix)]
    if mode.is_none() {
        use std::os::unix::fs::PermissionsExt;
        // As any new file: what the user's mask leaves.
        builder.permissions(Permissions::from_mode(0o666));
    }
    // In the same folder: from one file system to another nothing can be renamed.
    let mut file = builder.tempfile_in(folder(path))?;
    file.write_all(bytes)?;
    // Before it has its name: at no moment may others read it there.
    if let Some(mode) = mode {
        file.as_file().set_permissions(mode)?;
    }
    file.persist(path).map(|_| ()).map_err(|error| error.error)
}

/// The permissions of a file, where they are not those of any new one.
#[cfg(unix)]
fn mode(holds: Holds, there: Option<Permissions>) -> Option<Permissions> {
    use std::os::unix::fs::PermissionsExt;
    match holds {
        // Whatever it was before: a file that is open to all is no place for keys.
        Holds::Secrets => Some(Permissions::from_mode(0o600)),
        // Who opened or closed a file to others meant its next version too.
        Holds::NoSecrets => there,
    }
}

#[cfg(not(unix))]
fn mode(_: Holds, there: Option<Permissions>) -> Option<Permissions> {
    there
}

/// Writes a new file; what exists is never overwritten.
///
/// # Errors
/// It exists, or cannot be written. `instead` says how to name another.
pub fn create(path: &Path, bytes: &[u8], holds: Holds, instead: &str) -> Result<(), Failure> {
    let mut options = OpenOptions::new();
    // The system refuses what exists: a look before would leave a gap for another process.
    options.write(true).create_new(true);
    #[cfg(unix)]
    if holds == Holds::Secrets {
        use std::os::unix::fs::OpenOptionsExt;
        // From its birth: closed a moment later, somebody may have it open by then.
        options.mode(0o600);
    }
    let mut file = options.open(path).map_err(|error| {
        if error.kind() != io::ErrorKind::AlreadyExists {
            return Failure::file(path, "write", &error);
        }
        let message = format!("{} exists and is left as it is", path.display());
        Failure::new(USAGE, message).help(Some(format!("name another file: {instead}")))
    })?;
    file.write_all(bytes).map_err(|error| {
        // Half a file would look like a whole one.
        let _ = fs::remove_file(path);
        Failure::file(path, "write", &error)
    })
}
