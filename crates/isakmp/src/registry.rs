//! Assigned numbers of RFC 2407, 2408 and 2409 (IANA "ipsec-registry" and "isakmp-registry"). A number that
//! is not listed survives and prints as itself.

use std::fmt;

macro_rules! registry {
    ($(#[$doc:meta])* $name:ident($int:ty) { $($constant:ident = $value:literal $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub $int);

        impl $name {
            $(#[doc = $text] pub const $constant: $name = $name($value);)*

            /// Every listed value and its name, in rising order.
            pub const ALL: &'static [($name, &'static str)] = &[$(($name::$constant, $text)),*];

            /// The name; `None` for a number that is not listed.
            pub fn name(self) -> Option<&'static str> {
                Self::ALL.iter().find(|(value, _)| *value == self).map(|(_, name)| *name)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self.name() {
                    Some(name) => f.write_str(name),
                    None => write!(f, "{}", self.0),
                }
            }
        }
    };
}

registry! {
    /// Payload types (RFC 2408 section 3.1, RFC 3947 section 3).
    PayloadType(u8) {
        NONE = 0 "NONE",
        SA = 1 "SA",
        PROPOSAL = 2 "P",
        TRANSFORM = 3 "T",
        KE = 4 "KE",
        ID = 5 "ID",
        CERT = 6 "CERT",
        CR = 7 "CR",
        HASH = 8 "HASH",
        SIG = 9 "SIG",
        NONCE = 10 "NONCE",
        N = 11 "N",
        D = 12 "D",
        VID = 13 "VID",
        ATTR = 14 "ATTR",
        NAT_D = 20 "NAT-D",
        NAT_OA = 21 "NAT-OA",
        // Private use: Cisco's fragments.
        FRAG = 132 "FRAG",
    }
}

registry! {
    /// Exchange types (RFC 2408 section 3.1, RFC 2409 appendix A).
    ExchangeType(u8) {
        BASE = 1 "base",
        MAIN = 2 "main",
        AUTHENTICATION_ONLY = 3 "authentication-only",
        AGGRESSIVE = 4 "aggressive",
        INFORMATIONAL = 5 "informational",
        TRANSACTION = 6 "transaction",
        QUICK = 32 "quick",
        NEW_GROUP = 33 "new-group",
    }
}

