//! An operator's faults in a crypto map.

use ike::{Clear, Cleared, MapPart, MessageName};
use sim::{ClearFault, Edit, Fault, PfsHow, ProxyHow, TransformAttribute};

use super::Reader;
use crate::error::Problem;
use crate::kinds::FieldName;
use crate::value::{At, NumberOrWord, Word, duration, word};
use crate::vocabulary;

pub(crate) const TRANSFORM_ATTRIBUTES: [Word<TransformAttribute>; 5] = [
    ("encryption", TransformAttribute::Encryption),
    ("key-length", TransformAttribute::KeyLength),
    ("integrity", TransformAttribute::Integrity),
    ("mode", TransformAttribute::Mode),
    ("lifetime", TransformAttribute::Lifetime),
];

pub(crate) const PFS_HOWS: [Word<PfsHow>; 3] =
    [("missing", PfsHow::Missing), ("extra", PfsHow::Extra), ("group", PfsHow::Group)];

pub(crate) const PROXY_HOWS: [Word<ProxyHow>; 4] = [
    ("other", ProxyHow::Other),
    ("wider", ProxyHow::Wider),
    ("narrower", ProxyHow::Narrower),
    ("any", ProxyHow::Any),
];

pub(crate) const MAP_PARTS: [Word<MapPart>; 3] =
    [("acl", MapPart::Acl), ("peer", MapPart::Peer), ("transform-set", MapPart::TransformSet)];

pub(crate) const CLEARED: [Word<Cleared>; 3] = [
    (Cleared::Phase1.name(), Cleared::Phase1),
    (Cleared::Phase2.name(), Cleared::Phase2),
    (Cleared::All.name(), Cleared::All),
];

impl Reader<'_> {
    pub(super) fn clear(&self) -> Result<Fault, Problem> {
        let at = word(self.need(self.table.at.as_ref(), FieldName::At)?, "peer", &vocabulary::ROLES)?;
        let when = duration(self.need(self.table.when.as_ref(), FieldName::When)?, "when")?;
        let after = self.table.after.as_ref().map(|at| self.named(at)).transpose()?;
        let what = self.table.what.as_ref();
        let what = what.map_or(Ok(Cleared::All), |at| word(at, "part", &CLEARED))?;
        let notify = self.table.notify.as_ref().is_none_or(|at| at.value);
        Ok(Fault::Clear(ClearFault { at, when, after, clear: Clear { what, notify } }))
    }

    /// A message by its name alone.
    fn named(&self, at: &At<String>) -> Result<MessageName, Problem> {
        self.message(&At { value: NumberOrWord::Word(at.value.clone()), span: at.span.clone() })
    }

    pub(super) fn transform_mismatch(&self) -> Result<Fault, Problem> {
        let at = self.need(self.table.attribute.as_ref(), FieldName::Attribute)?;
        self.edit(Edit::TransformMismatch(word(at, "attribute", &TRANSFORM_ATTRIBUTES)?))
    }

    pub(super) fn pfs_mismatch(&self) -> Result<Fault, Problem> {
        let at = self.need(self.table.how.as_ref(), FieldName::How)?;
        self.edit(Edit::PfsMismatch(word(at, "difference", &PFS_HOWS)?))
    }

    pub(super) fn proxy_mismatch(&self) -> Result<Fault, Problem> {
        let at = self.need(self.table.how.as_ref(), FieldName::How)?;
        self.edit(Edit::ProxyMismatch(word(at, "difference", &PROXY_HOWS)?))
    }

    pub(super) fn map_incomplete(&self) -> Result<Fault, Problem> {
        let at = self.need(self.table.what.as_ref(), FieldName::What)?;
        self.edit(Edit::MapIncomplete(word(at, "part", &MAP_PARTS)?))
    }
}
