//! A terminal of a given width: the command asks its standard output how wide it is.

use std::fs::{File, OpenOptions};
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;
use std::process::{Command, Output, Stdio};

use rustix::fs::OFlags;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, OutputModes, Winsize, tcgetattr, tcsetattr, tcsetwinsize};

/// Runs the command with such a terminal as standard output.
pub fn output(command: &mut Command, columns: u16) -> Output {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&master).unwrap();
    unlockpt(&master).unwrap();
    let name = ptsname(&master, Vec::new()).unwrap();
    let slave = OpenOptions::new()
        .read(true)
        .write(true)
        .custom_flags(OFlags::NOCTTY.bits().cast_signed())
        .open(std::ffi::OsStr::from_bytes(name.to_bytes()))
        .unwrap();
    let mut modes = tcgetattr(&slave).unwrap();
    // A line ends as it was written.
    modes.output_modes.remove(OutputModes::OPOST);
    tcsetattr(&slave, OptionalActions::Now, &modes).unwrap();
    tcsetwinsize(&slave, Winsize { ws_row: 50, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 }).unwrap();
    let child = command.stdout(slave).stderr(Stdio::piped()).spawn().unwrap();
    // The command holds the slave too, and would keep the master from ending.
    command.stdout(Stdio::null());
    let mut stdout = Vec::new();
    // Linux ends a terminal that nobody has open with an error.
    let _ = File::from(master).read_to_end(&mut stdout);
    Output { stdout, ..child.wait_with_output().unwrap() }
}
