//! The algorithms that phase 1 can use, each a thin layer over a library.

mod cipher;
mod dh;
mod hash;
mod prf;

pub use cipher::{Cipher, CipherError};
pub use dh::{DhError, DhGroup, Private};
pub use hash::HashAlg;
pub(crate) use hash::sha256_of_named;
pub(crate) use prf::keyed;
pub use prf::prf;
