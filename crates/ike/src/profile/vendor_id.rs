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

impl VendorId {
    /// One that is always sent.
    pub const fn new(name: &'static str, bytes: &'static [u8]) -> VendorId {
        VendorId { name, bytes, nat_traversal: false }
    }

    /// One that is sent only where NAT traversal is on.
    pub const fn nat_t(name: &'static str, bytes: &'static [u8]) -> VendorId {
        VendorId { name, bytes, nat_traversal: true }
    }
}

/// RFC 3947 section 3.1: the MD5 of "RFC 3947". Both sides must send it for NAT traversal to be used.
pub const NAT_T_RFC3947: VendorId =
    VendorId::nat_t("NAT-T RFC 3947", b"\x4a\x13\x1c\x81\x07\x03\x58\x45\x5c\x57\x28\xf2\x0e\x95\x45\x2f");

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
