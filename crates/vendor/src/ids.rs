//! Vendor ids (RFC 2408 section 3.16) that more than one vendor sends.

use ike::profile::VendorId;

pub(crate) const NAT_T_07: VendorId =
    VendorId::nat_t("NAT-T draft 07", b"\x43\x9b\x59\xf8\xba\x67\x6c\x4c\x77\x37\xae\x22\xea\xb8\xf5\x82");

pub(crate) const NAT_T_03: VendorId =
    VendorId::nat_t("NAT-T draft 03", b"\x7d\x94\x19\xa6\x53\x10\xca\x6f\x2c\x17\x9d\x92\x15\x52\x9d\x56");

pub(crate) const NAT_T_02: VendorId =
    VendorId::nat_t("NAT-T draft 02", b"\x90\xcb\x80\x91\x3e\xbb\x69\x6e\x08\x63\x81\xb5\xec\x42\x7b\x1f");

// Behind the hash stand capability bits, in which vendors differ.
pub(crate) const FRAGMENTATION: VendorId = VendorId::new(
    "Fragmentation",
    b"\x40\x48\xb7\xd5\x6e\xbc\xe8\x85\x25\xe7\xde\x7f\x00\xd6\xc2\xd3\xc0\x00\x00\x00",
);

pub(crate) const FRAGMENTATION_CHARON: VendorId = VendorId::new(
    "Fragmentation",
    b"\x40\x48\xb7\xd5\x6e\xbc\xe8\x85\x25\xe7\xde\x7f\x00\xd6\xc2\xd3\x80\x00\x00\x00",
);

pub(crate) const FRAGMENTATION_PLUTO: VendorId =
    VendorId::new("Fragmentation", b"\x40\x48\xb7\xd5\x6e\xbc\xe8\x85\x25\xe7\xde\x7f\x00\xd6\xc2\xd3");

pub(crate) const UNITY: VendorId =
    VendorId::new("Cisco Unity", b"\x12\xf5\xf2\x8c\x45\x71\x68\xa9\x70\x2d\x9f\xe2\x74\xcc\x01\x00");

pub(crate) const XAUTH: VendorId = VendorId::new("XAUTH", b"\x09\x00\x26\x89\xdf\xd6\xb7\x12");
pub(crate) const DPD: VendorId =
    VendorId::new("Dead Peer Detection", b"\xaf\xca\xd7\x13\x68\xa1\xf1\xc9\x6b\x86\x96\xfc\x77\x57\x01\x00");
