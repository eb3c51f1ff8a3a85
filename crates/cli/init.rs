//! `ikesim init`

use std::io::Write;

use scenario::{FaultKind, nearest, shell_word, starter};

use crate::args::Init;
use crate::failure::{Failure, USAGE};
use crate::out::Out;
use crate::output::{self, Holds};

/// Writes the starter; what exists is never overwritten.
pub fn init(args: &Init, out: &mut Out) -> Result<(), Failure> {
    let kind = args.fault.as_deref().map(fault).transpose()?;
    let text = starter(kind);
    let path = &args.file;
    // Without a word on what is next: the text may go straight into `ikesim run -`.
    if output::is_stdout(path) {
        return Ok(out.write_all(text.as_bytes())?);
    }
    output::create(path, text.as_bytes(), Holds::NoSecrets, "ikesim init other.toml")?;
    let name = path.display().to_string();
    Ok(out.line(&format!("wrote {name}; next: ikesim run {}", shell_word(&name)))?)
}

fn fault(name: &str) -> Result<FaultKind, Failure> {
    FaultKind::from_name(name).ok_or_else(|| {
        let names: Vec<&str> = FaultKind::ALL.map(FaultKind::name).to_vec();
        let near = nearest(name, names.iter().copied());
        let help = match near {
            Some(near) => format!("did you mean {near}? All: {}", names.join(", ")),
            None => format!("allowed: {}", names.join(", ")),
        };
        Failure::new(USAGE, format!("there is no fault `{name}`")).help(Some(help))
    })
}
