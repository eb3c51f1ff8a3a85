//! `ikesim diagnose`

use std::io::{self, BufWriter, Write};
use std::path::Path;

use capture::{Capture, Datagram};
use diagnose::wire::{Keys, judge};
use ike::observe::isakmp_of;

use crate::args::{Diagnose, Format};
use crate::decode::{keys, no_capture, psk};
use crate::failure::{Failure, UNDECIDED, USAGE};
use crate::input;

/// Finds and judges every negotiation of one capture or two.
pub fn diagnose(args: &Diagnose, format: Format, out: &mut dyn Write) -> Result<u8, Failure> {
    let stdin = |path: &&std::path::PathBuf| path.as_os_str() == "-";
    if args.captures.iter().filter(stdin).count() > 1 {
        return Err(Failure::new(USAGE, "standard input can be only one of the captures"));
    }
    let captures = args.captures.iter().map(|path| capture(path)).collect::<Result<Vec<_>, _>>()?;
    let pre_shared =
        args.psk_file.iter().map(|path| Ok((name(path), psk(path)?))).collect::<Result<Vec<_>, Failure>>()?;
    let cipher = args.keys.as_deref().map(keys).transpose()?.unwrap_or_default();
    let findings = judge(&captures, &Keys { cipher, pre_shared });
    let names: Vec<String> = args.captures.iter().map(|path| name(path)).collect();
    if let Some(path) = &args.html {
        let page = report::captured_page(&findings, &names);
        std::fs::write(path, page).map_err(|error| Failure::file(path, "write", &error))?;
    }
    let mut out = BufWriter::new(out);
    match format {
        Format::Json => {
            for value in report::judged_json(&findings, &names) {
                serde_json::to_writer(&mut out, &value).map_err(io::Error::from)?;
                writeln!(out)?;
            }
        }
        _ => report::judged_text(&findings, &names, &captures, crate::window::layout(), &mut out)?,
    }
    out.flush()?;
    Ok(if findings.are_whole() { 0 } else { UNDECIDED })
}

/// What IKE's ports carried; of ESP in UDP the beginning, which tells what it is.
fn capture(path: &Path) -> Result<Capture, Failure> {
    let is_ike = |datagram: &mut Datagram| {
        let ports = [datagram.from.port(), datagram.to.port()];
        if isakmp_of(ports, &datagram.payload).is_none() {
            datagram.payload.truncate(4);
        }
        ports.iter().any(|port| [500, 4500].contains(port))
    };
    capture::read_some(input::reader(path)?, is_ike).map_err(|error| no_capture(path, error))
}

fn name(path: &Path) -> String {
    path.display().to_string()
}
