//! The illustrated handshake: its scripts compute what they say, it needs nothing else, and it works in a browser.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::browser::Browser;
use crate::{code, run, say, scratch};

const RIGHT: char = '\u{E014}';
const LEFT: char = '\u{E012}';
const HOME: char = '\u{E011}';
const END: char = '\u{E010}';

pub fn page(scenario: &str, folder: &Path, more: &[&str]) -> (PathBuf, String) {
    let file = folder.join(format!("{}.html", scenario.replace(['/', '.'], "_")));
    let output = run(&[&["run", scenario, "--html", file.to_str().unwrap()], more].concat());
    assert!(code(&output) <= 1, "{output:?}");
    let text = fs::read_to_string(&file).unwrap();
    (file, text)
}

pub fn scenarios() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| format!("scenarios/{}", entry.unwrap().file_name().into_string().unwrap()))
        .filter(|name| Path::new(name).extension().is_some_and(|ext| ext == "toml"))
        .collect();
    names.sort();
    names
}

/// The Python scripts of a page, as a reader would copy them.
pub fn snippets(page: &str) -> Vec<String> {
    let blocks = page.split("<pre class=\"python\"").skip(1);
    let text = |block: &str| {
        let (_, rest) = block.split_once('>').unwrap();
        let (code, _) = rest.split_once("</pre>").unwrap();
        code.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
    };
    blocks.map(text).collect()
}

