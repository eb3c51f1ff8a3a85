//! `predict` on what people have: a kind of file each, as small as it can be, and what must come of it.

mod cisco;
mod field;
mod pasted;

use std::fs;

use serde_json::Value;

use crate::{run, scratch, stdout};

/// Two files, the caller's first: name and text.
type Pair<'t> = [(&'t str, &'t str); 2];

/// The caller's direction: verdict and cause.
fn judged(name: &str, files: &Pair<'_>) -> (String, Option<String>, Value) {
    beside(name, files, &[])
}

/// The same, with files that stand beside them.
fn beside(name: &str, files: &Pair<'_>, others: &[(&str, &str)]) -> (String, Option<String>, Value) {
    let folder = scratch(name);
    let write = |(name, text): (&str, &str)| {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    for other in others {
        write(*other);
    }
    let paths = files.map(write);
    let output = run(&["predict", "--phase", "1", "--format", "json", &paths[0], &paths[1]]);
    let text = stdout(&output);
    let all: Value =
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}: {output:?}"));
    let of_caller = |d: &&Value| d["from_file"].as_str() == Some(&paths[0]);
    let mine = all["directions"].as_array().unwrap().iter().find(of_caller);
    let Some(mine) = mine else { return ("none".into(), None, all) };
    let text = |key: &str| mine[key].as_str().map(str::to_owned);
    (text("verdict").unwrap(), text("cause"), all)
}

/// Kind, files, verdict, cause.
type Case<'t> = (&'t str, Pair<'t>, &'t str, Option<&'t str>);

