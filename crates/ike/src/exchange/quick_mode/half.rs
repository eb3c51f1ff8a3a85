//! The exchange of public values that makes a child's keys independent of phase 1's (PFS).

use isakmp::{Payload, PayloadType};

use crate::crypto::{DhGroup, Private};
use crate::exchange::Ctx;
use crate::keymat::Gxy;
use crate::reason::Reason;

/// This side's half of an exchange of public values.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Half {
    group: DhGroup,
    private: Private,
    public: Vec<u8>,
}

impl Half {
    pub(super) fn payload(&self) -> Payload {
        Payload::new(PayloadType::KE, self.public.clone())
    }
}

/// g(qm)^xy; `None` without PFS.
pub(super) fn shared(
    ctx: &Ctx<'_>,
    half: Option<&Half>,
    theirs: Option<&Payload>,
) -> Result<Option<Gxy>, Reason> {
    let Some((half, theirs)) = half.zip(theirs) else {
        return Ok(None);
    };
    // Only what was sent back to us has our own value in it.
    if half.public == theirs.body {
        return Err(Reason::Reflected);
    }
    ctx.check_public(half.group, &theirs.body)?;
    let gxy = ctx.powers.shared(half.group, &half.private, &theirs.body).map_err(Reason::BadPublicValue)?;
    Ok(Some(Gxy::new(gxy)))
}

impl Ctx<'_> {
    pub(super) fn half(&self, group: DhGroup, number: u64) -> Half {
        // Fresh for each child, never phase 1's: PFS is nothing else.
        let private = self.streams.quick_exponent(group, number);
        let public = self.powers.public(group, &private);
        Half { group, private, public }
    }
}
