//! `ikesim init`

use std::fs::OpenOptions;
use std::io::{self, Write};

use scenario::FaultKind;
use scenario::{nearest, starter};

use crate::args::Init;
use crate::failure::{Failure, USAGE};

/// Writes the starter; what exists is never overwritten.
pub fn init(args: &Init, out: &mut dyn Write) -> Result<(), Failure> {
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
    Ok(writeln!(out, "wrote {}; next: ikesim run {0}", path.display())?)
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
