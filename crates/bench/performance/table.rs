//! From Criterion's results to docs/performance.md.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Row;

/// Criterion's estimates.
pub struct Times(PathBuf);

impl Times {
    pub fn new(results: &Path) -> Times {
        Times(results.to_owned())
    }

    /// Seconds of one iteration of `group/name`.
    pub fn seconds(&self, group: &str, name: &str) -> f64 {
        let file = self.0.join(group).join(name).join("new/estimates.json");
        let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let value: serde_json::Value = serde_json::from_str(&text).expect("Criterion's JSON");
        value["median"]["point_estimate"].as_f64().expect("a median") / 1e9
    }
}

/// A rate with as many digits as mean something.
pub fn rate(per_second: f64) -> String {
    let digits = per_second.log10().floor().max(2.0) - 2.0;
    let unit = 10_f64.powf(digits);
    let rounded = format!("{}", (per_second / unit).round() * unit);
    let mut text = String::new();
    for (n, digit) in rounded.chars().enumerate() {
        if n > 0 && (rounded.len() - n) % 3 == 0 {
            text.push(' ');
        }
        text.push(digit);
    }
    format!("{text}/s")
}

/// What a command says of itself, first line.
fn told(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    text.lines().next().unwrap_or("unknown").trim().to_owned()
}

/// The words behind `name :` in /proc/cpuinfo.
fn processor(name: &str) -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with(name));
    line.and_then(|line| line.split_once(':')).map_or("unknown".into(), |(_, value)| value.trim().into())
}

/// The version of a crate that this was built with.
fn locked(name: &str) -> &'static str {
    let lock = include_str!("../Cargo.lock");
    let package = lock.split_once(&format!("name = \"{name}\"\nversion = \""));
    package.and_then(|(_, rest)| rest.split('"').next()).unwrap_or("unknown")
}

/// A line for each row.
pub fn lines(rows: &[Row]) -> String {
    rows.iter().fold(String::new(), |mut text, Row { what, figure, reference, ratio, aim }| {
        let _ = writeln!(text, "| {what} | {figure} | {reference} | {ratio:.2} | {aim} |");
        text
    })
}

/// Replaces the table in the document; the notes around it stay.
pub fn write(rows: &[Row]) {
    let ifma = if modp::Kernel::Ifma.available() { "AVX-512 IFMA" } else { "no AVX-512 IFMA" };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let text = format!(
        "{}, family {} model {}, {cores} cores, {ifma} · {} · {} · num-bigint {} · Linux {}\n\n\
         | what | ikesim | reference, same run | ratio | aim |\n| --- | --- | --- | --- | --- |\n{}",
        processor("model name"),
        processor("cpu family"),
        processor("model\t"),
        told("rustc", &["--version"]),
        openssl::version::version(),
        locked("num-bigint"),
        told("uname", &["-r"]),
        lines(rows),
    );
    let file = crate::root().join("docs/performance.md");
    let document = fs::read_to_string(&file).expect("docs/performance.md");
    const MARKS: [&str; 2] = ["<!-- table: written by cargo bench -->\n", "<!-- end of table -->"];
    let (before, rest) = document.split_once(MARKS[0]).expect("the table's beginning");
    let (_, after) = rest.split_once(MARKS[1]).expect("the table's end");
    fs::write(&file, format!("{before}{}\n{text}\n{}{after}", MARKS[0], MARKS[1]))
        .expect("a writable document");
    println!("{text}");
}
