//! Pictures of real output for the README and the tour, and the same output in narrow and wide windows.
//! `SCREENS=write cargo test --test ikesim screens` writes the pictures anew.

use std::fs;
use std::path::Path;

use crate::{run, scratch, stdout};

/// What `--color always` prints, as a picture.
fn picture(args: &[&str]) -> String {
    let colored = stdout(&run(&[args, &["--color", "always"]].concat()));
    let head = format!("\u{1b}[1m$ ikesim {}\u{1b}[0m\n", args.join(" "));
    painted(&anstyle_svg::Term::new().render_svg(&format!("{head}{colored}")))
}

/// In the colours of the pages, dark: on a ground of its own it is read on a light page too.
fn painted(svg: &str) -> String {
    let tokens = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/report/src/page/tokens.css");
    let tokens = fs::read_to_string(tokens).unwrap();
    let dark = |name: &str| {
        let (_, rest) = tokens.split_once(&format!("--{name}: light-dark(")).unwrap();
        rest.split([',', ')']).nth(1).unwrap().trim().to_owned()
    };
    let classes = [
        ("fg", "AAAAAA", "ink"),
        ("bg", "000000", "paper"),
        ("fg-green", "00AA00", "good"),
        ("fg-red", "AA0000", "bad"),
    ];
    let svg = classes.iter().fold(svg.to_owned(), |svg, (class, was, name)| {
        svg.replace(&format!(".{class} {{ fill: #{was} }}"), &format!(".{class} {{ fill: {} }}", dark(name)))
    });
    svg.replace("opacity: 0.4", "opacity: 0.75")
}

#[test]
fn the_pictures_are_what_is_printed() {
    for (name, args) in [
        ("run", &["run", "scenarios/psk_mismatch.toml"][..]),
        ("explain", &["explain", "MM_WAIT_MSG2", "MM_WAIT_MSG3"]),
    ] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("docs/screens/{name}.svg"));
        let made = picture(args);
        if std::env::var("SCREENS").is_ok_and(|word| word == "write") {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, &made).unwrap();
        }
        let page = |file: &str| fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
        let shown = page("README.md").contains(&format!("(docs/screens/{name}.svg)"))
            || page("docs/tour.md").contains(&format!("(screens/{name}.svg)"));
        assert!(shown, "neither README.md nor docs/tour.md shows {name}.svg");
        assert!(
            fs::read_to_string(&path).unwrap_or_default() == made,
            "docs/screens/{name}.svg: SCREENS=write cargo test --test ikesim screens"
        );
    }
}

/// Without the colours.
fn plain(line: &str) -> String {
    let mut text = String::new();
    let mut parts = line.split("\u{1b}[");
    text.push_str(parts.next().unwrap());
    for part in parts {
        text.push_str(part.split_once('m').unwrap().1);
    }
    text
}

/// No line is wider than the window, down to a small one; what is to be pasted stays whole.
#[test]
fn windows_of_every_width_read_well() {
    let seen = [None, Some(ike::Role::Initiator), Some(ike::Role::Responder)];
    let files =
        ["psk_mismatch", "aggressive_mode", "nat_udp4500_blocked", "corrupt_msg5", "missing_tunnel_group"];
    for (file, view) in
        files.iter().flat_map(|file| seen.map(|view| (format!("scenarios/{file}.toml"), view)))
    {
        let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(&file)).unwrap();
        let scenario = scenario::Scenario::parse(&file, &text).unwrap();
        let ran = sim::run(&scenario.setup, &ike::Powers::none());
        let report = report::Report::new(scenario, ran, view);
        for width in [60, 72, 80, 100, 120, 160, 200] {
            let shown = report::text(&report, report::Layout::new(width));
            let mut fix = false;
            for line in shown.lines().map(plain) {
                fix = line.starts_with("   fix") || (fix && !line.is_empty());
                let command = fix && line.starts_with("                ");
                assert!(line.chars().count() <= width || command, "{file} at {width}: {line}");
            }
        }
    }
}

#[test]
fn every_command_has_a_manual_page() {
    let folder = scratch("man");
    assert!(run(&["man", folder.to_str().unwrap()]).status.success());
    let help = stdout(&run(&["help"]));
    let commands =
        help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let names = commands
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .map(|line| line.split_whitespace().next().unwrap());
    for name in names.filter(|name| *name != "help") {
        let page = fs::read_to_string(folder.join(format!("ikesim-{name}.1")))
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(page.contains(".SH SYNOPSIS"), "{name}");
    }
}
