//! A name out of a user's file.

use std::fmt;
use std::sync::Arc;

/// What a user's file, or the user, calls something: foreign text, and never words of ours. Shared, for it stands in many
/// places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name(Arc<str>);

impl From<&str> for Name {
    fn from(name: &str) -> Name {
        Name(name.into())
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
