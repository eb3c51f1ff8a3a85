//! An entry as it is read: what to do first, and no more than a screen.

use super::{Article, Block};

/// Columns of a line of text, for counting.
const WIDTH: usize = 88;

/// Lines that an entry may have, title and gaps not counted.
const LINES: usize = 28;

/// Puts what it means and the fix first, and cuts what is a list.
pub(super) fn brief(mut article: Article) -> Article {
    let blocks = &mut article.blocks;
    // Stable: causes stay in the order of their ranks.
    blocks.sort_by_key(|block| place(&block.label));
    // Step by step, so that an entry that nearly fits loses little.
    for most in [8, 4, 2, 1] {
        if height(blocks) <= LINES {
            break;
        }
        for block in blocks.iter_mut() {
            shorten(block, most);
        }
    }
    article
}

fn place(label: &str) -> usize {
    match label {
        // Both correct the question: without them the rest would be read as an answer to another.
        "but" | "IOS" => 0,
        "means" => 1,
        "fix" => 2,
        "check" => 3,
        label if label.starts_with("cause ") => 4,
        "or" => 5,
        _ => 6,
    }
}

fn height(blocks: &[Block]) -> usize {
    let lines = blocks.iter().flat_map(|block| &block.lines);
    // A long line is wrapped where it is printed.
    lines.map(|line| line.chars().count() / WIDTH + 1).sum()
}

/// Of a cause what it is stays; of a list its beginning; the fix and where to look stay longest.
fn shorten(block: &mut Block, most: usize) {
    let most = match block.label.as_str() {
        // Half of a device's commands, typed in, are worse than none.
        "fix" => return shorten_fix(&mut block.lines, (most * 3).clamp(10, 16)),
        // All of it: two lines for each of three vendors, and one that says for which cause.
        "check" => 9,
        "means" | "or" => 6,
        "cause 1" => 2,
        _ => most,
    };
    block.lines.truncate(most.max(1));
}

/// A device's commands stay whole, or go.
fn shorten_fix(lines: &mut Vec<String>, most: usize) {
    let mut starts = lines.iter().enumerate().filter(|(_, line)| line.ends_with("):")).map(|(at, _)| at);
    // From 1: a cut before the first device would leave nothing.
    let fits = starts.rfind(|at| (1..=most).contains(at));
    if let Some(at) = fits.filter(|_| lines.len() > most) {
        lines.truncate(at);
        // What was said of the device that went is left with nothing under it.
        while lines.len() > 1 && lines.last().is_some_and(|line| !line.starts_with(' ')) {
            lines.pop();
        }
    }
}
