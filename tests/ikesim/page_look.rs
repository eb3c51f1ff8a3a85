//! How pages look and what a teacher does with them: the first screen, the projector, one side alone, colours, paper.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::browser::Browser;
use crate::page::{page, scenarios, snippets};
use crate::{code, run, scratch};

/// How far down an element begins and ends, in pixels.
fn span(browser: &Browser, selector: &str) -> (f64, f64) {
    let script = format!(
        "const box = document.querySelector({selector:?}).getBoundingClientRect(); return [box.top, box.bottom]"
    );
    let spans = browser.script(&script);
    (spans[0].as_f64().unwrap(), spans[1].as_f64().unwrap())
}

fn count(browser: &Browser, selector: &str) -> u64 {
    let seen = "one => one.checkVisibility({ visibilityProperty: true })";
    let script = format!("return [...document.querySelectorAll({selector:?})].filter({seen}).length");
    browser.script(&script).as_u64().unwrap()
}

fn overflows(browser: &Browser) -> bool {
    browser.script("return document.documentElement.scrollWidth > innerWidth") == json!(true)
}

#[test]
fn the_first_screen_has_ladder_and_step() {
    let Some(browser) = Browser::start() else { return };
    let (file, _) = page("scenarios/psk_mismatch.toml", &scratch("look-first"), &[]);
    for (width, height) in [(1280, 800), (360, 740)] {
        browser.screen(width, height);
        browser.open(&file, "");
        let (top, _) = span(&browser, "[data-ladder]");
        assert!(top < f64::from(height) * 0.4, "{width}: the ladder begins at {top}");
        for selector in [".ladder li:nth-child(2)", ".step.shown h2", ".step.shown .told"] {
            let (_, bottom) = span(&browser, selector);
            assert!(bottom <= f64::from(height), "{width}: {selector} ends at {bottom}");
        }
        assert_eq!(count(&browser, "#verdict"), 0, "the end is told first");
        browser.click("#happened");
        assert_eq!(count(&browser, "#verdict"), 1);
    }
    browser.open(&file, "#verdict");
    assert_eq!(count(&browser, "#verdict"), 1);
    assert_eq!(browser.script("return document.querySelector('#happened').ariaExpanded"), "true");
    browser.open(&file, "");
    browser.on_paper();
    assert_eq!(count(&browser, "#verdict"), 1);
    assert!(
        span(&browser, "#verdict").1 < span(&browser, "[data-ladder]").0,
        "the verdict is not on the first page"
    );
    assert_eq!(browser.console(), Vec::<String>::new());
}

#[test]
fn a_step_fills_the_projectors_screen() {
    let Some(browser) = Browser::start() else { return };
    let (file, _) = page("scenarios/psk_mismatch.toml", &scratch("look-projector"), &[]);
    for (width, height) in [(1280, 720), (1920, 1080), (3840, 2160)] {
        browser.screen(width, height);
        browser.open(&file, "#step-4");
        browser.press('p');
        for selector in [".step.shown .told", ".message.shown .bytes", ".step.shown .known", ".ladder .now"] {
            let size = browser.script(&format!(
                "return parseFloat(getComputedStyle(document.querySelector({selector:?})).fontSize)"
            ));
            assert!(size.as_f64().unwrap() >= 24.0, "{width}: {selector} has {size} pixels");
        }
        let (top, bottom) = span(&browser, ".player");
        assert!(
            top >= 0.0 && bottom <= f64::from(height) && !overflows(&browser),
            "{width}: the step ends at {bottom}"
        );
        assert_eq!(count(&browser, "header, footer"), 0);
        browser.press('\u{E014}');
        assert_eq!(browser.script("return location.hash"), "#step-5");
        browser.press('p');
        assert_eq!(count(&browser, "header"), 1);
    }
    assert_eq!(browser.console(), Vec::<String>::new());
}

#[test]
fn keys_hide_reveal_and_blank() {
    let Some(browser) = Browser::start() else { return };
    let (file, _) = page("scenarios/psk_mismatch.toml", &scratch("look-keys"), &[]);
    browser.open(&file, "#step-4");
    let responders = ".step.shown[data-side=responder] .told, .r b, td[data-side=responder]";
    let (all, mine) = (count(&browser, responders), count(&browser, ".l b"));
    assert!(all > 5 && mine > 1);
    // The step is the responder's, so the other side is the initiator's.
    browser.press('h');
    assert_eq!((count(&browser, responders), count(&browser, ".l b")), (all, 0));
    browser.press('h');
    assert_eq!((count(&browser, responders), count(&browser, ".l b")), (0, mine));
    browser.press('r');
    assert_eq!((count(&browser, responders), count(&browser, ".l b")), (all, mine));
    let open = "return document.querySelectorAll('.step.shown > details[open]').length";
    assert_eq!(browser.script(open), 0, "calculations are folded");
    browser.press('r');
    browser.press('r');
    assert_eq!(browser.script(open), 2);
    let blank = "return getComputedStyle(document.body, '::after').position";
    assert_eq!(browser.script(blank), "static");
    browser.press('b');
    assert_eq!(browser.script(blank), "fixed");
    browser.press('b');
    assert_eq!(browser.script(blank), "static");
    assert_eq!(browser.console(), Vec::<String>::new());
}

