//! `ikesim diagnose`

use std::io::Write;
use std::path::{Path, PathBuf};

use diagnose::wire::{Keys, judge};

use crate::args::{Diagnose, Format};
use crate::decode::{capture, keys, psk};
use crate::failure::{Failure, USAGE};
use crate::out::Out;
use crate::output::{self, Holds};

/// Finds and judges every negotiation of one capture or two.
pub fn diagnose(args: &Diagnose, format: Format, out: &mut Out) -> Result<u8, Failure> {
    let stdin = |path: &&PathBuf| path.as_os_str() == "-";
    if args.captures.iter().filter(stdin).count() > 1 {
        return Err(Failure::new(USAGE, "standard input can be only one of the captures"));
    }
    let read = args.captures.iter().chain(&args.psk_file).chain(&args.keys).map(PathBuf::as_path);
    let taken = (format != Format::Human).then_some("--format json");
    let quiet = output::check(&output::wanted([("--html", &args.html)]), read, taken)?;
    let captures = args.captures.iter().map(|path| capture(path)).collect::<Result<Vec<_>, _>>()?;
    let pre_shared =
        args.psk_file.iter().map(|path| Ok((name(path), psk(path)?))).collect::<Result<Vec<_>, Failure>>()?;
    let cipher = args.keys.as_deref().map(keys).transpose()?.unwrap_or_default();
    let findings = judge(&captures, &Keys { cipher, pre_shared });
    let names: Vec<String> = args.captures.iter().map(|path| name(path)).collect();
    if let Some(path) = &args.html {
        let page = report::captured_page(&findings, &names);
        output::write(path, page.as_bytes(), Holds::Secrets, out)?;
    }
    match format {
        _ if quiet => {}
        Format::Json => {
            for judgement in &findings.judgements {
                for value in report::judged_json(judgement, &names) {
                    out.json(&value)?;
                }
            }
        }
        _ => out.write_all(
            report::judged_text(&findings, &names, &captures, crate::window::layout()).as_bytes(),
        )?,
    }
    Ok(0)
}

fn name(path: &Path) -> String {
    path.display().to_string()
}
