//! An operator's faults in a crypto map.

use ike::MapPart;
use sim::{Edit, Fault, PfsHow, ProxyHow, TransformAttribute};

use super::Reader;
use crate::error::Problem;
use crate::kinds::FieldName;
use crate::value::{Word, word};

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

impl Reader<'_> {
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
