//! What phase 2 adds: the reasons behind a refused child as causes, what one side can tell, what a clearing leads to.

pub(crate) mod clearing;
mod deletion;
mod one_side;
pub(crate) mod refusal;

pub(crate) use deletion::with_deletion;
pub(crate) use one_side::{reached, seen_by};
