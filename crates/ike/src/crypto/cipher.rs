//! Block ciphers in CBC mode (RFC 2409 appendix B, RFC 3602).

use aes::{Aes128, Aes192, Aes256};
use cbc::cipher::{
    Block, BlockCipherDecrypt, BlockCipherEncrypt, BlockModeDecrypt, BlockModeEncrypt, InnerIvInit, KeyInit,
};
use cbc::{Decryptor, Encryptor};
use des::{Des, TdesEde3};
use isakmp::EncryptionAlgorithm;

use crate::table::table;

/// A ciphertext that this cipher cannot have made: empty, or not a whole number of blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{length} bytes are not a whole number of {block}-byte blocks")]
pub struct CipherError {
    /// The ciphertext's length in bytes.
    pub length: usize,
    /// The cipher's block in bytes.
    pub block: usize,
}

struct Row {
    name: &'static str,
    algorithm: EncryptionAlgorithm,
    /// The key-length attribute, in bits.
    bits: Option<u16>,
    key_len: usize,
    block_len: usize,
}

const fn row(
    name: &'static str,
    algorithm: EncryptionAlgorithm,
    bits: Option<u16>,
    key_len: usize,
    block_len: usize,
) -> Row {
    Row { name, algorithm, bits, key_len, block_len }
}

table! {
    /// A cipher with its key length. Weakest first.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum Cipher: Row {
        /// 56 bits of key in 8 bytes.
        Des = row("des", EncryptionAlgorithm::DES_CBC, None, 8, 8),
        /// Three keys, 24 bytes.
        TripleDes = row("3des", EncryptionAlgorithm::TRIPLE_DES_CBC, None, 24, 8),
        /// 128 bits.
        Aes128 = row("aes-128", EncryptionAlgorithm::AES_CBC, Some(128), 16, 16),
        /// 192 bits.
        Aes192 = row("aes-192", EncryptionAlgorithm::AES_CBC, Some(192), 24, 16),
        /// 256 bits.
        Aes256 = row("aes-256", EncryptionAlgorithm::AES_CBC, Some(256), 32, 16),
    }
}

impl Cipher {
    /// Key in bytes.
    pub fn key_len(self) -> usize {
        self.row().key_len
    }

    /// Block, and so IV, in bytes.
    pub fn block_len(self) -> usize {
        self.row().block_len
    }

    /// What it is, in a few words.
    pub fn meaning(self) -> String {
        format!("key {} bits, block {} bits", self.key_len() * 8, self.block_len() * 8)
    }

    /// Algorithm and key-length attribute (in bits; ciphers with a fixed key must not have it).
    pub fn assigned(self) -> (EncryptionAlgorithm, Option<u16>) {
        (self.row().algorithm, self.row().bits)
    }

    /// The cipher with these attributes.
    pub fn from_assigned(algorithm: EncryptionAlgorithm, bits: Option<u16>) -> Option<Cipher> {
        Cipher::ALL.into_iter().find(|cipher| cipher.assigned() == (algorithm, bits))
    }

    /// The scenario file's and the devices' word.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// The cipher of this name.
    pub fn from_name(name: &str) -> Option<Cipher> {
        Cipher::ALL.into_iter().find(|cipher| cipher.name() == name)
    }

    /// Encrypts; zeros fill the last block (RFC 2409 appendix B). Key and IV have this cipher's lengths:
    /// [`crate::keymat`] and [`crate::iv`] cut them so. With others the result is empty.
    pub fn encrypt(self, key: &[u8], iv: &[u8], plaintext: &[u8]) -> Vec<u8> {
        let mut bytes = plaintext.to_vec();
        // RFC 2409 B: zeros fill the last block; the payload chain says where it ends.
        bytes.resize(plaintext.len().next_multiple_of(self.block_len()), 0);
        let done = match self {
            Cipher::Des => encrypt::<Des>(key, iv, &mut bytes),
            Cipher::TripleDes => encrypt::<TdesEde3>(key, iv, &mut bytes),
            Cipher::Aes128 => encrypt::<Aes128>(key, iv, &mut bytes),
            Cipher::Aes192 => encrypt::<Aes192>(key, iv, &mut bytes),
            Cipher::Aes256 => encrypt::<Aes256>(key, iv, &mut bytes),
        };
        done.map(|()| bytes).unwrap_or_default()
    }

    /// Decrypts; padding stays, for the payload chain inside ends itself.
    ///
    /// # Errors
    /// [`CipherError`] for a length that is no whole number of blocks, and for a key or IV of a wrong length.
    pub fn decrypt(self, key: &[u8], iv: &[u8], ciphertext: &[u8]) -> Result<Vec<u8>, CipherError> {
        let (length, block) = (ciphertext.len(), self.block_len());
        let error = CipherError { length, block };
        // Nothing at all is no message: a payload header at least is in every one.
        if length == 0 || !length.is_multiple_of(block) {
            return Err(error);
        }
        let mut bytes = ciphertext.to_vec();
        let done = match self {
            Cipher::Des => decrypt::<Des>(key, iv, &mut bytes),
            Cipher::TripleDes => decrypt::<TdesEde3>(key, iv, &mut bytes),
            Cipher::Aes128 => decrypt::<Aes128>(key, iv, &mut bytes),
            Cipher::Aes192 => decrypt::<Aes192>(key, iv, &mut bytes),
            Cipher::Aes256 => decrypt::<Aes256>(key, iv, &mut bytes),
        };
        done.map(|()| bytes).ok_or(error)
    }
}

fn encrypt<C: BlockCipherEncrypt + KeyInit>(key: &[u8], iv: &[u8], bytes: &mut [u8]) -> Option<()> {
    let cipher = C::new_from_slice(key).ok()?;
    let mut mode = Encryptor::<C>::inner_iv_slice_init(cipher, iv).ok()?;
    for block in bytes.chunks_exact_mut(C::block_size()) {
        mode.encrypt_block(<&mut Block<C>>::try_from(block).ok()?);
    }
    Some(())
}

fn decrypt<C: BlockCipherDecrypt + KeyInit>(key: &[u8], iv: &[u8], bytes: &mut [u8]) -> Option<()> {
    let cipher = C::new_from_slice(key).ok()?;
    let mut mode = Decryptor::<C>::inner_iv_slice_init(cipher, iv).ok()?;
    for block in bytes.chunks_exact_mut(C::block_size()) {
        mode.decrypt_block(<&mut Block<C>>::try_from(block).ok()?);
    }
    Some(())
}
