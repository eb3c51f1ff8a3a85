//! Lists of commands from which `no COMMAND` takes some back.

use std::collections::BTreeMap;

/// Something that begins with words.
pub(super) trait Worded {
    fn words(&self) -> Vec<&str>;
}

/// Commands in the order written.
pub(super) struct Commands<T> {
    list: Vec<Option<T>>,
    /// Where those with these words stand; made when the first is taken back.
    by_words: Option<BTreeMap<String, Vec<usize>>>,
}

impl<T> Default for Commands<T> {
    fn default() -> Commands<T> {
        Commands { list: Vec::new(), by_words: None }
    }
}

/// Words that begin with these words have a key that begins with this key.
fn key(words: &[&str]) -> String {
    // A blank behind each word: `policy 1` must not take back `policy 10`.
    words.iter().flat_map(|word| [*word, " "]).collect()
}

impl<T: Worded> Commands<T> {
    pub fn push(&mut self, command: T) {
        if let Some(by_words) = &mut self.by_words {
            by_words.entry(key(&command.words())).or_default().push(self.list.len());
        }
        self.list.push(Some(command));
    }

    pub fn last_mut(&mut self) -> Option<&mut T> {
        self.list.last_mut()?.as_mut()
    }

    /// Where those with each words stand.
    fn index(&mut self) -> &mut BTreeMap<String, Vec<usize>> {
        // Most files take nothing back: only the first `no` pays for the index.
        self.by_words.get_or_insert_with(|| {
            let mut by_words: BTreeMap<String, Vec<usize>> = BTreeMap::new();
            for (at, command) in self.list.iter().enumerate() {
                let Some(command) = command else { continue };
                by_words.entry(key(&command.words())).or_default().push(at);
            }
            by_words
        })
    }

    /// Does something to the last `most` of those that begin with these words.
    pub fn each(&mut self, words: &[&str], most: usize, mut act: impl FnMut(&mut T)) {
        let first = key(words);
        let same = self.index().range(first.clone()..).take_while(|(key, _)| key.starts_with(&first));
        let same: Vec<usize> =
            same.flat_map(|(_, at)| at.iter().rev().take(most).copied()).take(most).collect();
        for at in same {
            if let Some(Some(command)) = self.list.get_mut(at) {
                act(command);
            }
        }
    }

    /// Takes back all that begin with these words; no words take nothing back.
    pub fn undo(&mut self, words: &[&str]) {
        // An empty prefix begins every command: a bare `no` would clear the file.
        if words.is_empty() {
            return;
        }
        let by_words = self.index();
        let first = key(words);
        let same = by_words.range(first.clone()..).map(|(key, _)| key);
        let same: Vec<String> = same.take_while(|key| key.starts_with(&first)).cloned().collect();
        let undone: Vec<usize> = same.iter().filter_map(|key| by_words.remove(key)).flatten().collect();
        for at in undone {
            if let Some(command) = self.list.get_mut(at) {
                // Not removed from the list: the positions in the index would shift.
                *command = None;
            }
        }
        // The last one is the one that is open.
        while self.list.last().is_some_and(Option::is_none) {
            self.list.pop();
        }
    }

    /// Those that nothing took back.
    pub fn kept(self) -> impl Iterator<Item = T> {
        self.list.into_iter().flatten()
    }
}
