//! What can be said of a direction.

/// What can be said of a direction.
// In this order: a direction that stalls is certain, whatever else is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Forecast {
    /// Both phases.
    Passes,
    /// Phase 1, which is all that was judged.
    Up,
    /// It hangs on what the files do not say.
    Unverifiable,
    /// Nothing is sent: the caller lacks something.
    NeverStarted,
    /// Phase 2.
    Refused,
    /// Phase 1, where phase 2 would have been judged.
    Phase1Stalls,
    /// Phase 1, which is all that was judged.
    Stalls,
}

impl Forecast {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Forecast::Passes => "passes phase 2",
            Forecast::Up => "up",
            Forecast::Stalls => "stalls",
            Forecast::Phase1Stalls => "phase 1 stalls",
            Forecast::Refused => "phase 2 refused",
            Forecast::NeverStarted => "never started",
            Forecast::Unverifiable => "unverifiable",
        }
    }

    /// Everything that was judged comes up.
    pub fn is_good(self) -> bool {
        matches!(self, Forecast::Passes | Forecast::Up)
    }

    /// It certainly does not.
    pub fn is_bad(self) -> bool {
        matches!(self, Forecast::NeverStarted | Forecast::Refused | Forecast::Phase1Stalls | Forecast::Stalls)
    }
}
