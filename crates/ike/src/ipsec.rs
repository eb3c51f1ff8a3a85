//! What Quick Mode negotiates (RFC 2407 section 4.4 and 4.5): transform sets, encapsulation, and their numbers.

use std::fmt;

use isakmp::ProtocolId;

use crate::table::table;

/// A row of the table of ESP ciphers.
struct CipherRow {
    word: &'static str,
    name: &'static str,
    /// ESP transform identifier.
    id: u8,
    /// The key-length attribute, in bits.
    bits: Option<u16>,
    key_len: usize,
    /// Bytes behind the key: the salt of GCM (RFC 4106 section 8.1).
    salt_len: usize,
}

const fn cipher(
    word: &'static str,
    name: &'static str,
    id: u8,
    bits: Option<u16>,
    key_len: usize,
    salt_len: usize,
) -> CipherRow {
    CipherRow { word, name, id, bits, key_len, salt_len }
}

table! {
    /// A cipher of ESP with its key length. Weakest first.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum EspCipher: CipherRow {
        /// No encryption (RFC 2410).
        Null = cipher("esp-null", "null", 11, None, 0, 0),
        /// DES-CBC.
        Des = cipher("esp-des", "des", 2, None, 8, 0),
        /// 3DES-CBC.
        TripleDes = cipher("esp-3des", "3des", 3, None, 24, 0),
        /// AES-CBC, 128 bits.
        Aes128 = cipher("esp-aes-128", "aes-128", 12, Some(128), 16, 0),
        /// AES-CBC, 192 bits.
        Aes192 = cipher("esp-aes-192", "aes-192", 12, Some(192), 24, 0),
        /// AES-CBC, 256 bits.
        Aes256 = cipher("esp-aes-256", "aes-256", 12, Some(256), 32, 0),
        /// AES-GCM with a 16-byte tag, 128 bits.
        Gcm128 = cipher("esp-gcm-128", "gcm-128", 20, Some(128), 16, 4),
        /// AES-GCM, 192 bits.
        Gcm192 = cipher("esp-gcm-192", "gcm-192", 20, Some(192), 24, 4),
        /// AES-GCM, 256 bits.
        Gcm256 = cipher("esp-gcm-256", "gcm-256", 20, Some(256), 32, 4),
    }
}

impl EspCipher {
    /// The word of a transform set.
    pub fn word(self) -> &'static str {
        self.row().word
    }

    /// Without `esp-`.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// Transform identifier and key-length attribute in bits (RFC 2407 section 4.4.4, RFC 3602, RFC 4106).
    pub fn assigned(self) -> (u8, Option<u16>) {
        (self.row().id, self.row().bits)
    }

    /// It proves integrity by itself.
    pub fn is_combined(self) -> bool {
        self.row().salt_len > 0
    }

    /// Key in bytes.
    pub fn key_len(self) -> usize {
        self.row().key_len
    }

    /// Salt in bytes, behind the key.
    pub fn salt_len(self) -> usize {
        self.row().salt_len
    }
}

/// A row of the table of integrity algorithms.
struct IntegrityRow {
    name: &'static str,
    esp: &'static str,
    ah: Option<&'static str>,
    /// Authentication-algorithm attribute.
    algorithm: u16,
    /// AH transform identifier.
    ah_id: u8,
    key_len: usize,
}

const fn integrity(
    name: &'static str,
    esp: &'static str,
    ah: Option<&'static str>,
    algorithm: u16,
    ah_id: u8,
    key_len: usize,
) -> IntegrityRow {
    IntegrityRow { name, esp, ah, algorithm, ah_id, key_len }
}

table! {
    /// An HMAC of ESP or AH. Weakest first.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum Integrity: IntegrityRow {
        /// HMAC-MD5.
        Md5 = integrity("md5", "esp-md5-hmac", Some("ah-md5-hmac"), 1, 2, 16),
        /// HMAC-SHA-1.
        Sha1 = integrity("sha", "esp-sha-hmac", Some("ah-sha-hmac"), 2, 3, 20),
        /// HMAC-SHA-256.
        Sha256 = integrity("sha256", "esp-sha256-hmac", Some("ah-sha256-hmac"), 5, 5, 32),
        /// HMAC-SHA-384.
        Sha384 = integrity("sha384", "esp-sha384-hmac", None, 6, 6, 48),
        /// HMAC-SHA-512.
        Sha512 = integrity("sha512", "esp-sha512-hmac", None, 7, 7, 64),
    }
}

impl Integrity {
    /// `sha256`
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// The word of a transform set, as ESP has it.
    pub fn esp_word(self) -> &'static str {
        self.row().esp
    }

    /// The word of a transform set, as AH has it; `None`: AH is not offered with it.
    pub fn ah_word(self) -> Option<&'static str> {
        self.row().ah
    }

    /// Authentication-algorithm attribute (RFC 2407 section 4.5).
    pub fn algorithm(self) -> u16 {
        self.row().algorithm
    }

    /// AH transform identifier (RFC 2407 section 4.4.3).
    pub fn ah_id(self) -> u8 {
        self.row().ah_id
    }

    /// Key in bytes.
    pub fn key_len(self) -> usize {
        self.row().key_len
    }
}

