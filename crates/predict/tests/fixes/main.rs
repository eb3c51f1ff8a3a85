//! Each fix is made in the text, and the devices are judged again: it is better, and never the same for the same reason.

#![cfg(test)]

mod files;
mod made;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use ike::Powers;
use predict::{Forecast, Judged, Phases, Verdicts, judge};
use sim::Cause;

use files::{ASA, File, IOS, MOON, SUN, SUN_KEYS, WEST, WEST_KEYS};
use made::made;

/// Who calls, by what, what becomes of it, why, and how many children come up.
type Row = (String, String, Forecast, Option<Cause>, usize);

fn row(judged: &Judged<'_>) -> Row {
    let session = &judged.session;
    let children = judged.ran.as_ref().map_or(0, |ran| ran.children[0]);
    let (file, by) = (session.initiator.device.file.to_string(), session.connection.by.clone());
    (file, by, judged.forecast, judged.cause(), children)
}

/// Calls `told` with all that is said of two files.
fn judged<T>(files: &[File], phases: Phases, powers: &Powers, told: impl FnOnce(&Verdicts<'_>) -> T) -> T {
    let devices: Vec<_> = files.iter().flat_map(File::devices).collect();
    let all = Verdicts::new(&devices, phases, powers, |sessions| {
        sessions.into_iter().map(|session| judge(session, phases, powers)).collect()
    });
    told(&all)
}

/// How many fixes there were of each kind.
#[derive(Default, Debug, PartialEq, Eq)]
struct Counted {
    made: usize,
    /// They have a part that only the operator knows.
    filled_in: usize,
    /// Directions that certainly do not come up, and of which no change of the files is known that mends them.
    none: BTreeMap<Option<Cause>, usize>,
}

/// Every fix of every direction is made, each for itself.
fn each_fix(
    name: &str,
    files: &[File],
    phases: Phases,
    powers: &Powers,
    counted: &mut Counted,
) -> Vec<String> {
    let told = judged(files, phases, powers, |all| {
        let stalls = all.judged.iter().filter(|one| one.forecast.is_bad());
        let fixes = stalls.flat_map(|one| {
            if one.fixes.is_empty() {
                *counted.none.entry(one.cause()).or_default() += 1;
            }
            one.fixes.iter().map(|fix| (row(one), fix.clone(), made(files, &one.session, fix)))
        });
        (fixes.collect::<Vec<_>>(), all.judged.iter().map(row).collect::<Vec<_>>())
    });
    let (fixes, before) = told;
    let mut wrong = Vec::new();
    for (row, fix, files) in fixes {
        let Some(files) = files else {
            counted.filled_in += 1;
            continue;
        };
        counted.made += 1;
        let after =
            judged(&files, phases, powers, |all| all.judged.iter().map(self::row).collect::<Vec<_>>());
        let again = |row: &Row| after.iter().find(|one| (&one.0, &one.1) == (&row.0, &row.1));
        let same = again(&row).is_none_or(|one| (one.2, one.3) == (row.2, row.3) && one.4 <= row.4);
        // What came up still does.
        let worse = before.iter().find(|row| row.2.is_good() && again(row).is_none_or(|one| one.2.is_bad()));
        if same || worse.is_some() {
            let text: Vec<&str> = files.iter().map(|file| file.text.as_str()).collect();
            wrong.push(format!(
                "{name}: {row:?}: {fix:?}\n  after: {after:?}\n{}",
                if std::env::var_os("SHOW").is_some() { text.join("\n-----\n") } else { String::new() }
            ));
        }
    }
    wrong
}

/// Which file, what stands there, what it becomes.
type Edit<'e> = (usize, &'e str, &'e str);

fn edited(files: &[File; 2], (n, from, to): Edit<'_>) -> Vec<File> {
    let mut files = files.to_vec();
    assert!(files[n].text.contains(from) || from.is_empty(), "{from} is not there");
    files[n].text = files[n].text.replace(from, to);
    files
}

#[test]
fn cisco_fixes_mend() {
    let pair = [File::new("hq.txt", ASA), File::new("branch.cfg", IOS)];
    let edits = [
        (1, "encr aes 256", "encr 3des"),
        (1, " encr aes 256\n", ""),
        (0, " hash sha\n", " hash md5\n"),
        (0, " group 14\n", " group 2\n"),
        (0, " authentication pre-share\n", " authentication rsa-sig\n"),
        (1, "open-sesame", "open-sesamE"),
        (1, "key open-sesame address 203.0.113.1", "key open-sesame address 203.0.113.2"),
        (0, " ikev1 pre-shared-key open-sesame\n", ""),
        (0, "tunnel-group 198.51.100.1", "tunnel-group 198.51.100.9"),
        (0, "crypto ikev1 enable outside\n", ""),
        (1, "hostname branch", "no crypto isakmp enable\nhostname branch"),
        (1, "ip address 198.51.100.1 ", "ip address 198.51.100.2 "),
        (0, " nameif outside\n", " nameif outside\n shutdown\n"),
        (
            1,
            " crypto map m\ninterface",
            " crypto map m\n ip access-group 102 in\naccess-list 102 deny udp any any eq isakmp\naccess-list 102 permit ip any any\ninterface",
        ),
        (
            1,
            " crypto map m\ninterface",
            " crypto map m\n ip access-group LAN in\nip access-list extended LAN\n permit tcp any any\ninterface",
        ),
        (1, "esp-aes 256 ", "esp-aes "),
        (1, " mode tunnel", " mode transport"),
        (1, " set pfs group14\n", ""),
        (0, "set pfs group14", "set pfs group5"),
        (1, "10.1.0.0 0.0.0.255", "10.3.0.0 0.0.0.255"),
        (1, " match address 101\n", ""),
        (1, " match address 101", " match address 105"),
        (1, " set transform-set TS\n", ""),
    ];
    mend("cisco", &pair, &edits, Counted { made: 41, filled_in: 6, ..Counted::default() });
}

#[test]
fn daemons_fixes_mend() {
    let pair = [File::new("moon.conf", MOON), File::with("sun.conf", SUN, SUN_KEYS)];
    let edits = [
        (0, "proposals = aes256-sha256-modp2048", "proposals = aes128-sha1-modp2048"),
        (1, "ike=aes256-sha2_256;modp2048", "ike=aes128-sha1;modp1024"),
        (0, "secret = \"open\"", "secret = \"opem\""),
        (1, "phase2alg=aes256", "phase2alg=aes128"),
        (0, "esp_proposals = aes256-sha256", "esp_proposals = 3des-sha1"),
        (1, "pfs=no", "pfs=yes"),
        (0, "esp_proposals = aes256-sha256", "esp_proposals = aes256-sha256-modp2048"),
        (1, "rightsubnet=10.1.0.0/16", "rightsubnet=10.1.7.0/24"),
        (1, "rightsubnet=10.1.0.0/16", "rightsubnet=10.7.0.0/16"),
        (1, "\tauto=add", "\ttype=transport\n\tauto=add"),
        (0, "local {\n", "local {\n   id = moon.example.org\n"),
    ];
    mend("daemons", &pair, &edits, Counted { made: 22, ..Counted::default() });
    let pair = [File::with("west.conf", WEST, WEST_KEYS), File::new("branch.cfg", IOS)];
    let edits = [
        (0, "ike=aes256-sha1-modp2048!", "ike=aes128-sha1-modp2048!"),
        (0, "esp=aes256-sha1-modp2048!", "esp=aes256-sha256-modp2048!"),
        (0, "rightsubnet=10.2.0.0/24", "rightsubnet=10.2.9.0/24"),
    ];
    mend("daemon and router", &pair, &edits, Counted { made: 8, ..Counted::default() });
}

fn mend(name: &str, pair: &[File; 2], edits: &[Edit<'_>], expected: Counted) {
    let powers = Powers::new(1 << 10);
    let rows = judged(pair, Phases::Both, &powers, |all| all.judged.iter().map(row).collect::<Vec<_>>());
    assert!(!rows.is_empty() && rows.iter().all(|row| row.2.is_good()), "{name}: {rows:?}");
    let (mut wrong, mut counted) = (Vec::new(), Counted::default());
    for edit in edits {
        let files = edited(pair, *edit);
        agree(&format!("{name}: {}", edit.2), &files, &powers);
        wrong.extend(each_fix(&format!("{name}: {}", edit.2), &files, Phases::Both, &powers, &mut counted));
    }
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(counted, expected, "{name}");
}

/// Whoever calls: where both directions stall for one reason, they are told one change.
fn agree(name: &str, files: &[File], powers: &Powers) {
    let told = judged(files, Phases::Both, powers, |all| {
        let told = all.judged.iter().map(|one| {
            let edits = |fix: &predict::Fix| -> Vec<String> {
                let file = |side| one.session.end(side).device.file.clone();
                let mut all: Vec<String> = fix
                    .changes
                    .iter()
                    .map(|change| format!("{} {:?}", file(change.side), change.edit))
                    .collect();
                all.sort();
                all
            };
            let mut fixes: Vec<Vec<String>> = one.fixes.iter().map(edits).collect();
            fixes.sort();
            (one.cause(), fixes)
        });
        told.collect::<Vec<_>>()
    });
    if let [(one, ours), (other, theirs)] = &told[..]
        && one == other
    {
        assert_eq!(ours, theirs, "{name}");
    }
}

/// Straight to stderr: the harness hides what a passing test prints.
fn say(line: &str) {
    writeln!(std::io::stderr(), "{line}").unwrap();
}

/// Pairs of files that belong together: of each folder, each file with the next one.
fn pairs(folder: &Path) -> Vec<[PathBuf; 2]> {
    let mut pairs = Vec::new();
    let mut all: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    all.sort();
    let (folders, files): (Vec<PathBuf>, Vec<PathBuf>) = all.into_iter().partition(|path| path.is_dir());
    let is_config = |path: &&PathBuf| {
        path.extension().is_some_and(|end| ["conf", "cfg", "txt", "ios"].iter().any(|known| end == *known))
    };
    let files: Vec<&PathBuf> = files.iter().filter(is_config).collect();
    for (n, one) in files.iter().enumerate() {
        let others = files[n + 1..].iter().filter(|other| together(one, other)).take(3);
        pairs.extend(others.map(|other| [(*one).clone(), (*other).clone()]));
    }
    pairs.extend(folders.iter().flat_map(|folder| self::pairs(folder)));
    pairs
}

/// Whether two files of a folder are two devices: `r1-lo` is `r1` once more, and an excerpt has its one peer.
fn together(one: &Path, other: &Path) -> bool {
    const EXCERPTS: [[&str; 2]; 6] = [
        ["a1", "a2"],
        ["escaped1", "escaped2"],
        ["h3", "h4"],
        ["hub2", "spoke2"],
        ["l2a", "l2b"],
        ["s1", "s2"],
    ];
    let stem = |path: &Path| path.file_stem().unwrap().to_string_lossy().into_owned();
    let stems = [stem(one), stem(other)];
    let device = |stem: &String| stem.split('-').next().unwrap().to_owned();
    let model = |stem: &String| stem.starts_with('r') && !stem.starts_with("right");
    if one.display().to_string().contains("field/excerpts/") {
        return EXCERPTS.iter().any(|pair| stems.iter().eq(pair.iter()));
    }
    // The probes have a pair of ASAs and one of routers.
    let probes = one.display().to_string().contains("20-probes");
    device(&stems[0]) != device(&stems[1]) && !(probes && model(&stems[0]) != model(&stems[1]))
}

#[test]
fn fixes_of_the_field_mend() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/field");
    if !folder.exists() {
        return say("predict: fixes of field cases skipped, ../shared is absent");
    }
    let powers = Powers::new(1 << 10);
    let (mut wrong, mut counted) = (Vec::new(), Counted::default());
    for part in ["daemons", "cisco", "phase2", "open", "excerpts", "suites"] {
        for pair in pairs(&folder.join(part)) {
            let [one, other] = pair.map(|path| File::read(&path));
            let name = format!("{} {}", one.name, other.name);
            for phases in [Phases::One, Phases::Both] {
                let files = [one.clone(), other.clone()];
                wrong.extend(each_fix(&name, &files, phases, &powers, &mut counted));
            }
        }
    }
    say(&format!("predict: fixes of field cases: {counted:?}"));
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
    assert!(counted.made > 100, "{counted:?}");
}
