//! `ikesim diagnose`

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use capture::{Capture, Datagram};
use diagnose::captures::{GivenKeys, Judge};
use ike::observe::isakmp_of;

use crate::args::{Diagnose, Format};
use crate::decode::{KeyFile, no_capture, psk};
use crate::failure::{Failure, UNDECIDED, USAGE};
use crate::input;
use crate::out::{Out, say};
use crate::output::{self, Holds};

/// Finds and judges every negotiation of one capture or two.
pub fn diagnose(args: &Diagnose, format: Format, out: &mut Out) -> Result<u8, Failure> {
    let stdin = |path: &&PathBuf| path.as_os_str() == "-";
    if args.captures.iter().filter(stdin).count() > 1 {
        return Err(Failure::new(USAGE, "standard input can be only one of the captures"));
    }
    if args.at.is_some() && args.captures.len() > 1 {
        return Err(Failure::new(USAGE, "--at says where one capture was taken: two show it themselves"));
    }
    let read = args.captures.iter().chain(&args.psk_file).chain(&args.keys).map(PathBuf::as_path);
    let taken = (format != Format::Human).then_some("--format json");
    let quiet = output::check(&output::wanted([("--html", &args.html)]), read, taken)?;
    let captures = args.captures.iter().map(|path| capture(path)).collect::<Result<Vec<_>, _>>()?;
    let pre_shared =
        args.psk_file.iter().map(|path| Ok((name(path), psk(path)?))).collect::<Result<Vec<_>, Failure>>()?;
    let KeyFile { cipher, skeyid_a: authenticators, .. } =
        args.keys.as_deref().map(KeyFile::read).transpose()?.unwrap_or_default();
    let keys = GivenKeys { cipher, authenticators, pre_shared };
    let findings = Judge::default().taken_at(args.at).judge(&captures, &keys);
    let names: Vec<String> = args.captures.iter().map(|path| name(path)).collect();
    if let Some(path) = &args.html {
        let page = report::captured_page(&findings, &names);
        output::write(path, page.as_bytes(), Holds::Secrets, out)?;
    }
    let mut out = BufWriter::new(out);
    if quiet {
        // The one output that was asked for is on its way.
    } else if format == Format::Json {
        for value in report::judged_json(&findings, &names) {
            writeln!(out, "{}", report::plain_json(value.to_string()))?;
        }
        // Without an object there is no place for them in it.
        if findings.judgements.is_empty() {
            say(&format!("note: no IKEv1 negotiation in {}", names.join(" and ")));
            report::judged_notes(&findings).iter().for_each(|note| say(&format!("note: {note}")));
        }
    } else {
        report::judged_text(&findings, &names, &captures, crate::window::layout(), &mut out)?;
    }
    out.flush()?;
    Ok(if findings.are_whole() && findings.are_decided() { 0 } else { UNDECIDED })
}

/// What IKE's ports carried; of ESP in UDP the beginning, which tells what it is.
fn capture(path: &Path) -> Result<Capture, Failure> {
    let is_ike = |datagram: &mut Datagram| {
        let ports = [datagram.from.port(), datagram.to.port()];
        if isakmp_of(ports, &datagram.payload).is_none() {
            // The ESP of a busy tunnel would fill the memory.
            datagram.payload.truncate(4);
        }
        ports.iter().any(|port| [500, 4500].contains(port))
    };
    capture::read_some(input::reader(path)?, is_ike).map_err(|error| no_capture(path, error))
}

fn name(path: &Path) -> String {
    path.display().to_string()
}
