//! The words of a verdict.

/// What can be said of a direction.
// In this order: a direction that stalls is certain, whatever else is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Said {
    /// Both phases.
    Passes,
    /// Phase 1, which is all that was judged.
    Up,
    Unverifiable,
    NeverStarted,
    Refused,
    /// Phase 1, where phase 2 would have been judged.
    Phase1Stalls,
    /// Phase 1, which is all that was judged.
    Stalls,
}

impl Said {
    pub fn word(self) -> &'static str {
        match self {
            Said::Passes => "passes phase 2",
            Said::Up => "up",
            Said::Stalls => "stalls",
            Said::Phase1Stalls => "phase 1 stalls",
            Said::Refused => "phase 2 refused",
            Said::NeverStarted => "never started",
            Said::Unverifiable => "unverifiable",
        }
    }

    /// Everything that was judged comes up.
    pub fn is_good(self) -> bool {
        matches!(self, Said::Passes | Said::Up)
    }

    /// It certainly does not.
    pub fn is_bad(self) -> bool {
        matches!(self, Said::NeverStarted | Said::Refused | Said::Phase1Stalls | Said::Stalls)
    }
}
