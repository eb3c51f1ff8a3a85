//! Which lines a text can be: those of which it has the longest literal piece, found in one pass over it.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use crate::{Line, Vendor, pattern};

/// Every line, and the pieces that are looked for.
struct Index {
    lines: Vec<(Vendor, &'static Line)>,
    /// Of each piece the lines that need it.
    needed_by: Vec<Vec<usize>>,
    pieces: Option<AhoCorasick>,
}

static INDEX: LazyLock<Index> = LazyLock::new(Index::new);

impl Index {
    fn new() -> Index {
        let all =
            Vendor::ALL.into_iter().flat_map(|vendor| vendor.lines().iter().map(move |line| (vendor, line)));
        let lines: Vec<(Vendor, &'static Line)> = all.collect();
        let mut pieces: Vec<&'static str> = Vec::new();
        let mut needed_by: Vec<Vec<usize>> = Vec::new();
        for (n, (_, line)) in lines.iter().enumerate() {
            let piece = pattern::longest(line.pattern);
            match pieces.iter().position(|known| *known == piece).and_then(|at| needed_by.get_mut(at)) {
                Some(users) => users.push(n),
                None => {
                    pieces.push(piece);
                    needed_by.push(vec![n]);
                }
            }
        }
        Index { lines, needed_by, pieces: AhoCorasick::new(pieces).ok() }
    }
}

/// The lines that a text in lower case can be, in the order of the vendors and of their tables.
pub(crate) fn candidates(lower: &str) -> Vec<(Vendor, &'static Line)> {
    let Some(pieces) = &INDEX.pieces else { return INDEX.lines.clone() };
    let found = pieces
        .find_overlapping_iter(lower)
        .filter_map(|found| INDEX.needed_by.get(found.pattern().as_usize()));
    let mut numbers: Vec<usize> = found.flatten().copied().collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers.into_iter().filter_map(|n| INDEX.lines.get(n).copied()).collect()
}
