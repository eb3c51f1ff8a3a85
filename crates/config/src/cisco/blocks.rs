//! Lines into commands, each with the lines that belong to it.

use super::commands::{Commands, Worded};
use crate::cisco::terminal::Line;

/// A command and the lines that belong to it.
pub(crate) struct Block<'l> {
    pub(super) head: &'l Line,
    pub(super) body: Vec<&'l Line>,
}

/// A command while its lines are read.
struct Open<'l> {
    head: &'l Line,
    words: Vec<&'l str>,
    body: Commands<&'l Line>,
}

impl Worded for Open<'_> {
    fn words(&self) -> Vec<&str> {
        self.words.clone()
    }
}

impl Worded for &Line {
    fn words(&self) -> Vec<&str> {
        Line::words(self)
    }
}

/// Commands with lines of their own. A file that lost its indentation is cut by the words that such lines begin with; a
/// line that is indented belongs to the command above unless it can only be one of its own.
pub(super) fn blocks(lines: &[Line]) -> Vec<Block<'_>> {
    let mut blocks: Commands<Open<'_>> = Commands::default();
    for line in lines {
        let words = line.words();
        // `: Saved` heads an ASA's file, and `!` only separates: neither is a command.
        if words.first().is_some_and(|first| first.starts_with(['!', ':'])) {
            continue;
        }
        if let ["no", undone @ ..] = words.as_slice() {
            // The `no` line itself stays: `no crypto isakmp enable` means something where nothing is taken back.
            undo(&mut blocks, line, undone);
        }
        let leaves = matches!(words.as_slice(), ["exit" | "end"]);
        match blocks.last_mut() {
            Some(last) if !leaves && (belongs(&last.words, &words) || line.inner && !is_global(&words)) => {
                last.body.push(line);
            }
            _ => blocks.push(Open { head: line, words, body: Commands::default() }),
        }
    }
    blocks.kept().map(|open| Block { head: open.head, body: open.body.kept().collect() }).collect()
}

/// A section that was entered more often than this is looked at as far back as this.
const MOST_ENTERED: usize = 64;

/// `no COMMAND` takes the same command back: one of its own, or a line of the section that is open, as often as that was
/// entered.
fn undo(blocks: &mut Commands<Open<'_>>, line: &Line, undone: &[&str]) {
    match blocks.last_mut() {
        Some(last) if line.inner => {
            let head = last.words.clone();
            // `crypto map NAME NUMBER` enters again what began with `ipsec-isakmp` behind it.
            let head = match head.as_slice() {
                head @ ["crypto", "map", ..] => head.get(..4).unwrap_or(head),
                head => head,
            };
            blocks.each(head, MOST_ENTERED, |open| open.body.undo(undone));
        }
        _ if undone.first() == Some(&"interface") => {}
        // One peer of a list goes, not the line: the entry itself takes it out.
        _ if matches!(undone, ["crypto", "map", _, _, "set", "peer", _, ..]) => {}
        _ => blocks.undo(undone),
    }
}

/// Whether a line with these words can stand below that command, and is no command of its own.
fn belongs(head: &[&str], words: &[&str]) -> bool {
    let Some(first) = words.first() else { return false };
    let known: &[&str] = match head {
        ["crypto", "isakmp" | "ikev1", "policy", _] | ["isakmp", "policy", _] => {
            &["encr", "encryption", "hash", "authentication", "group", "lifetime"]
        }
        ["crypto", "keyring", ..] => &["pre-shared-key", "local-address"],
        ["crypto", "isakmp", "profile", ..] => {
            &["keyring", "match", "self-identity", "initiate", "local-address", "keepalive"]
        }
        ["crypto", "isakmp", "peer", ..] => &["set"],
        ["crypto", "isakmp", "client", "configuration", "group", _] => &[
            "key",
            "dns",
            "wins",
            "domain",
            "pool",
            "acl",
            "netmask",
            "max-logins",
            "max-users",
            "save-password",
        ],
        ["crypto", "map", _, _, "ipsec-isakmp", ..]
        | ["crypto", "map", _, _]
        | ["crypto", "dynamic-map", _, _] => &["set", "match"],
        ["crypto", "ipsec", "profile", ..] => &["set"],
        ["crypto", "ipsec", "transform-set", ..] => &["mode"],
        ["crypto", "ipsec", "client", "ezvpn", _] => &[
            "group",
            "peer",
            "mode",
            "connect",
            "username",
            "xauth",
            "acl",
            "virtual-interface",
            "local-address",
        ],
        ["tunnel-group", _, "ipsec-attributes"] => {
            &["ikev1", "pre-shared-key", "peer-id-validate", "isakmp", "chain", "trust-point"]
        }
        ["object", "network", ..] => &["host", "subnet"],
        ["object-group", "network", ..] => &["network-object", "group-object"],
        ["ip", "access-list", "extended", ..] => &["permit", "deny", "remark"],
        // Too many commands to list: what does not begin something else.
        ["interface", ..] => return !begins(words),
        _ => &[],
    };
    known.contains(first)
}

/// Whether a line begins something else than an interface's own command.
fn begins(words: &[&str]) -> bool {
    const FIRST: [&str; 21] = [
        "interface",
        "hostname",
        "router",
        "access-list",
        "access-group",
        "line",
        "end",
        "exit",
        "tunnel-group",
        "object",
        "object-group",
        "route",
        "version",
        "isakmp",
        "name",
        "names",
        "group-policy",
        "username",
        "banner",
        "logging",
        "vlan",
    ];
    match words {
        // An interface says these two of a map; any other `crypto` line is taken for a global command.
        ["crypto", "map", _] | ["crypto", "map", _, "redundancy", ..] => false,
        ["crypto", ..] => true,
        ["ip", second, ..] => {
            ["route", "access-list", "dhcp", "domain", "http", "local", "ssh", "forward-protocol"]
                .contains(second)
        }
        [first, ..] => FIRST.contains(first),
        [] => true,
    }
}

/// Commands that stand for themselves whatever their indentation: a prompt pasted in the wrong place, a file whose every
/// line is indented.
fn is_global(words: &[&str]) -> bool {
    // It looks like an entry of a map, and puts one on the shared address of an interface's standby group.
    let on_interface =
        matches!(words, ["crypto", "map", _, "redundancy", ..] | ["crypto", "ipsec", "client", "ezvpn", ..]);
    !on_interface
        && matches!(
            words,
            ["crypto", "isakmp" | "ikev1" | "keyring" | "ipsec" | "dynamic-map", ..]
                | ["crypto", "map", _, _, ..]
                | ["interface" | "tunnel-group" | "hostname" | "access-group", _, ..]
                | ["ip", "access-list", ..]
                | ["isakmp", "policy" | "key" | "enable" | "identity", ..]
        )
}