fn check(cases: &[Case<'_>]) {
    for (n, (kind, files, verdict, cause)) in cases.iter().enumerate() {
        let scratch = format!("judged-{}-{n}", kind.replace(|c: char| !c.is_ascii_alphanumeric(), "-"));
        let (said, why, all) = judged(&scratch, files);
        assert_eq!((said.as_str(), why.as_deref()), (*verdict, *cause), "{kind}: {all:#}");
    }
}

/// A connection of swanctl.conf: its name, its lines, what it calls itself, whom it takes.
fn charon(connections: &[[&str; 4]], secrets: &str) -> String {
    let all = connections.iter().map(|[name, lines, own, theirs]| {
        let id = |id: &str| if id.is_empty() { String::new() } else { format!("id = {id}\n") };
        format!(
            "{name} {{\n{lines}\nproposals = aes256-sha256-modp2048\nlocal {{\nauth = psk\n{} }}\nremote {{\nauth = psk\n{} }}\n}}\n",
            id(own),
            id(theirs)
        )
    });
    format!("connections {{\n{}}}\nsecrets {{\n{secrets}\n}}\n", all.collect::<String>())
}

const ANY_KEY: &str = "ike-1 {\nsecret = open\n}";
const SPOKE: &str = "version = 1\nlocal_addrs = 192.0.2.9\nremote_addrs = 192.0.2.1";
const HUB: &str = "version = 1\nlocal_addrs = 192.0.2.1";

/// Seen with charon 5.9.8: the connection is the one that names the caller, whatever their order.
#[test]
fn charon_turns_to_the_connection_that_names_the_caller() {
    let hub = charon(&[["a", HUB, "hub", "a"], ["b", HUB, "hub", "b"]], ANY_KEY);
    let (spoke, stranger) =
        (charon(&[["x", SPOKE, "b", "hub"]], ANY_KEY), charon(&[["x", SPOKE, "c", "hub"]], ANY_KEY));
    let aggressive = |text: &str| text.replace("version = 1", "version = 1\naggressive = yes");
    let (hub2, spoke2) = (aggressive(&hub), aggressive(&spoke));
    let named = "version = 1\nlocal_addrs = 192.0.2.1\nremote_addrs = 192.0.2.77";
    let beside = charon(&[["office", named, "", ""], ["rw", HUB, "", ""]], ANY_KEY).replacen(
        "aes256-sha256-modp2048",
        "aes128-sha384-modp4096",
        1,
    );
    let plain = charon(&[["x", SPOKE, "", ""]], ANY_KEY);
    check(&[
        ("main", [("s.conf", &spoke), ("h.conf", &hub)], "up", None),
        ("aggressive", [("s.conf", &spoke2), ("h.conf", &hub2)], "up", None),
        ("stranger", [("s.conf", &stranger), ("h.conf", &hub)], "stalls", Some("identity-mismatch")),
        ("beside a named peer", [("s.conf", &plain), ("h.conf", &beside)], "up", None),
    ]);
}

#[test]
fn ranges_are_peers_and_owners_of_keys() {
    let ranges = |remote: &str, owner: &str| {
        charon(
            &[["x", &format!("{HUB}\nremote_addrs = {remote}"), "", ""]],
            &format!("ike-1 {{\nid = {owner}\nsecret = open\n}}"),
        )
    };
    let spoke = charon(&[["x", SPOKE, "", ""]], ANY_KEY);
    let [fits, net, elsewhere] = [
        ranges("192.0.2.5-192.0.2.20", "192.0.2.8-192.0.2.10"),
        ranges("192.0.2.0/28", "192.0.2.0/24"),
        ranges("192.0.2.128/28", "192.0.2.0/24"),
    ];
    check(&[
        ("range", [("s.conf", &spoke), ("h.conf", &fits)], "up", None),
        ("net", [("s.conf", &spoke), ("h.conf", &net)], "up", None),
        ("elsewhere", [("s.conf", &spoke), ("h.conf", &elsewhere)], "stalls", Some("missing-tunnel-group")),
    ]);
}

/// All seen with charon 5.9.8 and pluto 4.10.
#[test]
fn versions_and_xauth_on_one_side() {
    let with = |lines: &str| charon(&[["x", SPOKE, "", ""]], ANY_KEY).replace("version = 1", lines);
    let hub = |lines: &str| charon(&[["x", HUB, "", ""]], ANY_KEY).replace("version = 1", lines);
    let client = charon(&[["x", SPOKE, "", ""]], ANY_KEY)
        .replace("remote {", "local-xauth {\nauth = xauth\n}\nremote {");
    let theirs = "remote {\nauth = psk\n }\n";
    let server = charon(&[["x", HUB, "", ""]], ANY_KEY)
        .replace(theirs, &format!("{theirs}remote-xauth {{\nauth = xauth\n}}\n"));
    let [one, two, both] = ["version = 1", "version = 2", "version = 0"].map(with);
    let [one_hub, two_hub] = ["version = 1", "version = 2"].map(hub);
    check(&[
        ("1 against 2", [("s.conf", &one), ("h.conf", &two_hub)], "stalls", Some("ike-version")),
        ("2 against 1", [("s.conf", &two), ("h.conf", &one_hub)], "stalls", Some("ike-version")),
        ("0 calls with 2", [("s.conf", &both), ("h.conf", &one_hub)], "stalls", Some("ike-version")),
        ("2 on both", [("s.conf", &two), ("h.conf", &two_hub)], "unverifiable", None),
        ("client alone", [("s.conf", &client), ("h.conf", &one_hub)], "stalls", Some("xauth-missing")),
        ("server alone", [("s.conf", &one), ("h.conf", &server)], "stalls", Some("xauth-missing")),
        ("both", [("s.conf", &client), ("h.conf", &server)], "up", None),
    ]);
}

/// What no line says is not made up so that it stalls.
#[test]
fn addresses_that_no_file_has() {
    let named = charon(
        &[["x", "version = 1\nremote_addrs = hub.example.org", "a", "hub"]],
        "ike-1 {\nid = hub\nsecret = open\n}",
    );
    let open = charon(&[["x", "version = 1", "hub", "a"]], ANY_KEY);
    let two = charon(
        &[
            ["a", "version = 1\nlocal_addrs = 192.0.2.1\nremote_addrs = 192.0.2.9", "hub", ""],
            ["b", "version = 1\nlocal_addrs = 192.0.2.1\nremote_addrs = 192.0.2.8", "hub", "b"],
        ],
        ANY_KEY,
    );
    let lost = charon(&[["x", "version = 1\nremote_addrs = 192.0.2.1", "b", "hub"]], ANY_KEY);
    let other = named.replace("aes256", "aes128");
    check(&[
        ("a name", [("s.conf", &named), ("h.conf", &open)], "unverifiable", None),
        (
            "a name, policies apart",
            [("s.conf", &other), ("h.conf", &open)],
            "stalls",
            Some("policy-mismatch"),
        ),
        ("one that the other calls", [("s.conf", &lost), ("h.conf", &two)], "up", None),
    ]);
}

/// A conn of libreswan: left, right, and more lines.
fn pluto(conns: &[[&str; 4]]) -> String {
    let all = conns.iter().map(|[name, left, right, more]| {
        format!("conn {name}\n\tikev2=no\n\tauthby=secret\n\tleft={left}\n\tright={right}\n\tike=aes256-sha2;modp2048\n{more}")
    });
    format!("config setup\n\tikev1-policy=accept\n{}", all.collect::<String>())
}

/// Two machines of libreswan with one file of secrets.
fn plutos(kind: &str, files: [&str; 2], secrets: &str) -> (String, Option<String>, Value) {
    let secrets = ["s", "h"].map(|side| (format!("{side}/ipsec.secrets"), secrets));
    let others = [0, 1].map(|n| (secrets[n].0.as_str(), secrets[n].1));
    beside(
        &format!("judged-secrets-{kind}"),
        &[("s/ipsec.conf", files[0]), ("h/ipsec.conf", files[1])],
        &others,
    )
}

/// One file is one machine; `auto=ignore` is libreswan's default; a caller without a conn gets no answer.
#[test]
fn libreswans_files() {
    let hub = pluto(&[
        ["a", "192.0.2.9", "192.0.2.1", "\tleftid=@a\n\trightid=@hub\n"],
        ["b", "192.0.2.8", "192.0.2.1", "\tleftid=@b\n\trightid=@hub\n\tauto=ignore\n"],
    ]);
    let spoke = pluto(&[["b", "192.0.2.8", "192.0.2.1", "\tleftid=@b\n\trightid=@hub\n"]]);
    let secrets = "@hub @a : PSK \"one\"\n@hub @b : PSK \"two\"\n";
    let (said, _, all) = plutos("hub", [&spoke, &hub], secrets);
    assert_eq!(said, "up", "{all:#}");
    assert_eq!(all["verdict"], "up", "nothing else is judged: {all:#}");
    let open = pluto(&[
        ["a", "%any", "192.0.2.1", "\tleftid=@a\n\trightid=@hub\n"],
        ["b", "%any", "192.0.2.1", "\tleftid=@b\n\trightid=@hub\n"],
    ]);
    let same = "@hub @a : PSK \"one\"\n@hub @b : PSK \"one\"\n";
    assert_eq!(plutos("any-same", [&spoke, &open], same).0, "up");
    let (said, cause, _) = plutos("any-differ", [&spoke, &open], secrets);
    assert_eq!(
        (said.as_str(), cause.as_deref()),
        ("stalls", Some("psk-mismatch")),
        "it has the first one's key"
    );
    let elsewhere = pluto(&[["x", "192.0.2.1", "203.0.113.7", ""]]);
    let caller = pluto(&[["x", "192.0.2.8", "192.0.2.1", ""]]);
    let (said, cause, _) = plutos("no-conn", [&caller, &elsewhere], ": PSK \"k\"\n");
    assert_eq!((said.as_str(), cause.as_deref()), ("stalls", Some("missing-tunnel-group")));
}

/// Signatures are not run; proposals that do not meet stall all the same.
#[test]
fn signatures() {
    let [west, east] = ["aes256-sha2;modp2048", "aes128-sha1;modp1536"].map(|ike| {
        pluto(&[["x", "192.0.2.8", "192.0.2.1", ""]])
            .replace("secret", "rsasig")
            .replace("aes256-sha2;modp2048", ike)
    });
    check(&[
        (
            "policies apart",
            [("s/ipsec.conf", &west), ("h/ipsec.conf", &east)],
            "stalls",
            Some("policy-mismatch"),
        ),
        ("policies meet", [("s/ipsec.conf", &west), ("h/ipsec.conf", &west)], "unverifiable", None),
    ]);
}

/// charon reads any number of blanks in front of PSK, and one blank on each side of the colon.
#[test]
fn a_daemon_without_a_key() {
    let none = charon(&[["x", SPOKE, "", ""]], "ike-1 {\nid = vpn.example.org\nsecret = open\n}");
    let hub = charon(&[["x", HUB, "", ""]], ANY_KEY);
    check(&[("no key", [("s.conf", &none), ("h.conf", &hub)], "stalls", Some("missing-psk"))]);
}

/// A file that stands beside it is read where it is included, inside a section too.
#[test]
fn includes_of_swanctl() {
    let hub = "connections {\n a {\n include base.conf\n remote {\n auth = psk\n id = a\n } }\n}\nsecrets {\n ike-1 {\n secret = open\n }\n}\n";
    let base = "version = 1\nlocal_addrs = 192.0.2.1\nproposals = aes256-sha256-modp2048\nlocal {\n auth = psk\n id = hub\n}\n";
    let spoke = charon(&[["x", SPOKE, "a", "hub"]], ANY_KEY);
    let files = [("s.conf", spoke.as_str()), ("h.conf", hub)];
    assert_eq!(beside("judged-included", &files, &[("base.conf", base)]).0, "up");
    assert_ne!(judged("judged-not-included", &files).0, "up");
}
