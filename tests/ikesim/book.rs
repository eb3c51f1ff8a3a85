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

/// Each lab has its file, its solution and its hint, and its title gives nothing away.
#[test]
fn labs_are_whole() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let text = fs::read_to_string(docs.join("labs.md")).unwrap();
    for number in 1..=8 {
        let file = format!("docs/labs/{number}.toml");
        let lab = text.split(&format!("\n## {number}. ")).nth(1).unwrap().split("\n## ").next().unwrap();
        for part in [file.as_str(), "**Questions.**", "**Hint.**", "<summary>Solution</summary>"] {
            assert!(lab.contains(part), "lab {number} lacks {part}");
        }
        let scenario = fs::read_to_string(docs.join(format!("labs/{number}.toml"))).unwrap();
        assert!(scenario.contains(&format!("title = \"Lab {number}\"")), "{file}");
    }
}