/// A value is shown whole where it is clicked, both sides' beside each other, with what differs marked.
#[test]
fn values_are_whole_on_demand() {
    let Some(browser) = Browser::start() else { return };
    let (file, _) = page("scenarios/psk_mismatch.toml", &scratch("look-values"), &[]);
    browser.open(&file, "#step-5");
    assert_eq!(count(&browser, ".step.shown .parting mark"), 1, "one byte of the keys differs");
    browser.click(".step.shown tr.parts a.v");
    let whole =
        browser.script("return [...document.querySelectorAll('#whole code')].map(c => c.innerText.length)");
    // SHA-1: twenty bytes.
    assert_eq!(whole, json!([59, 59]));
    assert!(count(&browser, "#whole code mark") > 20);
    assert_eq!(count(&browser, "#whole button"), 3);
    browser.press('\u{E00C}');
    assert_eq!(count(&browser, "#whole"), 0);
    assert!(count(&browser, ".step.shown tr.new") > 5, "what this step has changed");
    assert_eq!(
        browser.script("return document.querySelector('.step.shown .known').innerText.includes('–')"),
        false
    );
}

/// What one side cannot see is not in its file: no value that the other alone computes or is given, and no word of the
/// author's, who often names the cause.
#[test]
fn one_sides_page_holds_nothing_of_the_other() {
    let folder = scratch("look-one-side");
    let mut count = 0;
    for scenario in scenarios() {
        let (_, both) = page(&scenario, &folder, &[]);
        let texts = ["initiator", "responder"].map(|side| page(&scenario, &folder, &["--as", side]).1);
        let own = ["initiator", "responder"].map(|side| {
            let steps = both
                .split("<article class=\"step")
                .filter(|step| step.contains(&format!("data-side=\"{side}\" tabindex")));
            steps.flat_map(snippets).flat_map(|text| hexes(&text)).collect::<BTreeSet<String>>()
        });
        for (text, mine, others) in [(&texts[0], &own[0], &own[1]), (&texts[1], &own[1], &own[0])] {
            // Two keys of which one begins with the other are two, too.
            let foreign = |hex: &&String| !mine.iter().any(|own| own.contains(hex.as_str()));
            for hex in others.iter().filter(foreign) {
                count += 1;
                assert!(!text.contains(hex.as_str()), "{scenario}: {hex}");
            }
            let written = fs::read_to_string(&scenario).unwrap();
            let title = written.lines().find_map(|line| line.strip_prefix("title = \"")?.strip_suffix('"'));
            // The verdict says in its own words what may be the cause.
            let (before, rest) = text.split_once("<section id=\"verdict\"").unwrap();
            let told = format!("{before}{}", rest.split_once("</section>").unwrap().1);
            assert!(title.is_none_or(|title| !told.contains(title)), "{scenario}: its title");
            assert!(!text.contains(&scenario), "{scenario}: its name");
        }
    }
    assert!(count > 100, "{count} values");
}

/// The secrets that a script works with.
fn hexes(script: &str) -> Vec<String> {
    const SECRETS: [&str; 8] = ["x", "psk", "g_xy", "SKEYID", "SKEYID_d", "SKEYID_a", "SKEYID_e", "Ka"];
    let secret = |line: &&str| {
        let name = line.trim_start_matches("assert ").split([' ', '.']).next().unwrap();
        SECRETS.contains(&name)
    };
    let quoted = script.lines().filter(secret).filter_map(|line| line.split('"').nth(1));
    quoted
        .filter(|text| text.len() >= 16 && text.bytes().all(|b| b.is_ascii_hexdigit()))
        .map(str::to_owned)
        .collect()
}

/// Everything that the dissector names has a sentence.
#[test]
fn every_field_is_explained() {
    let folder = scratch("look-fields");
    let (mut seen, mut told) = (BTreeSet::new(), BTreeSet::new());
    for scenario in scenarios() {
        let (_, text) = page(&scenario, &folder, &[]);
        for line in text.split("tabindex=\"0\"><b>").skip(1) {
            let name = line.split("</b>").next().unwrap().to_owned();
            let why =
                line.split_once("</i></span>").is_some_and(|(_, rest)| rest.starts_with("<p class=\"why\">"));
            // In phase 2 attributes go by number, and are told once.
            let name = if name.starts_with("attribute ") { "attribute".to_owned() } else { name };
            told.extend(why.then(|| name.clone()));
            seen.insert(name);
        }
    }
    let silent: Vec<_> = seen.difference(&told).collect();
    assert!(silent.is_empty() && seen.len() > 40, "nothing is said of {silent:?}");
}

