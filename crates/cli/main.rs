//! `ikesim`: shows how an IKEv1 phase 1 negotiation goes, and where and why it stalls.

mod args;
mod decode;
mod failure;
mod init;
mod input;
mod list;
mod live;
mod run;
mod test;
mod udp;

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use args::{Args, Color, Command};
use failure::Failure;

/// What a bare `ikesim` says.
const GREETING: &str = "\
ikesim shows, byte for byte, how an IKEv1 phase 1 negotiation goes and where and why it stalls.

Three things to try:

  ikesim init                       write scenario.toml, a tunnel that comes up
  ikesim run scenario.toml          run it and see every message
  ikesim init stall.toml --fault psk-mismatch && ikesim run stall.toml

`ikesim help` tells the rest.
";

fn main() -> ExitCode {
    let args = Args::parse();
    let choice = match args.color {
        Color::Auto => anstream::AutoStream::choice(&io::stdout()),
        Color::Always => anstream::ColorChoice::Always,
        Color::Never => anstream::ColorChoice::Never,
    };
    let mut out = anstream::AutoStream::new(io::stdout().lock(), choice);
    match dispatch(&args, &mut out).and_then(|code| Ok(out.flush().map(|()| code)?)) {
        Ok(code) => ExitCode::from(code),
        Err(failure) => failure.report(args.color),
    }
}

/// Runs the command; the number is the exit code.
fn dispatch(args: &Args, out: &mut dyn Write) -> Result<u8, Failure> {
    match &args.command {
        None => out.write_all(GREETING.as_bytes())?,
        Some(Command::Run(run)) => return run::run(run, args.format, out),
        Some(Command::Test(test)) => return test::test(test, args.format, out),
        Some(Command::Listen(listen)) => return live::listen(listen, args.format, out),
        Some(Command::Connect(connect)) => return live::connect(connect, args.format, out),
        Some(Command::Decode(decode)) => return decode::decode(decode, args.format, out),
        Some(Command::Init(init)) => init::init(init, out)?,
        Some(Command::List { topic }) => list::list(*topic, args.format, io::stdout().is_terminal(), out)?,
        Some(Command::Schema) => writeln!(out, "{:#}", sim::scenario::schema())?,
        Some(Command::Completions { shell }) => {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Args::command(), "ikesim", &mut script);
            out.write_all(&script)?;
        }
    }
    Ok(0)
}
