//! One run of the command, and what it leaves.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::terminal;

/// A command line; its words hold no spaces.
pub struct Job {
    command: String,
    writes: &'static str,
    columns: Option<u16>,
}

impl Job {
    pub fn new(command: impl Into<String>) -> Job {
        Job { command: command.into(), writes: "", columns: None }
    }

    /// More options, whose words with a dot are files that the command writes: each is an output of its own.
    pub fn writes(self, options: &'static str) -> Job {
        Job { writes: options, ..self }
    }

    /// In a terminal, with the colours that it has there.
    pub fn at(self, columns: u16) -> Job {
        Job { columns: Some(columns), ..self }
    }

    fn name(&self) -> String {
        match self.columns {
            Some(columns) => format!("{} ({columns} columns)", self.command),
            None => self.command.clone(),
        }
    }

    /// Whether this output is one of this job's.
    pub fn makes(&self, output: &str) -> bool {
        output.strip_prefix(&self.name()).is_some_and(|rest| rest.is_empty() || rest.starts_with(": "))
    }

    /// The outputs and their names.
    pub fn run(&self, ikesim: &Path) -> Vec<(String, Vec<u8>)> {
        let folder = folder();
        let mut command = Command::new(ikesim);
        command.args(self.command.split(' ')).args(self.writes.split_whitespace());
        command.current_dir(&folder).env_clear().env("TERM", "xterm-256color").stdin(Stdio::null());
        let output = match self.columns {
            Some(columns) => terminal::output(&mut command, columns),
            None => command.output().unwrap(),
        };
        let mut outputs = vec![(self.name(), whole(output))];
        for file in self.writes.split_whitespace().filter(|word| word.contains('.')) {
            let bytes = fs::read(folder.join(file)).unwrap_or_else(|_| b"not written\n".to_vec());
            outputs.push((format!("{}: {file}", self.name()), bytes));
        }
        fs::remove_dir_all(folder).unwrap();
        outputs
    }

    /// What it prints, for those who make more jobs of it.
    pub fn text(&self, ikesim: &Path) -> String {
        String::from_utf8(self.run(ikesim).swap_remove(0).1).unwrap()
    }
}

/// Standard output, then the rest where there is any.
fn whole(output: Output) -> Vec<u8> {
    let mut bytes = output.stdout;
    if !output.stderr.is_empty() {
        bytes.extend(b"--- standard error\n");
        bytes.extend(output.stderr);
    }
    if !output.status.success() {
        bytes.extend(format!("--- {}\n", output.status).bytes());
    }
    bytes
}

/// A folder that has what the repository has, so that files can be written beside it and no path of this machine gets into an output.
fn folder() -> PathBuf {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let folder =
        Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("manifest-{}-{number}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    for name in ["scenarios", "docs", "tests"] {
        symlink(Path::new(env!("CARGO_MANIFEST_DIR")).join(name), folder.join(name)).unwrap();
    }
    folder
}
