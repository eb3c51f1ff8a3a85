//! `ikesim lab`: exercises.

use std::path::PathBuf;

use clap::Subcommand;

use super::{DetailArg, Side};

pub(super) const LAB_EXAMPLES: &str = "\
Examples:
  ikesim lab                                what to type
  ikesim lab list                           the exercises, by course
  ikesim lab start stall-1                  a folder with the situation and the configuration at hand
  ikesim lab -C stall-1 show                in it: what the device's show command prints
  ikesim lab -C stall-1 try                 run the edited configuration: up, or not
  ikesim lab -C stall-1 answer state=NONE

In the exercise's folder -C is not needed. `ikesim lab check my.toml` says of an exercise of your own
whether it is solvable; the book's chapter on exercises has the format.

Exit codes: 0 right, up, or nothing to judge; 1 an answer is wrong, or the tunnel does not come up;
2 usage; 3 a file could not be read or written.";

const PACK_EXAMPLES: &str = "\
Example:
  openssl rand -hex 32 > secret
  ikesim lab pack stall-1 my.toml --students class.csv --secret secret --out pack
  ikesim lab list pack

Each student gets one folder of it, and nothing else. Keep the secret: without it nothing can be graded.";

const GRADE_EXAMPLES: &str = "\
Examples:
  ikesim lab grade pack/answers.sealed --secret secret handed-in/*
  ikesim lab grade pack/answers.sealed --secret secret handed-in/* --format csv > points.csv
  ikesim lab grade pack/answers.sealed --secret secret /autograder/submission --format gradescope
  ikesim lab grade pack/answers.sealed --secret secret . --format github

Exit codes: 0 graded, whatever the points; 1 with --format github, where points are missing; 2 the
answers or the secret are not as they were. What is missing, garbage or another student's has 0
points, and stops nothing.";

/// `ikesim lab`
#[derive(Debug, clap::Args)]
pub struct Lab {
    /// What to do; without it, ikesim says what there is.
    #[command(subcommand)]
    pub command: Option<LabCommand>,
    /// The exercise's folder, where it is not the current one.
    #[arg(
        long,
        short = 'C',
        global = true,
        value_name = "DIR",
        default_value = ".",
        hide_default_value = true
    )]
    pub folder: PathBuf,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum LabCommand {
    /// List the exercises that ship with ikesim, by course, or what is in a pack.
    List {
        /// A folder that `ikesim lab pack` made.
        #[arg(value_name = "PACK")]
        pack: Option<PathBuf>,
    },
    /// Begin an exercise: a folder with the situation, the questions and the configuration at hand.
    Start {
        /// Its name (`ikesim lab list`), or the file of an exercise of your own.
        name: String,
        /// The folder to make; without it, one of the exercise's name.
        #[arg(value_name = "DIR")]
        to: Option<PathBuf>,
    },
    /// Print what the device's show command prints.
    Show {
        /// Which device, and when.
        #[command(flatten)]
        look: Look,
        /// With encryption, hash and lifetime.
        #[arg(long, value_enum, value_name = "LAYOUT", num_args = 0..=1, require_equals = true, default_missing_value = "block")]
        detail: Option<DetailArg>,
    },
    /// Print the device's log.
    Logs(Look),
    /// Write what the device's interface carries, for Wireshark or `ikesim decode`.
    Capture {
        /// The file to write; - is standard output.
        #[arg(value_name = "FILE", default_value = "capture.pcapng")]
        file: PathBuf,
        /// Up to which moment, as 20s; without it, to the end.
        #[arg(long, value_name = "TIME")]
        at: Option<String>,
    },
    /// Print the device's configuration as it is, keys included.
    Config {
        /// Which device, where the exercise shows two.
        #[arg(value_enum, value_name = "SIDE")]
        device: Option<Side>,
    },
    /// Run the exercise with an edited configuration: whether the tunnel comes up, and what is seen.
    Try {
        /// The device's lines, or (.toml) the scenario keys of that side; without it, the folder's configuration.
        #[arg(value_name = "FILE")]
        file: Option<PathBuf>,
        /// Whose configuration it is, where the exercise shows two.
        #[arg(long, value_enum, value_name = "SIDE")]
        device: Option<Side>,
    },
    /// Answer questions. A wrong answer costs a point of its question.
    Answer {
        /// QUESTION=VALUE.
        #[arg(required = true, value_name = "QUESTION=VALUE")]
        answers: Vec<String>,
    },
    /// Take the next hint; `status` says what it costs.
    Hint,
    /// Show what is answered, what it is worth, and what is next.
    Status,
    /// Begin this exercise again: answers, hints and configuration as at the start.
    Reset,
    /// Say of an exercise of your own whether it is solvable: which answers fit what can be seen.
    Check {
        /// The exercise.
        file: PathBuf,
    },
    /// For teachers: make a bundle for each student of a class, each with faults, addresses and keys of its own.
    #[command(after_help = PACK_EXAMPLES)]
    Pack {
        /// Names of exercises (`ikesim lab list`), or files of your own.
        #[arg(required = true, value_name = "FILE")]
        exercises: Vec<String>,
        /// The class: CSV with the header id,name.
        #[arg(long, value_name = "CLASS.csv")]
        students: PathBuf,
        /// Your secret, 16 bytes or more: what each student gets follows from it, and it opens the answers.
        #[arg(long, value_name = "FILE")]
        secret: PathBuf,
        /// The folder to make: a folder for each student, and answers.sealed for you.
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// For teachers: grade what was handed in; repairs are run.
    #[command(after_help = GRADE_EXAMPLES)]
    Grade {
        /// The pack's answers.sealed.
        #[arg(value_name = "ANSWERS")]
        answers: PathBuf,
        /// The secret that it was made with.
        #[arg(long, value_name = "FILE")]
        secret: PathBuf,
        /// Each a submission.toml, or the folder that it is in.
        #[arg(required = true, value_name = "SUBMISSION")]
        submissions: Vec<PathBuf>,
    },
    /// Show the truth beside what was seen, and every answer. Possible once all is answered.
    Debrief {
        /// Give up what is not answered yet.
        #[arg(long)]
        give_up: bool,
    },
}

/// Which device, and when.
#[derive(Debug, clap::Args)]
pub struct Look {
    /// Which device, where the exercise shows two; without it, both.
    #[arg(value_enum, value_name = "SIDE")]
    pub device: Option<Side>,
    /// At which moment, as 20s; without it, the moment that the exercise is about.
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,
}
