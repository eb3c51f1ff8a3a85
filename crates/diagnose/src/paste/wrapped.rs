//! Lines that a terminal or a mail cut at its edge, put together again, without the colours of a terminal.

use std::borrow::Cow;
use std::collections::BTreeMap;

/// Where terminals and mails cut, in characters.
const EDGES: std::ops::RangeInclusive<usize> = 60..=260;

/// The usual widths of terminals.
const TERMINALS: [usize; 5] = [80, 100, 120, 132, 160];

/// Characters at the start of a line by which heads are told from the rest of a line.
const HEAD: usize = 6;

/// A line with its number.
type Numbered<'t> = (usize, Cow<'t, str>);

/// The lines of a text, those together that were one.
pub(super) fn joined<'t>(lines: &[(usize, &'t str)]) -> Vec<Numbered<'t>> {
    let Some(cut) = Cut::of(lines) else {
        return lines.iter().map(|(number, line)| (*number, plain(line))).collect();
    };
    let mut all: Vec<Numbered<'t>> = Vec::new();
    let mut before = "";
    for (number, line) in lines {
        match all.last_mut() {
            Some((_, whole)) if cut.goes_on(before, line) => {
                let whole = whole.to_mut();
                whole.push_str(if cut.hard { "" } else { " " });
                whole.push_str(line);
            }
            _ => all.push((*number, Cow::Borrowed(*line))),
        }
        before = line;
    }
    // Only now: a cut goes through colours and entities too.
    all.into_iter().map(|(number, line)| (number, plain_of(line))).collect()
}

fn plain_of(line: Cow<'_, str>) -> Cow<'_, str> {
    match line {
        Cow::Borrowed(line) => plain(line),
        Cow::Owned(line) => Cow::Owned(plain(&line).into_owned()),
    }
}

/// What a web page makes of signs; `&` last, for it begins the others.
const ENTITIES: [(&str, &str); 5] =
    [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];

/// A line without escape sequences and entities, and with blanks for tabs.
fn plain(line: &str) -> Cow<'_, str> {
    if !line.contains(['\x1b', '\t', '&']) {
        return Cow::Borrowed(line);
    }
    let mut parts = line.split("\x1b[");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        // A letter ends the sequence.
        let end = part.find(|c: char| c.is_ascii_alphabetic()).map_or(part.len(), |at| at + 1);
        text.push_str(part.get(end..).unwrap_or_default());
    }
    let text = text.replace('\t', " ");
    Cow::Owned(ENTITIES.iter().fold(text, |text, (entity, sign)| text.replace(entity, sign)))
}

/// How a text was cut.
struct Cut {
    /// No line is longer.
    edge: usize,
    /// In the middle of a word, as terminals do; mails cut between words.
    hard: bool,
    /// How its own lines begin.
    head: String,
}

impl Cut {
    fn of(lines: &[(usize, &str)]) -> Option<Cut> {
        let texts = || lines.iter().map(|(_, line)| *line).filter(|line| !line.trim().is_empty());
        let edge = texts().map(length).max().filter(|edge| EDGES.contains(edge))?;
        let mut heads: BTreeMap<String, usize> = BTreeMap::new();
        texts().for_each(|line| *heads.entry(shape(line)).or_default() += 1);
        // A log begins with a whole line, unless it is cut there, too.
        let (first, all) = (shape(texts().next()?), texts().count());
        let usual = heads.get(&first).filter(|count| **count * 5 >= all).map(|_| first);
        let head = usual.or_else(|| {
            let (head, count) = heads.into_iter().max_by_key(|(_, count)| *count)?;
            (count * 5 >= all * 2).then_some(head)
        });
        // Only where lines have a head can it be seen which have none.
        let is_head = |head: &String| !head.starts_with(' ') && head.contains(|c: char| c != ' ' && c != 'a');
        let head = head.filter(is_head)?;
        let pairs = || lines.iter().zip(lines.iter().skip(1)).map(|((_, one), (_, next))| (*one, *next));
        let made = |hard| {
            let cut = Cut { edge, hard, head: head.clone() };
            let goes_on = pairs().filter(|(one, next)| cut.goes_on(one, next)).count();
            let others = pairs().filter(|(_, next)| cut.has_no_head(next)).count();
            // One line may be as long as that by chance, and what prints lines without a head cuts none.
            let enough = if hard && TERMINALS.contains(&edge) { 1 } else { 2 };
            (goes_on >= enough && goes_on * 4 >= others * 3).then_some(cut)
        };
        made(true).or_else(|| made(false))
    }

