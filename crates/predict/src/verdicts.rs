//! All that is said of a set of devices.

use config::Device;
use ike::Powers;

use crate::alone::{Alone, alone};
use crate::compose::Phases;
use crate::judge::{Forecast, Judged};
use crate::pair::{Session, Unmatched, facing, sessions};

/// What came of the devices.
pub struct Verdicts<'d> {
    /// As they were judged: a daemon's file may stand turned round.
    pub devices: Vec<&'d Device>,
    /// Each direction, in the order of the devices.
    pub judged: Vec<Judged<'d>>,
    /// Connections to peers that are not among the devices.
    pub unmatched: Vec<Unmatched<'d>>,
    /// What never begins, whoever its peer is.
    pub alone: Vec<Alone<'d>>,
}

impl<'d> Verdicts<'d> {
    /// Every direction between the devices. `each` calls [`judge`](crate::judge) on every session and keeps their order:
    /// whether that is done by several threads is the caller's.
    pub fn new(
        devices: &'d [Device],
        phases: Phases,
        powers: &Powers,
        each: impl FnOnce(Vec<Session<'d>>) -> Vec<Judged<'d>>,
    ) -> Verdicts<'d> {
        let devices = facing(devices);
        let (sessions, mut unmatched) = sessions(&devices);
        let judged = each(sessions);
        let alone = match phases {
            Phases::Both => alone(&devices, &unmatched, &judged, powers),
            Phases::One => Vec::new(),
        };
        if judged.is_empty() && unmatched.is_empty() && alone.is_empty() {
            unmatched = open(&devices);
        }
        Verdicts { devices, judged, unmatched, alone }
    }

    /// No device calls anybody, or would.
    pub fn is_empty(&self) -> bool {
        let peerless = self.devices.iter().any(|device| !device.peerless.is_empty());
        self.judged.is_empty() && self.unmatched.is_empty() && !peerless
    }

    /// The worst of all directions; `None`: there is none. A peer that is not here is somebody else's; only where nothing
    /// else was found does the answer hang on it.
    pub fn worst(&self) -> Option<Forecast> {
        let alone = self.alone.iter().filter(|_| self.judged.is_empty()).map(|_| Forecast::NeverStarted);
        self.judged.iter().map(|judged| judged.forecast).chain(alone).max()
    }
}

/// Of a hub alone: what takes callers that nobody here is.
fn open<'d>(devices: &[&'d Device]) -> Vec<Unmatched<'d>> {
    let of = |device: &'d Device| {
        let open = device.connections.iter().filter(|connection| connection.remote.is_open());
        open.map(move |connection| Unmatched { device, connection })
    };
    devices.iter().copied().flat_map(of).collect()
}
