//! A row of the table of Quick Mode faults as a scenario.

use std::fmt::Write;

use serde_json::{Map, Value};

use super::table::Row;

/// Why no scenario file can say it.
pub type Skip = String;

/// What a healthy run has to be measured for: bytes of each message.
pub type Length<'a> = &'a dyn Fn(&str, &str) -> usize;

const GROUPS: [(&str, u16); 7] = [
    ("modp1024", 2),
    ("modp1536", 5),
    ("modp2048", 14),
    ("modp4096", 16),
    ("ecp256", 19),
    ("ecp384", 20),
    ("curve25519", 31),
];
const CIPHERS: [(&str, &str); 8] = [
    ("3des", "esp-3des"),
    ("aes128", "esp-aes-128"),
    ("aes192", "esp-aes-192"),
    ("aes256", "esp-aes-256"),
    ("aes128gcm16", "esp-gcm-128"),
    ("aes_gcm128", "esp-gcm-128"),
    ("aes256gcm16", "esp-gcm-256"),
    ("aes_gcm256", "esp-gcm-256"),
];
const HASHES: [(&str, &str); 6] = [
    ("md5", "md5"),
    ("sha1", "sha"),
    ("sha256", "sha256"),
    ("sha2_256", "sha256"),
    ("sha384", "sha384"),
    ("sha512", "sha512"),
];

fn of<T: Copy>(table: &[(&str, T)], word: &str) -> Option<T> {
    table.iter().find(|(name, _)| *name == word).map(|(_, value)| *value)
}

/// The scenario of a row.
pub fn scenario(row: &Row, length: Length<'_>) -> Result<String, Skip> {
    let action = action(&row["action"])?;
    let profile = |column: &str| match row[column].as_str() {
        "charon" => "strongswan",
        _ => "libreswan",
    };
    let [i, r] = ["initiator_daemon", "responder_daemon"].map(profile);
    let mode = match row["phase1_mode"].as_str() {
        "aggressive" => "mode = 'aggressive'\nconfirm = false\n",
        _ => "",
    };
    // Under SHA-256 the second cipher block is nothing but the hash, as it was for the relay.
    let policy = "group = 31\nencryption = 'aes-128'\nhash = 'sha256'\n";
    let watched = &row["watched_s"];
    let mut text = format!(
        "{mode}until = '{watched}s'\nphase2 = true\n[initiator]\nprofile = '{i}'\naddress = '192.0.2.1'\n\
         [[initiator.policy]]\n{policy}[responder]\nprofile = '{r}'\naddress = '198.51.100.1'\n[[responder.policy]]\n{policy}"
    );
    for (side, profile, column) in [("initiator", i, "initiator_child"), ("responder", r, "responder_child")]
    {
        text += &entry(side, profile, &row[column])?;
    }
    if !row["nat"].is_empty() {
        text += "[[fault]]\nkind = 'nat'\noutside = '203.0.113.7'\n";
    }
    let healthy = text.clone();
    let rules: Value = serde_json::from_str(non_empty(&row["rules"], "[]")).unwrap();
    for rule in rules.as_array().unwrap() {
        for message in rule["msg"].as_str().unwrap().split(',') {
            text += &fault(message, rule, &|message| length(&healthy, message))?;
        }
    }
    Ok(text + &action)
}

/// What is done to a daemon meanwhile: `resp-del at 0.28`.
fn action(text: &str) -> Result<String, Skip> {
    let Some((what, when)) = text.split_once(" at ") else {
        return Ok(String::new());
    };
    let at = match what {
        "init-del" => "initiator",
        "resp-del" => "responder",
        _ => return Err(format!("{what} is no command that clears")),
    };
    // As a user ends a connection: whatever stands under it goes, too.
    Ok(format!(
        "[[fault]]\nkind = 'clear-crypto'\nat = '{at}'\nwhen = '{when}s'\nafter = 'QM1'\nwhat = 'phase1'\n"
    ))
}

fn non_empty<'a>(text: &'a str, or: &'a str) -> &'a str {
    if text.is_empty() { or } else { text }
}

fn fault(message: &str, rule: &Value, length: &dyn Fn(&str) -> usize) -> Result<String, Skip> {
    let (message, from) = match message.split_at(1) {
        ("M", number) => (format!("MSG{number}"), ""),
        ("A", number) => (format!("AM{number}"), ""),
        ("Q", _) => (message.to_owned(), ""),
        ("I", "NFO-I") => ("INFO1".to_owned(), "from = 'initiator'\n"),
        ("I", "NFO-R") => ("INFO1".to_owned(), "from = 'responder'\n"),
        _ => return Err(format!("rule for {message}")),
    };
    let times = rule["count"].as_u64().map_or("'all'".to_owned(), |count| count.to_string());
    let flip = |byte: usize| format!("kind = 'corrupt'\nbyte = {byte}\ntimes = {times}");
    let what = match (rule["action"].as_str().unwrap(), rule["where"].as_str().unwrap_or_default()) {
        ("drop", _) => format!("kind = 'drop'\ntimes = {times}"),
        ("dup", _) => format!("kind = 'duplicate'\ntimes = 1\nafter = '{}s'", rule["gap"]),
        ("delay", _) => format!("kind = 'delay'\nby = '{}s'", rule["seconds"]),
        ("corrupt", "RCOOKIE") => flip(8),
        ("corrupt", "ENCFLAG") => flip(19),
        ("corrupt", "MSGID") => flip(20),
        ("corrupt", "BODY-FIRST") => flip(28),
        ("corrupt", "BLOCK2") => flip(28 + 16),
        ("corrupt", "BODY-LAST") => flip(length(&message) - 1),
        ("truncate", _) => {
            let left = length(&message) - usize::try_from(rule["bytes"].as_u64().unwrap()).unwrap();
            format!("kind = 'truncate'\nlength = {left}\ntimes = {times}")
        }
        other => return Err(format!("rule {other:?}")),
    };
    Ok(format!("[[fault]]\nmessage = '{message}'\n{from}{what}\n"))
}

