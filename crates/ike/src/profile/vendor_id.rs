//! Vendor ids (RFC 2408 section 3.16): what each profile announces itself with.

/// A vendor id payload's body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VendorId {
    /// What it announces.
    pub name: &'static str,
    /// The bytes.
    pub bytes: &'static [u8],
    /// Sent only where NAT traversal is on.
    pub nat_traversal: bool,
}

pub(super) const fn vid(name: &'static str, bytes: &'static [u8]) -> VendorId {
    VendorId { name, bytes, nat_traversal: false }
}

pub(super) const fn nat_t(name: &'static str, bytes: &'static [u8]) -> VendorId {
    VendorId { name, bytes, nat_traversal: true }
}

/// RFC 3947 section 3.1: the MD5 of "RFC 3947". Both sides must send it for NAT traversal to be used.
pub const NAT_T_RFC3947: VendorId =
    nat_t("NAT-T RFC 3947", b"\x4a\x13\x1c\x81\x07\x03\x58\x45\x5c\x57\x28\xf2\x0e\x95\x45\x2f");

pub(super) const NAT_T_07: VendorId =
    nat_t("NAT-T draft 07", b"\x43\x9b\x59\xf8\xba\x67\x6c\x4c\x77\x37\xae\x22\xea\xb8\xf5\x82");

pub(super) const NAT_T_03: VendorId =
    nat_t("NAT-T draft 03", b"\x7d\x94\x19\xa6\x53\x10\xca\x6f\x2c\x17\x9d\x92\x15\x52\x9d\x56");

pub(super) const NAT_T_02: VendorId =
    nat_t("NAT-T draft 02", b"\x90\xcb\x80\x91\x3e\xbb\x69\x6e\x08\x63\x81\xb5\xec\x42\x7b\x1f");

// Behind the hash stand capability bits, in which vendors differ.
pub(super) const FRAGMENTATION: VendorId =
    vid("Fragmentation", b"\x40\x48\xb7\xd5\x6e\xbc\xe8\x85\x25\xe7\xde\x7f\x00\xd6\xc2\xd3\xc0\x00\x00\x00");

pub(super) const FRAGMENTATION_CHARON: VendorId =
    vid("Fragmentation", b"\x40\x48\xb7\xd5\x6e\xbc\xe8\x85\x25\xe7\xde\x7f\x00\xd6\xc2\xd3\x80\x00\x00\x00");

pub(super) const FRAGMENTATION_PLUTO: VendorId =
    vid("Fragmentation", b"\x40\x48\xb7\xd5\x6e\xbc\xe8\x85\x25\xe7\xde\x7f\x00\xd6\xc2\xd3");

pub(super) const UNITY: VendorId =
    vid("Cisco Unity", b"\x12\xf5\xf2\x8c\x45\x71\x68\xa9\x70\x2d\x9f\xe2\x74\xcc\x01\x00");

pub(super) const XAUTH: VendorId = vid("XAUTH", b"\x09\x00\x26\x89\xdf\xd6\xb7\x12");
pub(super) const DPD: VendorId =
    vid("Dead Peer Detection", b"\xaf\xca\xd7\x13\x68\xa1\xf1\xc9\x6b\x86\x96\xfc\x77\x57\x01\x00");

/// Vendor ids of the messages that carry any. Encrypted messages carry none.
#[derive(Clone, Copy, Debug)]
pub struct VendorIds {
    /// MSG1 and AM1.
    pub first: &'static [VendorId],
    /// MSG2 and AM2. The NAT-T one is sent only if the peer announced it too.
    pub second: &'static [VendorId],
    /// MSG3 and MSG4.
    pub key_exchange: &'static [VendorId],
}