/// WCAG 2.2, 1.4.3: 4.5 to 1 for text.
#[test]
fn colours_can_be_read() {
    let tokens =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/report/src/page/tokens.css"))
            .unwrap();
    let color = |name: &str, theme: usize| {
        let (_, rest) =
            tokens.split_once(&format!("--{name}: light-dark(")).unwrap_or_else(|| panic!("no {name}"));
        luminance(rest.split(')').next().unwrap().split(", ").nth(theme).unwrap())
    };
    let mut pairs: Vec<(String, String)> = Vec::new();
    for kind in ["naming", "offer", "key", "proof", "padding", "vendor", "sealed", "notice"] {
        pairs.push((kind.into(), format!("{kind}-tint")));
        pairs.push(("ink".into(), format!("{kind}-tint")));
        pairs.push(("accent".into(), format!("{kind}-tint")));
        pairs.push(("faint".into(), format!("{kind}-tint")));
    }
    for ground in ["paper", "panel", "now", "mark"] {
        pairs.extend(["ink", "accent"].map(|ink| (ink.into(), ground.into())));
    }
    for ground in ["paper", "panel", "now"] {
        pairs.extend(["faint", "good", "bad"].map(|ink| (ink.into(), ground.into())));
    }
    for theme in [0, 1] {
        for (ink, ground) in &pairs {
            let (one, other) = (color(ink, theme), color(ground, theme));
            let ratio = (one.max(other) + 0.05) / (one.min(other) + 0.05);
            assert!(ratio >= 4.5, "theme {theme}: {ink} on {ground} is {ratio:.2} to 1");
        }
    }
}

/// Relative luminance of `#rrggbb`.
fn luminance(color: &str) -> f64 {
    let part = |at: usize| {
        let value = f64::from(u8::from_str_radix(&color[at..at + 2], 16).unwrap()) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
}

#[test]
fn the_other_pages_look_alike_and_fit() {
    let Some(browser) = Browser::start() else { return };
    let folder = scratch("look-others");
    let file = |name: &str| folder.join(name);
    let html = |args: &[&str], path: &PathBuf| {
        let output = run(&[args, &["--html", path.to_str().unwrap()]].concat());
        assert!(code(&output) <= 4, "{output:?}");
    };
    html(&["predict", "tests/configs"], &file("predict.html"));
    let captures = ["i", "r"].map(|side| format!("tests/captures/psk-charon-pluto-{side}.pcap"));
    html(&["diagnose", &captures[0], &captures[1]], &file("diagnose.html"));
    for name in ["predict.html", "diagnose.html"] {
        for (width, height) in [(360, 740), (1280, 800)] {
            browser.screen(width, height);
            browser.open(&file(name), "#step-2");
            assert!(!overflows(&browser), "{name} at {width}");
            assert!(count(&browser, "[data-ladder]") > 0 && count(&browser, ".step") > 0, "{name}");
            browser.press('\u{E014}');
            assert_eq!(browser.script("return location.hash"), "#step-3", "{name}");
        }
    }
    let text = fs::read_to_string(file("predict.html")).unwrap();
    assert!(!text.contains("class=\"banner\"") && !text.contains("cisco123"));
    assert_eq!(browser.console(), Vec::<String>::new());
}

#[test]
fn paper_has_few_sheets() {
    let Some(browser) = Browser::start() else { return };
    for scenario in ["scenarios/psk_mismatch.toml", "scenarios/main_mode.toml", "scenarios/phase2_up.toml"] {
        let (file, _) = page(scenario, &scratch("look-paper"), &[]);
        browser.open(&file, "");
        let sheets = browser.sheets();
        assert!((1..8).contains(&sheets), "{scenario} is {sheets} pages");
    }
}

#[test]
fn the_script_is_small() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/report/src/page/script.js");
    assert!(fs::metadata(script).unwrap().len() < 15_000);
}

/// The other side's device is not this side's to know, on a slide either.
#[test]
fn a_picture_of_one_side_names_no_other_device() {
    let file = scratch("one-side-svg").join("ladder.svg");
    let args = ["run", "scenarios/psk_mismatch.toml", "--as", "initiator", "--svg", file.to_str().unwrap()];
    assert_eq!(code(&run(&args)), 0);
    let svg = fs::read_to_string(file).unwrap();
    assert_eq!((svg.matches("(asa)").count(), svg.matches("not visible from here").count()), (1, 1));
}