registry! {
    /// Notify message types (RFC 2408 section 3.14.1, RFC 2407 section 4.6.3, RFC 3706).
    NotifyType(u16) {
        INVALID_PAYLOAD_TYPE = 1 "INVALID_PAYLOAD_TYPE",
        DOI_NOT_SUPPORTED = 2 "DOI_NOT_SUPPORTED",
        SITUATION_NOT_SUPPORTED = 3 "SITUATION_NOT_SUPPORTED",
        INVALID_COOKIE = 4 "INVALID_COOKIE",
        INVALID_MAJOR_VERSION = 5 "INVALID_MAJOR_VERSION",
        INVALID_MINOR_VERSION = 6 "INVALID_MINOR_VERSION",
        INVALID_EXCHANGE_TYPE = 7 "INVALID_EXCHANGE_TYPE",
        INVALID_FLAGS = 8 "INVALID_FLAGS",
        INVALID_MESSAGE_ID = 9 "INVALID_MESSAGE_ID",
        INVALID_PROTOCOL_ID = 10 "INVALID_PROTOCOL_ID",
        INVALID_SPI = 11 "INVALID_SPI",
        INVALID_TRANSFORM_ID = 12 "INVALID_TRANSFORM_ID",
        ATTRIBUTES_NOT_SUPPORTED = 13 "ATTRIBUTES_NOT_SUPPORTED",
        NO_PROPOSAL_CHOSEN = 14 "NO_PROPOSAL_CHOSEN",
        BAD_PROPOSAL_SYNTAX = 15 "BAD_PROPOSAL_SYNTAX",
        PAYLOAD_MALFORMED = 16 "PAYLOAD_MALFORMED",
        INVALID_KEY_INFORMATION = 17 "INVALID_KEY_INFORMATION",
        INVALID_ID_INFORMATION = 18 "INVALID_ID_INFORMATION",
        INVALID_CERT_ENCODING = 19 "INVALID_CERT_ENCODING",
        INVALID_CERTIFICATE = 20 "INVALID_CERTIFICATE",
        CERT_TYPE_UNSUPPORTED = 21 "CERT_TYPE_UNSUPPORTED",
        INVALID_CERT_AUTHORITY = 22 "INVALID_CERT_AUTHORITY",
        INVALID_HASH_INFORMATION = 23 "INVALID_HASH_INFORMATION",
        AUTHENTICATION_FAILED = 24 "AUTHENTICATION_FAILED",
        INVALID_SIGNATURE = 25 "INVALID_SIGNATURE",
        ADDRESS_NOTIFICATION = 26 "ADDRESS_NOTIFICATION",
        NOTIFY_SA_LIFETIME = 27 "NOTIFY_SA_LIFETIME",
        CERTIFICATE_UNAVAILABLE = 28 "CERTIFICATE_UNAVAILABLE",
        UNSUPPORTED_EXCHANGE_TYPE = 29 "UNSUPPORTED_EXCHANGE_TYPE",
        UNEQUAL_PAYLOAD_LENGTHS = 30 "UNEQUAL_PAYLOAD_LENGTHS",
        CONNECTED = 16384 "CONNECTED",
        RESPONDER_LIFETIME = 24576 "RESPONDER_LIFETIME",
        REPLAY_STATUS = 24577 "REPLAY_STATUS",
        INITIAL_CONTACT = 24578 "INITIAL_CONTACT",
        // Private use, agreed on in RFC 3706.
        R_U_THERE = 36136 "R_U_THERE",
        R_U_THERE_ACK = 36137 "R_U_THERE_ACK",
    }
}

impl NotifyType {
    /// An error, not a status: below 16384 (RFC 2408 section 3.14.1).
    pub fn is_error(self) -> bool {
        // RFC 2408 3.14.1: errors below, status types from here on.
        self.0 < 16384
    }
}

registry! {
    /// Domain of Interpretation (RFC 2408 section 2.1, RFC 2407 section 4.1).
    Doi(u32) {
        ISAKMP = 0 "ISAKMP",
        IPSEC = 1 "IPSEC",
    }
}

registry! {
    /// Situation bits of the IPsec DOI (RFC 2407 section 4.2).
    Situation(u32) {
        IDENTITY_ONLY = 1 "SIT_IDENTITY_ONLY",
        SECRECY = 2 "SIT_SECRECY",
        INTEGRITY = 4 "SIT_INTEGRITY",
    }
}

registry! {
    /// Security protocol identifiers (RFC 2407 section 4.4.1).
    ProtocolId(u8) {
        ISAKMP = 1 "ISAKMP",
        AH = 2 "AH",
        ESP = 3 "ESP",
        IPCOMP = 4 "IPCOMP",
    }
}

registry! {
    /// ISAKMP transform identifiers (RFC 2407 section 4.4.2).
    TransformId(u8) {
        KEY_IKE = 1 "KEY_IKE",
    }
}

registry! {
    /// Identification types (RFC 2407 section 4.6.2.1).
    IdType(u8) {
        IPV4_ADDR = 1 "ID_IPV4_ADDR",
        FQDN = 2 "ID_FQDN",
        USER_FQDN = 3 "ID_USER_FQDN",
        IPV4_ADDR_SUBNET = 4 "ID_IPV4_ADDR_SUBNET",
        IPV6_ADDR = 5 "ID_IPV6_ADDR",
        IPV6_ADDR_SUBNET = 6 "ID_IPV6_ADDR_SUBNET",
        IPV4_ADDR_RANGE = 7 "ID_IPV4_ADDR_RANGE",
        IPV6_ADDR_RANGE = 8 "ID_IPV6_ADDR_RANGE",
        DER_ASN1_DN = 9 "ID_DER_ASN1_DN",
        DER_ASN1_GN = 10 "ID_DER_ASN1_GN",
        KEY_ID = 11 "ID_KEY_ID",
    }
}

