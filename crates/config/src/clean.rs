//! From what people paste to lines of configuration: prompts, pagers, fences and carriage returns are taken off.

/// A line and its number in the file, from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub number: usize,
    /// Leading blanks kept; trailing ones too, for a key may end in one.
    pub text: String,
}

impl Line {
    pub fn words(&self) -> Vec<&str> {
        self.text.split_whitespace().collect()
    }
}

const PAGERS: [&str; 3] = ["<--- More --->", "--More--", " --More-- "];

/// The lines that may be configuration.
pub(crate) fn lines(text: &str) -> Vec<Line> {
    let mut fenced = false;
    let numbered = text.split('\n').enumerate();
    let cleaned = numbered.filter_map(|(n, raw)| {
        let mut line = raw.strip_suffix('\r').unwrap_or(raw).replace('\u{8}', "");
        for pager in PAGERS {
            line = line.replace(pager, "");
        }
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
            return None;
        }
        let text = without_prompt(&line).to_owned();
        (!text.trim().is_empty()).then_some(Line { number: n + 1, text })
    });
    cleaned.collect()
}

/// `router(config-isakmp)# group 14`: what is typed after the prompt.
fn without_prompt(line: &str) -> &str {
    let end = line.find(['#', '>']);
    let Some((prompt, rest)) = end.and_then(|end| line.split_at_checked(end)) else { return line };
    let is_name = |c: char| c.is_ascii_alphanumeric() || "-_./()".contains(c);
    let looks = prompt.starts_with(|c: char| c.is_ascii_alphabetic()) && prompt.chars().all(is_name);
    match rest.strip_prefix(['#', '>']) {
        Some(command) if looks => command,
        _ => line,
    }
}

/// Several devices in one file: a second hostname begins one, and so does an interface that gets another address.
pub(crate) fn devices(lines: &[Line]) -> Vec<&[Line]> {
    let mut starts = vec![0];
    let mut addresses: Vec<(String, String)> = Vec::new();
    let (mut interface, mut begins, mut named) = (String::new(), 0, false);
    for (n, line) in lines.iter().enumerate() {
        match line.words().as_slice() {
            ["hostname", _] => {
                if named {
                    starts.push(n);
                    addresses.clear();
                }
                named = true;
            }
            ["interface", name, ..] => (interface, begins) = ((*name).to_owned(), n),
            ["ip", "address", address, _, ..] => {
                let known = addresses.iter().find(|(name, _)| *name == interface);
                let other = known.is_some_and(|(_, known)| known != address);
                if other && !named {
                    starts.push(begins);
                    addresses.clear();
                }
                addresses.push((interface.clone(), (*address).to_owned()));
            }
            _ => {}
        }
    }
    let ends = starts.iter().skip(1).copied().chain([lines.len()]);
    starts.iter().zip(ends).filter_map(|(start, end)| lines.get(*start..end)).collect()
}