    fn has_no_head(&self, line: &str) -> bool {
        !line.trim().is_empty() && shape(line) != self.head
    }

    /// The second line is the rest of the first.
    fn goes_on(&self, one: &str, next: &str) -> bool {
        let fits = if self.hard {
            length(one) < self.edge
        } else {
            let word = next.split(' ').next().unwrap_or(next);
            // Nothing that a mail cuts begins with a blank or has columns, and the next word would have fitted.
            word.is_empty() || one.contains("   ") || length(one) + 1 + length(word) <= self.edge
        };
        !fits && self.has_no_head(next) && !super::devices::is_prompt(next)
    }
}

fn length(line: &str) -> usize {
    line.trim_end_matches('\r').chars().count()
}

/// Digits and letters as one of each.
fn shape(line: &str) -> String {
    let kind = |c: char| match c {
        _ if c.is_ascii_digit() => '0',
        _ if c.is_alphabetic() => 'a',
        _ => c,
    };
    line.chars().take(HEAD).map(kind).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: [&str; 4] = [
        "05[IKE] <gw|1> initiating Main Mode IKE_SA gw[1] to 198.51.100.1",
        "06[ENC] <gw|1> generating ID_PROT request 0 [ SA V V V V V ]",
        "07[IKE] <gw|1> IKE_SA gw[1] established between 192.0.2.1[moon.example.org]...198.51.100.1[sun.example.org]",
        "08[ENC] <gw|1> parsed INFORMATIONAL_V1 request 2843021331 [ HASH N(NO_PROP) ] of the peer of this tunnel here",
    ];

    fn together(text: &str) -> Vec<String> {
        let lines: Vec<(usize, &str)> = (1..).zip(text.lines()).collect();
        joined(&lines).into_iter().map(|(_, line)| line.into_owned()).collect()
    }

    #[test]
    fn what_a_terminal_cut_is_whole_again() {
        let cut = |line: &&str| -> Vec<String> {
            line.chars().collect::<Vec<_>>().chunks(60).map(|part| part.iter().collect()).collect()
        };
        let text: Vec<String> = LOG.iter().flat_map(cut).collect();
        assert!(text.len() > LOG.len());
        assert_eq!(together(&text.join("\n")), LOG);
        assert_eq!(together(&text.join("\r\n")), LOG);
    }

    #[test]
    fn what_a_mail_cut_is_whole_again() {
        let mut text = Vec::new();
        for line in LOG {
            let mut part = String::new();
            for word in line.split(' ') {
                if !part.is_empty() && part.len() + 1 + word.len() > 72 {
                    text.push(std::mem::take(&mut part));
                }
                part = if part.is_empty() { word.into() } else { format!("{part} {word}") };
            }
            text.push(part);
        }
        assert!(text.len() > LOG.len());
        assert_eq!(together(&text.join("\n")), LOG);
    }

    /// Lines with the heads of a log, each cut at 60 into as many parts as are asked for, all of the same shape.
    fn cut_into(parts: usize, lines: usize) -> Vec<String> {
        let head = |n: usize| format!("{n:02}[IKE] {}", "x".repeat(60 - 8));
        (0..lines).flat_map(|n| [vec![head(n)], vec!["y".repeat(60); parts - 1]].concat()).collect()
    }

    /// How many lines are left of it.
    fn left(text: &[String]) -> usize {
        together(&text.join("\n")).len()
    }

    #[test]
    fn heads_are_those_of_the_first_line_or_of_many() {
        // The first line's, however many rests share another.
        assert_eq!(left(&cut_into(3, 4)), 4);
        let title = || vec!["Log of the gateway:".to_owned()];
        // Of six lines the first is no head for all: the usual one is.
        for cut in [2, 5] {
            let titled = [title(), cut_into(2, cut), vec!["09[IKE] up".into()]].concat();
            assert_eq!(left(&titled), cut + 2, "{titled:#?}");
        }
        // Three of ten have a head: too few to know it by, even where no other shape is more usual.
        let rests = ["1", "y1", "yy1", "yyy1", "yyyy1", "yyyyy1"].map(|rest| format!("{rest:y<60}"));
        let cut =
            cut_into(1, 3).into_iter().zip(rests.chunks(2)).flat_map(|(line, rest)| [&[line], rest].concat());
        let rare: Vec<String> = title().into_iter().chain(cut).collect();
        assert_eq!((rare.len(), left(&rare)), (10, 10));
    }

    #[test]
    fn prose_and_tables_have_no_heads() {
        for head in ["wordss", "    12"] {
            let text: Vec<String> =
                (0..4).flat_map(|_| [format!("{head}{}", "x".repeat(54)), "1 rest".to_owned()]).collect();
            assert_eq!(left(&text), text.len(), "{head}");
        }
        // Signs are no letters: this begins otherwise than a line does.
        let text: Vec<String> = cut_into(2, 4).iter().map(|line| line.replace("yyyyyy", "20 kbp")).collect();
        assert_eq!(left(&text), 4);
    }

    #[test]
    fn one_line_at_the_edge_is_cut_by_a_usual_terminal_alone() {
        let text = |edge: usize| {
            let cut = format!("07[IKE] {}", "x".repeat(edge - 8));
            [LOG[0], &cut, "rest of it", LOG[1]].map(str::to_owned)
        };
        assert_eq!([80, 132, 70, 81].map(|edge| left(&text(edge))), [3, 3, 4, 4]);
    }

    #[test]
    fn a_mail_cuts_where_the_next_word_does_not_fit() {
        let line = |length: usize| format!("07[IKE] {}", "x".repeat(length - 8));
        let rest = |word: usize| format!("{} and on", "y".repeat(word));
        // The longest has 70. One of 64 and a word of 6 are 71 with their blank; a word of 5 would have fitted.
        let text =
            |word: usize| [line(70), rest(9), line(64), rest(word), line(66), rest(9), line(60), rest(12)];
        assert_eq!([left(&text(6)), left(&text(5))], [4, 5]);
        // Nothing that begins with a blank was cut off, nor what stands behind columns.
        let indented = [text(6).to_vec(), vec![line(70), "  detail".into()]].concat();
        assert_eq!(left(&indented), 6);
        let columns = [text(6).to_vec(), vec![format!("07[IKE] a   {}", "x".repeat(58)), rest(9)]].concat();
        assert_eq!(left(&columns), 6);
    }

    #[test]
    fn what_is_cut_off_is_made_plain_like_the_rest() {
        // Cut in the middle of an entity, and with another behind the cut.
        let long = format!("09[IKE] gw {}&lt;x&gt; is not known here", "a".repeat(60 - 11 - 2));
        let cut = |line: &str| -> Vec<String> {
            line.chars().collect::<Vec<_>>().chunks(60).map(|part| part.iter().collect()).collect()
        };
        let text: Vec<String> = LOG.into_iter().chain([long.as_str()]).flat_map(cut).collect();
        assert!(text.iter().any(|line| line.starts_with("t;x&gt;")), "{text:#?}");
        assert_eq!(together(&text.join("\n"))[4], long.replace("&lt;", "<").replace("&gt;", ">"));
    }

    #[test]
    fn colours_are_no_part_of_a_line() {
        assert_eq!(together("\x1b[0;32m05[IKE]\tgiving up\x1b[0m\x1b["), ["05[IKE] giving up"]);
        assert_eq!(together("&quot;c&quot; #1: &lt;x&gt;"), ["\"c\" #1: <x>"]);
    }

    #[test]
    fn what_nobody_cut_stays() {
        assert_eq!(together(&LOG.join("\n")), LOG);
        let table = "dst             src             state          conn-id status detail\n203.0.113.9     198.51.100.4    MM_KEY_EXCH       1003 ACTIVE\n203.0.113.10    198.51.100.4    MM_KEY_EXCH       1004 ACTIVE";
        assert_eq!(together(table).len(), 3);
    }
}
