//! Any text as words or as lines of a log: explained, or not known, and shown as text.

#![no_main]

use libfuzzer_sys::fuzz_target;
use report::Layout;

fuzz_target!(|text: &str| {
    // What one line can do wrong, sixteen can too, and take sixteen times as long.
    if text.len() > 512 {
        return;
    }
    // As one argument, as a shell hands over several, and as a log that was pasted whole.
    let several: Vec<String> = text.split_whitespace().take(16).map(str::to_owned).collect();
    let paste = diagnose::paste::read(&[text]);
    for all in [false, true] {
        let shown = report::paste_text(&paste, all, Layout::WIDE);
        let plain: String =
            shown.split('\u{1b}').map(|part| part.split_once('m').map_or(part, |(_, rest)| rest)).collect();
        assert!(plain.chars().all(|c| c == '\n' || isakmp::is_printed(c)), "{plain:?}");
    }
    assert_eq!(report::paste_json(&paste).len(), paste.stories.len().max(1));
    for words in [vec![text.to_owned()], several] {
        if words.is_empty() {
            continue;
        }
        match diagnose::explain(&words) {
            Ok(entries) => {
                for entry in &entries {
                    let shown = report::explained(entry, Layout::WIDE);
                    let plain = shown.replace("\u{1b}[1m", "").replace("\u{1b}[0m", "");
                    assert!(plain.chars().all(|c| c == '\n' || isakmp::is_printed(c)), "{plain:?}");
                }
            }
            Err(unknown) => assert!(unknown.near.len() <= 16, "{unknown:?}"),
        }
    }
});
