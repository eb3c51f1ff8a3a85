//! Whether an exercise of one's own can be solved.

use std::path::Path;

use ike::Role;
use lab::{Checked, Finding, Fits};
use scenario::Exercise;
use serde_json::{Value, json};
use sim::Cause;

use crate::args::Format;
use crate::failure::Failure;
use crate::input;
use crate::out::Out;

/// Looks through an exercise; 1: something is wrong with it.
pub fn check(file: &Path, format: Format, out: &mut Out) -> Result<u8, Failure> {
    let exercise = Exercise::parse(&input::name(file), &input::text(file)?)?;
    let checked = lab::check(&exercise);
    let wrong = checked.iter().any(|one| !one.findings.is_empty());
    if format == Format::Json {
        out.json(&json(&checked, !wrong))?;
        return Ok(u8::from(wrong));
    }
    checked.iter().try_for_each(|one| said(one, out))?;
    out.line(if wrong { "not solvable as it is" } else { "solvable" })?;
    Ok(u8::from(wrong))
}

fn json(checked: &[Checked], solvable: bool) -> Value {
    let fit =
        |fits: &Fits| json!({ "cause": fits.cause.name(), "right": fits.right, "excluded": fits.excluded });
    let question = |(id, fits): &(String, Vec<Fits>)| json!({ "question": id, "fits": fits.iter().map(fit).collect::<Vec<_>>() });
    let scenario = |one: &Checked| {
        json!({
            "variant": one.variant,
            "questions": one.fits.iter().map(question).collect::<Vec<_>>(),
            "findings": one.findings.iter().map(words).collect::<Vec<_>>(),
        })
    };
    let scenarios: Vec<Value> = checked.iter().map(scenario).collect();
    json!({ "schema": "ikesim/lab-check/1", "solvable": solvable, "scenarios": scenarios })
}

fn said(checked: &Checked, out: &mut Out) -> Result<(), Failure> {
    let whose = match checked.variant {
        0 => "as written".into(),
        variant => format!("variant {variant}"),
    };
    for (question, fits) in &checked.fits {
        let words: Vec<String> = fits.iter().map(fit).collect();
        let words = if words.is_empty() { "nothing".into() } else { words.join(", ") };
        out.line(&format!("{whose}, {question}: what is seen fits {words}"))?;
    }
    for finding in &checked.findings {
        out.line(&format!("{whose}: {}", words(finding)))?;
    }
    Ok(())
}

fn fit(fits: &Fits) -> String {
    match (fits.right, fits.excluded) {
        (true, _) => format!("{} (right)", fits.cause),
        (false, true) => format!("{} (excluded)", fits.cause),
        (false, false) => fits.cause.to_string(),
    }
}

fn words(finding: &Finding) -> String {
    match finding {
        Finding::Failed(line) => line.clone(),
        Finding::Up => "the tunnel comes up: there is nothing to find".into(),
        Finding::NotSo { question, run } => {
            format!("{question}: the run says {}, which is not among the answers", run.join(" or "))
        }
        Finding::Hidden { question } => {
            format!("{question}: no answer that is called right fits what is seen")
        }
        Finding::Alike { question, causes } => format!(
            "{question}: what is seen cannot tell the answer from {}; show more, call them right as well, or, where the \
             situation rules them out, write excludes = [{}]",
            list(causes, ""),
            list(causes, "\"")
        ),
        Finding::Told { place, cause } => format!("the {place} names the cause: {cause}"),
        Finding::Unprintable(role) => unprintable(*role),
        Finding::Unrepairable { question, role } => {
            format!(
                "{question}: no configuration of the {role} brings the tunnel up; let another side be repaired"
            )
        }
    }
}

fn unprintable(role: Role) -> String {
    format!(
        "the {role}'s configuration has what its device cannot say: it could not be repaired line by line"
    )
}

fn list(causes: &[Cause], quote: &str) -> String {
    causes.iter().map(|cause| format!("{quote}{cause}{quote}")).collect::<Vec<_>>().join(", ")
}
