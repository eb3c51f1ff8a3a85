//! `ikesim init`

use std::fs::OpenOptions;
use std::io::{self, Write};

use sim::scenario::{nearest, starter};
use sim::{FaultKind, shell_word};

use crate::args::Init;
use crate::failure::{Failure, USAGE};
use crate::out::Out;

/// Writes the starter; what exists is never overwritten.
pub fn init(args: &Init, out: &mut Out) -> Result<(), Failure> {
    let kind = args.fault.as_deref().map(fault).transpose()?;
    let text = starter(kind);
    let path = &args.file;
    if path.as_os_str() == "-" {
        return Ok(out.write_all(text.as_bytes())?);
    }
    let file = OpenOptions::new().write(true).create_new(true).open(path);
    let mut file = file.map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => {
            Failure::new(USAGE, format!("{} exists and is left as it is", path.display()))
                .help(Some("name another file: ikesim init other.toml".into()))
        }
        _ => Failure::file(path, "write", &error),
    })?;
    file.write_all(text.as_bytes()).map_err(|error| Failure::file(path, "write", &error))?;
    let name = path.display().to_string();
    Ok(out.line(&format!("wrote {name}; next: ikesim run {}", shell_word(&name)))?)
}

fn fault(name: &str) -> Result<&'static FaultKind, Failure> {
    FaultKind::from_name(name).ok_or_else(|| {
        let names: Vec<&str> = FaultKind::all().map(|kind| kind.name).collect();
        let near = nearest(name, names.iter().copied());
        let help = match near {
            Some(near) => format!("did you mean {near}? All: {}", names.join(", ")),
            None => format!("allowed: {}", names.join(", ")),
        };
        Failure::new(USAGE, format!("there is no fault `{name}`")).help(Some(help))
    })
}
