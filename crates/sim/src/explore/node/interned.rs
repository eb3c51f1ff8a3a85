//! Values that are kept once, and named by their number.

use indexmap::IndexSet;
use rustc_hash::FxBuildHasher;

pub(super) type Interned<T> = IndexSet<T, FxBuildHasher>;

pub(super) fn number<T: std::hash::Hash + Eq>(set: &mut Interned<T>, value: T) -> u32 {
    u32::try_from(set.insert_full(value).0).unwrap_or(u32::MAX)
}

pub(super) fn at<T>(set: &Interned<T>, number: u32) -> Option<&T> {
    set.get_index(usize::try_from(number).ok()?)
}
