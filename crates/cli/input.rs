//! Reading scenario files: bounded, and with an error for everything that is none.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use scenario::{MAX_BYTES, Scenario, ScenarioError, shell_word};

use crate::failure::{Failure, IO, USAGE};
use crate::shipped;

/// Reads and parses a scenario; `-` is standard input. `seed` replaces the scenario's.
pub fn scenario(path: &Path, seed: Option<u64>) -> Result<Scenario, Failure> {
    let mut scenario = parse(path, &text(path)?)?;
    scenario.setup.seed = seed.unwrap_or(scenario.setup.seed);
    Ok(scenario)
}

/// Parses a scenario whose text was read already.
pub fn parse(path: &Path, text: &str) -> Result<Scenario, Failure> {
    Ok(Scenario::parse(&name(path), text)?)
}

/// Whether standard input is meant.
pub fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// What errors call it.
pub fn name(path: &Path) -> String {
    if is_stdin(path) { "<stdin>".to_owned() } else { path.display().to_string() }
}

/// The name by which a command reads it again; `None`: it is read once, or its name is no text.
pub fn again(path: &Path) -> Option<String> {
    path.to_str().filter(|_| !is_stdin(path)).map(str::to_owned)
}

/// The text of a scenario file; `-` is standard input, `:NAME` one that ships.
pub fn text(path: &Path) -> Result<String, Failure> {
    match shipped::text(path)? {
        Some(text) => Ok(text.to_owned()),
        None => text_of(path, &mut reader(path)?),
    }
}

/// What is in a file, to be read bit by bit; `-` is standard input.
pub fn reader(path: &Path) -> Result<Box<dyn BufRead>, Failure> {
    if is_stdin(path) {
        return Ok(Box::new(io::stdin().lock()));
    }
    Ok(Box::new(BufReader::new(open(path)?)))
}

/// The text of a scenario whose file is open already.
pub fn text_of(path: &Path, reader: &mut dyn BufRead) -> Result<String, Failure> {
    let name = &name(path);
    // One byte more than allowed tells a file that is too long, whatever its length.
    let limit = MAX_BYTES as u64 + 1;
    let mut bytes = Vec::new();
    let read = reader.take(limit).read_to_end(&mut bytes);
    read.map_err(|error| Failure::file(path, "read", &error))?;
    if bytes.len() > MAX_BYTES {
        let help = format!("a scenario is a text file of at most {MAX_BYTES} bytes");
        return Err(ScenarioError::file(name, "too long for a scenario", help).into());
    }
    let no_text = |at: usize, what: &str| {
        let message = format!("no text: byte {at} is {what}");
        ScenarioError::file(name, message, "a scenario is a TOML file in UTF-8").into()
    };
    // UTF-8 allows it: a binary file would else be blamed on some key of the TOML.
    if let Some(at) = bytes.iter().position(|byte| *byte == 0) {
        return Err(no_text(at, "zero"));
    }
    String::from_utf8(bytes).map_err(|error| no_text(error.utf8_error().valid_up_to(), "not UTF-8"))
}

/// A file of at most `limit` bytes, whatever is in it; `-` is standard input.
pub fn bytes(path: &Path, limit: u64) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    // A pipe or a device has no length to ask for first.
    let read = reader(path)?.take(limit + 1).read_to_end(&mut bytes);
    read.map_err(|error| Failure::file(path, "read", &error))?;
    if bytes.len() as u64 > limit {
        return Err(Failure::new(USAGE, format!("{} has more than {limit} bytes", path.display())));
    }
    Ok(bytes)
}

fn open(path: &Path) -> Result<File, Failure> {
    // On Linux a folder opens like a file, and fails at the first read with words that help nobody.
    if path.is_dir() {
        let holds_scenarios = || {
            let mut entries = path.read_dir().ok()?.flatten();
            entries.find(|entry| entry.path().extension().is_some_and(|end| end == "toml"))
        };
        // A secret or a configuration is wanted as often as a scenario.
        let help = holds_scenarios()
            .map(|_| format!("`ikesim test {}` runs every scenario in it", shell_word(&name(path))));
        return Err(Failure::new(IO, format!("cannot read {}: it is a folder", path.display())).help(help));
    }
    File::open(path).map_err(|error| Failure::file(path, "read", &error).help(similar(path, &error)))
}

/// The file beside it whose name comes nearest.
fn similar(path: &Path, error: &io::Error) -> Option<String> {
    // A file that is there but closed to us has the right name already.
    if error.kind() != io::ErrorKind::NotFound {
        return None;
    }
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut names: Vec<String> = fs::read_dir(folder)
        .ok()?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| Path::new(name).extension().is_some_and(|extension| extension == "toml"))
        .collect();
    // A folder is listed in no order, and of two equally near names the same one must be meant each time.
    names.sort();
    let got = path.file_name()?.to_str()?;
    let nearest = scenario::nearest(got, names.iter().map(String::as_str))?;
    Some(format!("did you mean {}?", path.with_file_name(nearest).display()))
}

/// Every scenario at or below a path, in the order of their names.
pub fn scenarios_below(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    // A file that is named is taken, whatever its name ends in.
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut found = Vec::new();
    let mut folders = vec![path.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).map_err(|error| Failure::file(&folder, "read", &error))?;
        for entry in entries {
            let entry = entry.map_err(|error| Failure::file(&folder, "read", &error))?;
            let path = entry.path();
            // Links to folders are not followed: they may lead in a circle.
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "toml") {
                found.push(path);
            }
        }
    }
    // The same on every file system: TAP's numbers go by it.
    found.sort();
    Ok(found)
}