/// What protects a packet: `crypto ipsec transform-set`. At least one of the two is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TransformSet {
    /// ESP: cipher, and HMAC where the cipher is not combined.
    pub esp: Option<(EspCipher, Option<Integrity>)>,
    /// AH.
    pub ah: Option<Integrity>,
}

impl TransformSet {
    /// The set of these words, in any order; `None`: no such words, two of a kind, or no set.
    pub fn from_words(text: &str) -> Option<TransformSet> {
        let (mut cipher, mut hmac, mut ah) = (None, None, None);
        for word in text.split_whitespace() {
            let esp = EspCipher::ALL.into_iter().find(|one| one.word() == word);
            let esp_hmac = Integrity::ALL.into_iter().find(|one| one.esp_word() == word);
            let ah_hmac = Integrity::ALL.into_iter().find(|one| one.ah_word() == Some(word));
            let twice = (esp.is_some() && cipher.is_some())
                || (esp_hmac.is_some() && hmac.is_some())
                || (ah_hmac.is_some() && ah.is_some());
            if twice || (esp.is_none() && esp_hmac.is_none() && ah_hmac.is_none()) {
                return None;
            }
            (cipher, hmac, ah) = (cipher.or(esp), hmac.or(esp_hmac), ah.or(ah_hmac));
        }
        let esp = match (cipher, hmac) {
            (None, Some(_)) => return None,
            // GCM proves integrity by itself, and a cipher that hides nothing must at least prove something.
            (Some(cipher), Some(_)) if cipher.is_combined() => return None,
            (Some(EspCipher::Null), None) => return None,
            (cipher, hmac) => cipher.map(|cipher| (cipher, hmac)),
        };
        (esp.is_some() || ah.is_some()).then_some(TransformSet { esp, ah })
    }

    /// Its protocols with the bytes of KEYMAT that each needs.
    pub fn protocols(self) -> impl Iterator<Item = (ProtocolId, usize)> {
        let esp = self.esp.map(|(cipher, hmac)| {
            // One stretch of KEYMAT: the cipher's key first, its salt behind it, the HMAC's key last.
            let length = cipher.key_len() + cipher.salt_len() + hmac.map_or(0, Integrity::key_len);
            (ProtocolId::ESP, length)
        });
        [self.ah.map(|hmac| (ProtocolId::AH, hmac.key_len())), esp].into_iter().flatten()
    }
}

/// The words of the set.
impl fmt::Display for TransformSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ah = self.ah.and_then(Integrity::ah_word);
        let (cipher, hmac) = self.esp.unzip();
        let words = [ah, cipher.map(EspCipher::word), hmac.flatten().map(Integrity::esp_word)];
        f.write_str(&words.into_iter().flatten().collect::<Vec<_>>().join(" "))
    }
}

table! {
    /// How packets are made smaller before ESP hides them (RFC 3173, RFC 2407 section 4.4.5).
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum Compression: (&'static str, u8) {
        /// RFC 2394.
        Deflate = ("DEFLATE", 2),
        /// RFC 2395.
        Lzs = ("LZS", 3),
    }
}

impl Compression {
    /// Transform identifier.
    pub fn assigned(self) -> u8 {
        self.row().1
    }

    /// The compression with this transform identifier.
    pub fn from_assigned(id: u8) -> Option<Compression> {
        Compression::ALL.into_iter().find(|one| one.assigned() == id)
    }
}

impl fmt::Display for Compression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.row().0)
    }
}

/// What is inside: a whole packet, or its payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Encapsulation {
    /// A packet in a packet.
    Tunnel,
    /// The packet's own header stays outside.
    Transport,
}

impl Encapsulation {
    /// The attribute's value (RFC 2407 section 4.5, RFC 3947 section 5.1).
    pub fn assigned(self, udp: bool) -> u16 {
        match (self, udp) {
            (Encapsulation::Tunnel, false) => 1,
            (Encapsulation::Transport, false) => 2,
            (Encapsulation::Tunnel, true) => 3,
            (Encapsulation::Transport, true) => 4,
        }
    }

    /// The mode with this value, and whether it is inside UDP.
    pub fn from_assigned(value: u64) -> Option<(Encapsulation, bool)> {
        let forms = [Encapsulation::Tunnel, Encapsulation::Transport].into_iter();
        let mut forms = forms.flat_map(|mode| [(mode, false), (mode, true)]);
        forms.find(|(mode, udp)| u64::from(mode.assigned(*udp)) == value)
    }
}

impl fmt::Display for Encapsulation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Encapsulation::Tunnel => "tunnel",
            Encapsulation::Transport => "transport",
        })
    }
}