/// A daemon's one child as an entry of a crypto map.
fn entry(side: &str, profile: &str, child: &str) -> Result<String, Skip> {
    let children: Map<String, Value> = serde_json::from_str(child).unwrap();
    let lines: Vec<String> = match children.len() {
        0 => return Ok(format!("[[{side}.crypto_map]]\nacl = []\n")),
        _ => children.values().map(|one| one_child(profile, one)).collect::<Result<_, _>>()?,
    };
    let numbered =
        lines.iter().zip(1..).map(|(text, n)| format!("[[{side}.crypto_map]]\nsequence = {n}\n{text}"));
    Ok(numbered.collect())
}

fn one_child(profile: &str, child: &Value) -> Result<String, Skip> {
    let word = |key: &str| child[key].as_str().unwrap_or_default();
    let compress = [word("ipcomp"), word("compress")].contains(&"yes");
    let charon = profile == "strongswan";
    let ah = !word("ah_proposals").is_empty() || word("phase2") == "ah";
    let proposals = [word("ah_proposals"), word("esp_proposals"), word("phase2alg")].concat();
    let (sets, mut pfs) = transforms(&proposals, ah)?;
    if word("pfs") == "yes" {
        // pluto's own choice where no group is written: the one of phase 1.
        pfs = pfs.or(Some(14));
    } else if !charon {
        pfs = None;
    }
    let line = if charon {
        let [own, other] = [word("local_ts"), word("remote_ts")].map(selector);
        let place = |(net, _, port): (&str, _, String), own: &str| {
            let net = if net == "dynamic" { own } else { net };
            format!("{net}{port}")
        };
        let protocol = own.1;
        format!("{protocol} {} {}", place(own, "self"), place(other, "peer"))
    } else {
        let [own, other] =
            [("leftsubnet", "leftprotoport", "self"), ("rightsubnet", "rightprotoport", "peer")]
                .map(|(net, port, none)| (non_empty(word(net), none), word(port)));
        let port = |text: &str| text.split_once('/').map_or(String::new(), |(_, port)| format!(":{port}"));
        let protocol = non_empty(own.1.split('/').next().unwrap(), "ip");
        format!("{protocol} {}{} {}{}", own.0, port(own.1), other.0, port(other.1))
    };
    let mode =
        non_empty([word("mode"), word("type")].iter().find(|one| !one.is_empty()).unwrap_or(&""), "tunnel");
    let pfs = pfs.map_or("'none'".to_owned(), |group| group.to_string());
    let mut text = format!(
        "acl = ['{line}']\ntransform_set = {sets:?}\nmode = '{mode}'\npfs = {pfs}\nkilobytes = 0\nattempts = 9\ncompress = {compress}\n"
    );
    let life = non_empty(word("life_time"), word("salifetime")).trim_end_matches('s');
    if !life.is_empty() {
        writeln!(text, "lifetime = {life}").unwrap();
    }
    Ok(text)
}

/// `10.1.0.0/24[udp/1701]` as network, protocol, port.
fn selector(text: &str) -> (&str, &str, String) {
    let Some((net, rest)) = text.split_once('[') else {
        return (text, "ip", String::new());
    };
    let (protocol, port) = rest.trim_end_matches(']').split_once('/').unwrap();
    (net, protocol, if port == "0" { String::new() } else { format!(":{port}") })
}

fn transforms(text: &str, ah: bool) -> Result<(Vec<String>, Option<u16>), Skip> {
    let (mut sets, mut pfs) = (Vec::new(), None);
    for one in text.split(',') {
        let (mut cipher, mut hash) = (None, None);
        for part in one.split(['-', ';', '+']) {
            if let Some(group) = of(&GROUPS, part) {
                pfs = Some(group);
            } else if let Some(name) = of(&CIPHERS, part) {
                cipher = Some(name);
            } else {
                hash = Some(of(&HASHES, part).ok_or_else(|| format!("algorithm {part}"))?);
            }
        }
        sets.push(match (cipher, hash) {
            (Some(cipher), None) => cipher.to_owned(),
            (Some(cipher), Some(hash)) => format!("{cipher} esp-{hash}-hmac"),
            (None, Some(hash)) if ah => format!("ah-{hash}-hmac"),
            (None, _) => return Err(format!("proposal {one}")),
        });
    }
    Ok((sets, pfs))
}