/// Each script ends in an assertion of the value that the page shows. All of them in one interpreter, each alone.
#[test]
fn python_computes_every_value_again() {
    if Command::new("python3").arg("--version").output().is_err() {
        return say("page: the Python scripts are skipped, python3 is not installed");
    }
    let folder = scratch("page-python");
    let mut files = Vec::new();
    for group in [1, 14, 19, 20, 21, 31] {
        let file = folder.join(format!("group{group}.toml"));
        let policy = format!("hash = 'sha512'\ngroup = {group}\n");
        fs::write(&file, format!("[[initiator.policy]]\n{policy}[[responder.policy]]\n{policy}")).unwrap();
        files.push(file.to_str().unwrap().to_owned());
    }
    files.extend(scenarios());
    let mut count = 0;
    let mut all = String::new();
    for file in files {
        for snippet in snippets(&page(&file, &folder, &[]).1) {
            assert!(snippet.contains("\nassert "), "{snippet}");
            all.push_str(&format!("exec({snippet:?}.replace('print(', '(lambda *_: None)('), {{}})\n"));
            count += 1;
        }
    }
    assert!(count > 400, "{count} scripts");
    let file = folder.join("all.py");
    fs::write(&file, all).unwrap();
    let output = Command::new("python3").arg(&file).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_page_is_small_and_alone() {
    let folder = scratch("page-alone");
    // The longest: many resends of large public values over a bad path.
    let long = folder.join("long.toml");
    let policy = |side: &str| format!("[{side}]\nprofile = 'libreswan'\n[[{side}.policy]]\ngroup = 18\n");
    let path = "[network]\nloss = 0.6\nduplicate = 1.0\nreorder = 0.5\ncorrupt = 0.2\n";
    fs::write(&long, format!("seed = 4\n{}{}{path}", policy("initiator"), policy("responder"))).unwrap();
    for scenario in scenarios().into_iter().chain([long.to_str().unwrap().to_owned()]) {
        let (_, text) = page(&scenario, &folder, &[]);
        let most = if scenario.starts_with("scenarios/") { 350_000 } else { 1_000_000 };
        assert!(text.len() < most, "{scenario}: {} bytes", text.len());
        // Links to RFCs are followed when somebody clicks, and by nothing else.
        let asked = text.replace("<a href=\"https://www.rfc-editor.org/rfc/rfc", "");
        for outside in ["http:", "https:", "src=", "url(", "@import"] {
            assert!(!asked.contains(outside), "{scenario} refers to {outside}");
        }
    }
}

/// No secret of the run, in any spelling, stands in a redacted page; and the full one has them, or this proves nothing.
#[test]
fn a_redacted_page_holds_no_secret() {
    let folder = scratch("page-redacted");
    let mut count = 0;
    for scenario in scenarios() {
        let (_, full) = page(&scenario, &folder, &[]);
        let (_, redacted) = page(&scenario, &folder, &["--redact"]);
        assert!(!redacted.contains("cisco123") && !redacted.contains("class=\"banner\""), "{scenario}");
        // In clear on the wire are the public values, nonces and cookies, and Aggressive Mode's identities and HASH_R.
        let secret = |line: &str| {
            let name = line.trim_start_matches("assert ").split([' ', '.']).next().unwrap_or("");
            name.starts_with("KEYMAT_")
                || ["psk", "x", "g_xy", "SKEYID", "SKEYID_d", "SKEYID_a", "SKEYID_e", "Ka", "g_qm__xy"]
                    .contains(&name)
        };
        let mut found = 0;
        for line in snippets(&full).iter().flat_map(|text| text.lines()).filter(|line| secret(line)) {
            let Some(hex) = line.split('"').nth(1).filter(|hex| hex.len() >= 16) else { continue };
            found += 1;
            assert!(!redacted.contains(&hex[..16]), "{scenario}: {line}");
        }
        assert!(!redacted.contains("636973636f"), "{scenario}: the key");
        count += found;
        if ["scenarios/psk_mismatch.toml", "scenarios/main_mode.toml"].contains(&scenario.as_str()) {
            assert!(found > 10 && full.contains("636973636f313233"), "{scenario}: {found} secrets");
        }
    }
    assert!(count > 300, "{count} secrets");
}

/// Each Quick Mode has an IV of its own that moves, and what it carries is none of phase 1's values.
#[test]
fn quick_mode_opens_on_the_page() {
    let folder = scratch("page_phase2");
    for scenario in ["phase2_up", "phase2_pfs_missing_comes_up", "phase2_one_of_two_children"] {
        let (_, text) = page(&format!("scenarios/{scenario}.toml"), &folder, &[]);
        assert!(text.contains("QM3") && !text.contains("malformed"), "{scenario}");
        for value in ["Ni", "IDii"] {
            let named = |row: &&str| row.split("</span>").next().unwrap().ends_with(&format!(">{value}"));
            let rows = text.split("<th scope=\"row\">").filter(named);
            let cells = rows.flat_map(|row| row.split("</tr>").next().unwrap().split("<code>").skip(1));
            let shown: BTreeSet<&str> = cells.filter_map(|cell| cell.split('<').next()).collect();
            assert_eq!(shown.len(), 1, "{scenario}: {value} is {shown:?}");
        }
    }
}

#[test]
fn phase_2_is_told() {
    let folder = scratch("page_phase2_told");
    let (_, up) = page("scenarios/phase2_up.toml", &folder, &[]);
    assert_eq!(up.matches("It makes KEYMAT").count(), 2, "once on each side");
    let (_, refused) = page("scenarios/phase2_refused_by_asa.toml", &folder, &[]);
    assert_eq!(refused.matches("Here no line of its own is about these networks").count(), 1);
    assert!(!refused.contains("It makes KEYMAT"));
}

/// A step that waits for an answer says for how long; one that waits for nothing does not.
#[test]
fn timers_are_told() {
    let folder = scratch("page-timers");
    let (_, main) = page("scenarios/main_mode.toml", &folder, &[]);
    assert_eq!(
        main.matches("sends again after 8.000, 16.000, 24.000 s").count(),
        5,
        "message 6 waits for nothing"
    );
    let (_, plain) = page("scenarios/aggressive_mode_three_messages.toml", &folder, &[]);
    assert_eq!(plain.matches("its timer runs:").count(), 2, "nobody answers a third message");
}

#[test]
fn the_script_is_well_typed() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/report/src/page/script.js");
    let options = [
        "--noEmit",
        "--allowJs",
        "--checkJs",
        "--strict",
        "--noUncheckedIndexedAccess",
        "--target",
        "es2021",
    ];
    let output =
        Command::new("tsc").args(options).args(["--lib", "es2021,dom,dom.iterable"]).arg(file).output();
    let Ok(output) = output else {
        return say(
            "page: the types of its script are skipped, tsc is not installed (Debian: apt-get install node-typescript)",
        );
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

/// The steps that are shown, by number.
fn shown(browser: &Browser) -> Vec<u64> {
    let list = browser.script(
        "return [...document.querySelectorAll('.step')].filter(s => s.offsetParent !== null).map(s => +s.id.slice(5))",
    );
    list.as_array().unwrap().iter().map(|n| n.as_u64().unwrap()).collect()
}

#[test]
fn a_browser_steps_through_it() {
    let Some(browser) = Browser::start() else { return };
    let (file, _) = page("scenarios/psk_mismatch.toml", &scratch("page-browser"), &[]);
    browser.open(&file, "");
    assert_eq!(shown(&browser), [0]);
    let last = browser.script("return document.querySelectorAll('.step').length").as_u64().unwrap() - 1;
    for (key, at) in [(RIGHT, 1), (RIGHT, 2), (LEFT, 1), (END, last), (RIGHT, last), (HOME, 0), (LEFT, 0)] {
        browser.press(key);
        assert_eq!(shown(&browser), [at], "{:x}", key as u32);
    }
    browser.click("[data-go=next]");
    assert_eq!(shown(&browser), [1]);
    browser.click(".ladder a[data-step='4']");
    assert_eq!(shown(&browser), [4]);
    assert_eq!(browser.script("return location.hash"), "#step-4");
    browser.open(&file, "#step-5");
    assert_eq!(shown(&browser), [5], "a deep link");
    let hidden = browser.script(
        "return document.querySelector('#step-5 h2').getBoundingClientRect().top
            < document.querySelector('.controls').getBoundingClientRect().bottom",
    );
    assert_eq!(hidden, false, "the controls lie over the heading that was linked to");
    let said = browser.script("return document.querySelector('[role=status]').innerText");
    assert!(said.as_str().unwrap().starts_with("step 6 of 24: initiator"), "a screen reader hears {said}");
    let parted = browser.script(
        "return [...document.querySelectorAll('.step.shown tr.parts')].map(row => row.innerText).join()",
    );
    assert!(parted.as_str().unwrap().starts_with("SKEYID"), "{parted}");

    // A field and its bytes light up together.
    browser.point_at(".message.shown .fields > li > span[data-f]");
    let lit = browser.script(
        "return [...document.querySelectorAll('.on')].map(one => one.closest('.bytes') ? 'bytes' : 'field').sort()",
    );
    assert_eq!(lit, serde_json::json!(["bytes", "field"]));

    // A click on the last field brings its bytes into sight within their box.
    let in_sight = "const box = document.querySelector('.message.shown .bytes').getBoundingClientRect();
        const spans = [...document.querySelectorAll('.message.shown .bytes')][0].querySelectorAll('span[data-f]');
        const last = spans[spans.length - 1].getBoundingClientRect();
        return last.top >= box.top && last.bottom <= box.bottom + 1";
    assert_eq!(browser.script(in_sight), false, "the box is too tall for this test");
    browser.click(".message.shown .fields > li:last-child li:last-child span[data-f]");
    assert_eq!(browser.script(in_sight), true);
    assert_eq!(browser.console(), Vec::<String>::new());
}

/// Paper has no buttons, and every step on it.
#[test]
fn print_has_every_step() {
    let Some(browser) = Browser::start() else { return };
    let (file, _) = page("scenarios/psk_mismatch.toml", &scratch("page-print"), &[]);
    browser.open(&file, "#step-3");
    browser.on_paper();
    let steps = browser.script("return document.querySelectorAll('.step').length").as_u64().unwrap();
    assert_eq!(shown(&browser), (0..steps).collect::<Vec<_>>());
    assert_eq!(
        browser.script("return document.querySelector('.controls').offsetParent"),
        serde_json::Value::Null
    );
}

#[test]
fn it_is_readable_on_a_telephone() {
    let Some(browser) = Browser::start() else { return };
    browser.narrow();
    for scenario in ["scenarios/psk_mismatch.toml", "scenarios/aggressive_mode.toml"] {
        let (file, _) = page(scenario, &scratch("page-narrow"), &[]);
        browser.open(&file, "#step-4");
        let width = browser.script("return document.documentElement.scrollWidth").as_u64().unwrap();
        assert!(width <= 360, "{scenario} is {width} pixels wide");
        assert_eq!(browser.console(), Vec::<String>::new());
    }
}

/// Each side's children stand in a table of their own, of one side's page that side's alone; KEYMAT is computed again.
#[test]
fn a_page_shows_the_children() {
    let folder = scratch("page-children");
    let (_, both) = page("scenarios/phase2_pfs_missing_comes_up.toml", &folder, &[]);
    let names = snippets(&both).concat();
    for name in ["HASH_1 =", "HASH_2 =", "HASH_3 =", "g_qm__xy =", "KEYMAT_ESP_in =", "KEYMAT_ESP_out ="] {
        assert!(names.contains(name), "{name}");
    }
    assert!(
        both.contains("The child of Quick Mode") && both.contains(">SPI ESP in<"),
        "no table of children"
    );
    let (_, one) = page("scenarios/phase2_up.toml", &folder, &["--as", "initiator"]);
    let (_, tables) = one.split_once("The child of Quick Mode").unwrap();
    assert!(
        tables.contains("10.1.0.0/24 &lt;-&gt; 10.2.0.0/24") && !tables.contains("data-side=\"responder\"")
    );
    // Two at once are told apart by their message ids.
    let (_, two) = page("scenarios/phase2_one_of_two_children.toml", &folder, &[]);
    let ids: BTreeSet<&str> = two.split("The child of Quick Mode ").skip(1).map(|rest| &rest[..8]).collect();
    assert_eq!(ids.len(), 2, "{ids:?}");
}