registry! {
    /// Phase 1 attribute types (RFC 2409 appendix A).
    AttributeType(u16) {
        ENCRYPTION = 1 "Encryption-Algorithm",
        HASH = 2 "Hash-Algorithm",
        AUTHENTICATION = 3 "Authentication-Method",
        GROUP = 4 "Group-Description",
        GROUP_TYPE = 5 "Group-Type",
        GROUP_PRIME = 6 "Group-Prime",
        GROUP_GENERATOR_ONE = 7 "Group-Generator-One",
        GROUP_GENERATOR_TWO = 8 "Group-Generator-Two",
        GROUP_CURVE_A = 9 "Group-Curve-A",
        GROUP_CURVE_B = 10 "Group-Curve-B",
        LIFE_TYPE = 11 "Life-Type",
        LIFE_DURATION = 12 "Life-Duration",
        PRF = 13 "PRF",
        KEY_LENGTH = 14 "Key-Length",
        FIELD_SIZE = 15 "Field-Size",
        GROUP_ORDER = 16 "Group-Order",
    }
}

registry! {
    /// Encryption algorithms (RFC 2409 appendix A, RFC 3602).
    EncryptionAlgorithm(u16) {
        DES_CBC = 1 "DES-CBC",
        IDEA_CBC = 2 "IDEA-CBC",
        BLOWFISH_CBC = 3 "Blowfish-CBC",
        RC5_CBC = 4 "RC5-R16-B64-CBC",
        TRIPLE_DES_CBC = 5 "3DES-CBC",
        CAST_CBC = 6 "CAST-CBC",
        AES_CBC = 7 "AES-CBC",
        CAMELLIA_CBC = 8 "Camellia-CBC",
    }
}

registry! {
    /// Hash algorithms (RFC 2409 appendix A, IANA).
    HashAlgorithm(u16) {
        MD5 = 1 "MD5",
        SHA1 = 2 "SHA",
        TIGER = 3 "Tiger",
        SHA2_256 = 4 "SHA2-256",
        SHA2_384 = 5 "SHA2-384",
        SHA2_512 = 6 "SHA2-512",
    }
}

registry! {
    /// Authentication methods (RFC 2409 appendix A).
    AuthenticationMethod(u16) {
        PRE_SHARED = 1 "pre-shared key",
        DSS_SIG = 2 "DSS signatures",
        RSA_SIG = 3 "RSA signatures",
        RSA_ENCRYPTION = 4 "RSA encryption",
        RSA_REVISED_ENCRYPTION = 5 "revised RSA encryption",
        XAUTH_INIT_PRE_SHARED = 65001 "XAUTHInitPreShared",
        XAUTH_RESP_PRE_SHARED = 65002 "XAUTHRespPreShared",
    }
}

registry! {
    /// Diffie-Hellman groups (RFC 2409 section 6, RFC 3526, RFC 5903, RFC 8031).
    Group(u16) {
        MODP_768 = 1 "MODP-768",
        MODP_1024 = 2 "MODP-1024",
        EC2N_155 = 3 "EC2N-155",
        EC2N_185 = 4 "EC2N-185",
        MODP_1536 = 5 "MODP-1536",
        MODP_2048 = 14 "MODP-2048",
        MODP_3072 = 15 "MODP-3072",
        MODP_4096 = 16 "MODP-4096",
        MODP_6144 = 17 "MODP-6144",
        MODP_8192 = 18 "MODP-8192",
        ECP_256 = 19 "ECP-256",
        ECP_384 = 20 "ECP-384",
        ECP_521 = 21 "ECP-521",
        CURVE25519 = 31 "Curve25519",
    }
}

registry! {
    /// Life types (RFC 2409 appendix A).
    LifeType(u16) {
        SECONDS = 1 "seconds",
        KILOBYTES = 2 "kilobytes",
    }
}
