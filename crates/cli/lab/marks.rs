//! Points of a class, as each reader wants them.

use lab::{Mark, NoAnswer, NoRepair, Standing};
use serde_json::{Value, json};

use crate::args::Format;
use crate::failure::{Failure, IO};
use crate::github;
use crate::out::Out;

/// A student's points, or a file that is nobody's.
pub struct Row {
    /// The student's; empty: nobody's.
    pub id: String,
    /// The student's, or the path of the file.
    pub name: String,
    /// By question.
    pub marks: Vec<Mark>,
    /// What is to be said besides.
    pub remarks: Vec<String>,
    /// Something was handed in.
    pub handed: bool,
    /// It counts.
    pub graded: bool,
}

impl Row {
    /// A file that is nobody's.
    pub fn stray(path: &str, why: &str, total: u32) -> Row {
        let mark = Mark { question: String::new(), total, standing: Standing::Open };
        let (name, remarks) = (path.to_owned(), vec![why.to_owned()]);
        Row { id: String::new(), name, marks: vec![mark], remarks, handed: true, graded: false }
    }

    /// What was had.
    pub fn points(&self) -> u32 {
        self.marks.iter().map(Mark::points).sum()
    }

    /// What can be had.
    pub fn total(&self) -> u32 {
        self.marks.iter().map(|mark| mark.total).sum()
    }

    /// Why points are missing.
    fn said(&self) -> Vec<String> {
        let missing = (!self.handed).then(|| "missing: nothing was handed in".to_owned());
        let lost = self
            .marks
            .iter()
            .filter(|_| self.graded)
            .filter_map(|mark| Some(format!("{}: {}", mark.question, lost(&mark.standing)?)));
        missing.into_iter().chain(lost).chain(self.remarks.iter().cloned()).collect()
    }
}

/// Writes the rows; the number is the exit code.
pub fn write(rows: &[Row], format: Format, out: &mut Out) -> Result<u8, Failure> {
    match format {
        Format::Csv => csv(rows, out)?,
        Format::Gradescope => rows.iter().try_for_each(|row| out.json(&gradescope(row)))?,
        Format::Github => {
            rows.iter().try_for_each(|row| github(row, out))?;
            return Ok(u8::from(rows.iter().any(|row| row.points() < row.total())));
        }
        Format::Human | Format::Json | Format::Junit | Format::Tap => human(rows, out)?,
    }
    Ok(0)
}

fn human(rows: &[Row], out: &mut Out) -> Result<(), Failure> {
    let id = |row: &Row| if row.id.is_empty() { "-".to_owned() } else { row.id.clone() };
    let width = rows.iter().map(|row| id(row).chars().count()).max().unwrap_or(0);
    for row in rows {
        let (points, total) = (row.points(), row.total());
        out.line(&format!("{:<width$}  {points:>3} of {total}  {}", id(row), row.name))?;
        row.said().iter().try_for_each(|remark| out.line(&format!("    {remark}")))?;
    }
    let count = |of: fn(&&Row) -> bool| rows.iter().filter(of).count();
    let (graded, missing) = (count(|row| row.graded), count(|row| !row.handed));
    let other = rows.len() - graded - missing;
    Ok(out.line(&format!("graded {graded}, missing {missing}, not counted {other}"))?)
}

fn csv(rows: &[Row], out: &mut Out) -> Result<(), Failure> {
    let failed = |error: csv::Error| Failure::new(IO, format!("cannot write the result: {error}"));
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["id", "name", "points", "total", "remarks"]).map_err(failed)?;
    for row in rows {
        let (points, total, remarks) =
            (row.points().to_string(), row.total().to_string(), row.said().join("; "));
        let fields = [&row.id, &row.name, &points, &total, &remarks].map(|text| inert(text));
        writer.write_record(fields).map_err(failed)?;
    }
    let bytes = writer.into_inner().map_err(|error| failed(error.into_error().into()))?;
    Ok(out.raw(&bytes)?)
}

/// A spreadsheet takes a value that begins so for a formula, and runs it.
fn inert(text: &str) -> String {
    let plain = isakmp::shown(text);
    if plain.starts_with(['=', '+', '-', '@']) { format!("'{plain}") } else { plain.into_owned() }
}

/// `results.json`, as Gradescope's autograders leave it.
fn gradescope(row: &Row) -> Value {
    let test = |mark: &Mark| {
        let name = if mark.question.is_empty() { "submission" } else { &mark.question };
        let output = lost(&mark.standing).unwrap_or_else(|| "right".into());
        json!({ "name": name, "score": mark.points(), "max_score": mark.total, "output": output })
    };
    let tests: Vec<Value> = row.marks.iter().map(test).collect();
    json!({ "score": row.points(), "output": row.said().join("\n"), "tests": tests })
}

fn github(row: &Row, out: &mut Out) -> Result<(), Failure> {
    for remark in row.said() {
        github::annotate("error", None, &remark, out)?;
    }
    let (points, total) = (row.points(), row.total());
    // The words by which GitHub Classroom knows the points.
    Ok(github::annotate("notice", None, &format!("Points {points}/{total}"), out)?)
}

/// Why an answer has no points; `None`: it has them.
fn lost(standing: &Standing) -> Option<String> {
    let near = |near: &Option<&str>| near.map_or(String::new(), |near| format!("; did you mean {near}?"));
    Some(match standing {
        Standing::Right => return None,
        Standing::Wrong => "wrong".into(),
        Standing::Open | Standing::NoAnswer(NoAnswer::Empty | NoAnswer::Repair) => "not answered".into(),
        Standing::NoAnswer(NoAnswer::Cause(nearest)) => format!("no cause has this name{}", near(nearest)),
        Standing::NoAnswer(NoAnswer::State(nearest)) => format!("no state has this name{}", near(nearest)),
        Standing::NoAnswer(NoAnswer::Choice) => "none of the choices".into(),
        Standing::Down => "run, and the tunnel does not come up".into(),
        Standing::NoRepair(no) => format!("no configuration of that side: {}", unread(no)),
        Standing::NoFile(name) => format!("there is no file `{name}` beside the submission that can be read"),
    })
}

fn unread(no: &NoRepair) -> String {
    match no {
        NoRepair::NoDevice(_) => "no device is in it".into(),
        NoRepair::Empty => "no table of the side is in it".into(),
        NoRepair::Several(count) => format!("{count} devices are in it"),
        NoRepair::Vendor { is } => format!("it is another vendor's, and the device is {is}"),
        NoRepair::Lines(problems) => problems
            .first()
            .map_or(String::new(), |problem| format!("line {}: {}", problem.at.line, problem.message)),
        NoRepair::Toml(error) => error.to_string(),
        NoRepair::Table(table, _) => format!("`{table}` is not that side's"),
    }
}
