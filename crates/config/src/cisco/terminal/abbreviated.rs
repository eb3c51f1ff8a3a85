//! Commands that were typed short, in full.

/// A word that may be shortened, behind the words that have to stand before it.
pub(super) struct Short {
    pub(super) before: &'static [&'static str],
    pub(super) least: &'static str,
    pub(super) full: &'static str,
}

impl Short {
    pub(super) fn fits(&self, words: &[&str]) -> Option<(usize, &'static str)> {
        let at = self.before.len();
        let word = words.get(at)?;
        let is_short = word.starts_with(self.least) && self.full.starts_with(word) && *word != self.full;
        (is_short && words.starts_with(self.before)).then_some((at, self.full))
    }
}

const fn short(before: &'static [&'static str], least: &'static str, full: &'static str) -> Short {
    Short { before, least, full }
}

/// What is typed in laboratories: `int g0/0`, `ip add`, `cry isa pol 10`, `auth pre`, `no shut`.
pub(super) const SHORT: [Short; 18] = [
    short(&[], "int", "interface"),
    short(&[], "hostn", "hostname"),
    short(&[], "cry", "crypto"),
    short(&["crypto"], "isa", "isakmp"),
    short(&["crypto"], "ips", "ipsec"),
    short(&["crypto", "isakmp"], "pol", "policy"),
    short(&["crypto", "ipsec"], "trans", "transform-set"),
    short(&["ip"], "add", "address"),
    short(&["no"], "shut", "shutdown"),
    short(&[], "shut", "shutdown"),
    short(&[], "encr", "encryption"),
    short(&[], "enc", "encryption"),
    short(&[], "has", "hash"),
    short(&[], "auth", "authentication"),
    short(&["authentication"], "pre", "pre-share"),
    short(&[], "gr", "group"),
    short(&[], "life", "lifetime"),
    short(&["set"], "trans", "transform-set"),
];
