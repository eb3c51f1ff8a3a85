//! `ikesim diagnose`

use std::net::IpAddr;
use std::path::PathBuf;

/// What the help ends with.
pub const EXAMPLES: &str = "\
Examples:
  ikesim diagnose stall.pcapng
  ikesim diagnose left.pcap right.pcap             from both sides: where the packet got lost
  ikesim diagnose aggressive.pcap --psk-file old.txt --psk-file new.txt
  ikesim diagnose stall.pcapng --at 198.51.100.1   taken at that host: what comes there has arrived
  ikesim diagnose main.pcap --psk-file psk.txt --keys keys.txt
  ikesim diagnose stall.pcapng --keys keys.txt     why a child was refused: Quick Mode is encrypted
  ikesim diagnose stall.pcapng --html stall.html   with every message's bytes beside its fields
  ikesim diagnose stall.pcapng --format json       one object per negotiation

pcap and pcapng, gzipped or not. A state is 'seen' where the side's own messages say so, 'inferred' where it follows
from the others or from what such a device does, and 'not visible' where the bytes leave several. Keys are checked,
never shown.
Exit codes: 0 every negotiation is judged; 2 usage, or no capture; 3 a file could not be read or written;
4 one has more messages than are looked at.";

/// `ikesim diagnose`
#[derive(Debug, clap::Args)]
pub struct Diagnose {
    /// A capture; two: one from each side.
    #[arg(required = true, num_args = 1..=2, value_name = "CAPTURE")]
    pub captures: Vec<PathBuf>,
    /// A pre-shared key to try, several times if need be; one newline at the end is not part of it.
    #[arg(long, value_name = "FILE")]
    pub psk_file: Vec<PathBuf>,
    /// The capture was taken at the host with this address: what comes there has arrived, what leaves may be lost.
    #[arg(long, value_name = "ADDRESS")]
    pub at: Option<IpAddr>,
    /// Key lines (initiator cookie, comma, cipher key): Main Mode's hashes can then be checked too, and
    /// encrypted Informational messages and refused Quick Modes are read.
    #[arg(long, value_name = "FILE")]
    pub keys: Option<PathBuf>,
    /// Write one HTML page: ladders, causes, and each message's bytes beside its fields.
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
}
