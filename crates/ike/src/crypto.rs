//! The algorithms that phase 1 can use, each a thin layer over a library.

mod cipher;
mod dh;
mod hash;
mod prf;

pub use cipher::{Cipher, CipherError};
pub use dh::{DhError, DhGroup, Private};
pub use hash::HashAlg;
pub use prf::prf;
