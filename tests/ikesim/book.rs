//! The book's table of contents: every page that it names exists, and every page of docs/ is in it.

use std::fs;
use std::path::Path;

#[test]
fn every_page_is_in_the_table_of_contents() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let contents = fs::read_to_string(docs.join("SUMMARY.md")).unwrap();
    let mut named: Vec<&str> =
        contents.split("](").skip(1).map(|rest| rest.split(')').next().unwrap()).collect();
    let files = fs::read_dir(&docs).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let is_page = |name: &String| Path::new(name).extension().is_some_and(|extension| extension == "md");
    let mut pages: Vec<String> = files.filter(|name| is_page(name) && name != "SUMMARY.md").collect();
    named.sort_unstable();
    pages.sort();
    assert_eq!(named, pages);
}

/// A page that links to nowhere is worse than no link.
#[test]
fn links_between_pages_lead_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let pages = fs::read_dir(root.join("docs")).unwrap().map(|entry| entry.unwrap().path());
    for page in
        pages.chain([root.join("README.md")]).filter(|path| path.extension().is_some_and(|e| e == "md"))
    {
        let text = fs::read_to_string(&page).unwrap();
        for link in text.split("](").skip(1).map(|rest| rest.split([')', '#']).next().unwrap()) {
            if link.is_empty() || link.contains("://") {
                continue;
            }
            assert!(page.parent().unwrap().join(link).exists(), "{}: {link}", page.display());
        }
    }
}

/// The students' chapter runs every command that a student has.
#[test]
fn the_students_chapter_has_every_command() {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/labs.md")).unwrap();
    for command in [
        "list", "start", "show", "logs", "capture", "config", "try", "answer", "hint", "status", "debrief",
        "reset",
    ] {
        let typed = |line: &str| line.starts_with("$ ikesim lab") && line.contains(&format!(" {command}"));
        assert!(text.lines().any(typed), "{command}");
    }
    for (name, _) in lab::all() {
        assert!(text.contains(name), "{name}");
    }
}

/// Where mdBook is installed, the book builds, and its pages scroll where a ladder is wide.
#[test]
fn the_book_builds() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let settings = fs::read_to_string(root.join("docs/book.toml")).unwrap();
    assert!(settings.contains("wide.css") && root.join("docs/wide.css").exists());
    let built = tempfile::tempdir().unwrap();
    let mut mdbook = std::process::Command::new("mdbook");
    match mdbook.arg("build").arg(root.join("docs")).arg("--dest-dir").arg(built.path()).output() {
        Err(_) => crate::say("book: not built, mdBook is not installed"),
        Ok(output) => {
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            let page = fs::read_to_string(built.path().join("labs.html")).unwrap();
            assert!(page.contains("wide"), "the page has no style for wide ladders");
        }
    }
}

/// Every claim has its verdict, and none of the page's is left out: each state that it names is spoken of, and a word of each claim.
#[test]
fn every_claim_of_the_page_has_a_verdict() {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/myths.md")).unwrap();
    let claims: Vec<&str> = text.split("\n**\"").skip(1).collect();
    assert!(claims.len() > 30, "{}", claims.len());
    for claim in claims {
        let (said, rest) = claim.split_once("\"**").unwrap();
        let verdict = rest.trim_start().trim_start_matches('*').to_lowercase();
        let known = ["true", "false", "depends", "no case found", "nearly", "all but one", "not for phase 1"];
        assert!(known.iter().any(|word| verdict.starts_with(word)), "{said}: {verdict:.40}");
    }
    let Ok(page) =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/facts/mm-wait-msg.txt"))
    else {
        return crate::say("book: the page's own claims are skipped, ../shared is absent");
    };
    let names = page.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    for name in names.filter(|name| ["MM_", "AM_", "AG_", "QM_"].iter().any(|mode| name.starts_with(mode))) {
        assert!(text.contains(name), "{name} is on the page and not among the myths");
    }
    for words in ["excellent clue", "firewall in the way", "gets a PSK back", "NAT-T was on", "ESP", "4500"] {
        assert!(page.contains(words) && text.contains(words), "{words}");
    }
}
