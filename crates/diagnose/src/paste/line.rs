//! A line of a paste without what syslog, journal, terminal monitor and the devices themselves put before it.

use vendor::Vendor;

/// The text of a line, and how the device labels what it is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Text<'t> {
    pub text: &'t str,
    /// charon: the thread that says it.
    pub thread: Option<&'t str>,
    /// charon: the number of its SA; pluto: the name of its connection; IOS: the SA's number.
    pub label: Option<&'t str>,
    /// pluto: the number of its state; IOS: 0, where the SA has no number yet.
    pub serial: Option<u32>,
    /// The peer's address beside the label.
    pub peer: Option<&'t str>,
    /// charon: it belongs to the line before it: bytes, a list, a step of a choice.
    pub indented: bool,
    /// Whose it is for certain: nobody else marks lines so.
    pub vendor: Option<Vendor>,
}

/// A line without the marks of a mail that quotes it, or of a table that it stands in.
pub(super) fn unquoted(line: &str) -> &str {
    let mut line = line;
    while let Some(rest) = line.trim_start().strip_prefix("> ") {
        line = rest;
    }
    line.trim().strip_prefix("| ").and_then(|cell| cell.strip_suffix(" |")).unwrap_or(line)
}

/// How often the line before this one came again; syslog writes it instead of the lines.
pub(super) fn repeats(line: &str) -> Option<usize> {
    let (_, rest) = line.split_once("last message repeated ")?;
    rest.split_whitespace().next()?.parse().ok()
}

/// How often syslog says that the line in brackets came.
pub(super) fn times(line: &str) -> usize {
    let count = line.split_once("message repeated ").filter(|(_, rest)| rest.contains(": ["));
    count.and_then(|(_, rest)| rest.split_whitespace().next()?.parse().ok()).unwrap_or(1)
}

/// `| text`: what pluto says to those who debug it.
pub(super) fn is_debug(line: &str) -> bool {
    let line = line.trim();
    let head = |head: &str| head.ends_with(|c: char| c == ']' || c.is_ascii_digit()) && !head.contains('"');
    line.starts_with("| ") || line.split_once(": | ").is_some_and(|(before, _)| head(before))
}

/// Takes a line apart. What a repeat counts is one line.
pub(super) fn text(line: &str) -> Text<'_> {
    let line = line.trim();
    // syslog folds equal lines into one and puts the line into brackets.
    let line = match line.split_once("message repeated ").and_then(|(_, rest)| rest.split_once(": [")) {
        Some((_, inner)) => inner.trim_end_matches(']').trim(),
        None => line,
    };
    // The surest marks first: the word ISAKMP may stand in anybody's line.
    charon(line)
        .or_else(|| security_association(line))
        .or_else(|| pluto(line))
        .or_else(|| fortios(line))
        .or_else(|| cisco(line))
        .unwrap_or(Text { text: line, ..Text::default() })
}

/// `06[IKE] <ph1|1> text`, with anything before it.
fn charon(line: &str) -> Option<Text<'_>> {
    let groups = [
        "[IKE]", "[ENC]", "[CFG]", "[NET]", "[JOB]", "[MGR]", "[KNL]", "[DMN]", "[LIB]", "[CHD]", "[TNC]",
        "[ASN]",
    ];
    // The first: the text behind it may name another group.
    let (at, group) = groups.iter().filter_map(|group| Some((line.find(group)?, *group))).min()?;
    let before = line.get(..at)?;
    let thread = before.rsplit(|c: char| !c.is_ascii_digit()).next().filter(|digits| !digits.is_empty());
    let rest = line.get(at + group.len()..)?;
    let (label, behind) = match rest.trim_start().strip_prefix('<').and_then(|rest| rest.split_once('>')) {
        // charon writes `<3>` until it has chosen a connection, then `<gw|3>`: the number is what stays.
        Some((label, text)) => (Some(label.rsplit('|').next().unwrap_or(label)), text),
        None => (None, rest),
    };
    // The group stays: some lines are known by it alone.
    let vendor = Some(Vendor::Strongswan);
    let indented = behind.starts_with("  ") || is_dump(behind.trim_start());
    Some(Text { text: line.get(at..)?, thread, label, indented, vendor, ..Text::default() })
}

/// `1024: 0A 1B ..`: bytes.
fn is_dump(text: &str) -> bool {
    let hex = |word: &str| word.len() == 2 && word.chars().all(|c| c.is_ascii_hexdigit());
    text.split_once(": ")
        .is_some_and(|(at, bytes)| at.parse::<u32>().is_ok() && bytes.split(' ').next().is_some_and(hex))
}

/// charon's lists: `gw: #3, ESTABLISHED, IKEv1, ..`, `gw[3]: ESTABLISHED 2 seconds ago, ..`.
fn security_association(line: &str) -> Option<Text<'_>> {
    let number = match line.split_once(": #").filter(|(_, rest)| rest.contains(", IKEv")) {
        Some((_, rest)) => rest.split(',').next()?,
        None => {
            let (head, rest) = line.split_once("]: ")?;
            let states =
                ["ESTABLISHED", "CONNECTING", "REKEYING", "DELETING", "IKEv1 SPIs", "IKEv2 SPIs", "Tasks "];
            states.iter().any(|state| rest.starts_with(state)).then_some(head.rsplit_once('[')?.1)?
        }
    };
    number.parse::<u32>().is_ok().then_some(Text { text: line, label: Some(number), ..Text::default() })
}

/// `"conn"[1] 192.0.2.1 #2: text`, `packet from 192.0.2.1:500: text`, with `002 ` or a log's head before it.
fn pluto(line: &str) -> Option<Text<'_>> {
    if let Some((_, rest)) = line.split_once("packet from ") {
        let (peer, text) = rest.split_once(": ")?;
        return Some(Text { text, peer: Some(address_of(peer)), ..Text::default() });
    }
    let (before, rest) = line.split_once('"')?;
    let (label, rest) = rest.split_once('"')?;
    if let Some(shown) = shown(before, rest) {
        return Some(Text { label: Some(label), ..shown });
    }
    let (head, text) = rest.split_once(": ")?;
    let serial = head.rsplit_once('#').and_then(|(_, number)| number.parse().ok());
    // Anybody may quote a word: only what pluto puts behind a connection's name makes it one.
    let looks = head.is_empty() || head.contains('#') || head.starts_with('[');
    let peer = head.split_whitespace().find(|word| word.parse::<std::net::IpAddr>().is_ok());
    let vendor = serial.map(|_| Vendor::Libreswan);
    looks.then_some(Text { text, label: Some(label), serial, peer, vendor, ..Text::default() })
}

/// `#2: "conn"[1] 192.0.2.1:500 STATE_MAIN_I1 (sent MI1, ..`: a row of pluto's status, by what stands around its name.
fn shown<'t>(before: &str, behind: &'t str) -> Option<Text<'t>> {
    let serial: u32 = before.trim_end().strip_suffix(':')?.rsplit_once('#')?.1.parse().ok()?;
    let state = |word: &&str| {
        let word = word.trim_start_matches("STATE_");
        ["MAIN_", "AGGR_", "QUICK_", "XAUTH_", "MODE_CFG_"].iter().any(|kind| word.starts_with(kind))
    };
    let name = behind.split_whitespace().find(state)?;
    let at = behind.find(name)?;
    let mut ends = behind.get(..at)?.split_whitespace().map(address_of);
    let peer = ends.find(|word| word.parse::<std::net::IpAddr>().is_ok());
    let vendor = Some(Vendor::Libreswan);
    Some(Text { text: behind.get(at..)?, serial: Some(serial), peer, vendor, ..Text::default() })
}

/// `ike 0:name:103: text`; before the name is known both cookies stand in its place.
fn fortios(line: &str) -> Option<Text<'_>> {
    let (_, rest) = line.split_once("ike ")?;
    // Later versions name the domain: `ike V=root:0:name:103: text`.
    let rest = match rest.strip_prefix("V=") {
        Some(named) => named.split_once(':')?.1,
        None => rest,
    };
    let mut parts = rest.splitn(4, ':');
    let number = |part: Option<&'_ str>| part.is_some_and(|part| part.parse::<u32>().is_ok());
    let (domain, _, serial) = (parts.next(), parts.next()?, parts.next()?);
    let vendor = Some(Vendor::Fortios);
    (number(domain) && number(Some(serial))).then_some(Text {
        text: line,
        label: Some(serial),
        vendor,
        ..Text::default()
    })
}

/// `ISAKMP:(1001):text`, `ISAKMP (0:1001): text`, `Group = g, IP = 192.0.2.1, text`.
fn cisco(line: &str) -> Option<Text<'_>> {
    if let Some((_, rest)) = line.split_once("IP = ") {
        let peer = rest.split([',', ' ']).next()?;
        return Some(Text { text: line, peer: Some(peer), ..Text::default() });
    }
    let (_, rest) = line.split_once("ISAKMP")?;
    let (_, rest) = rest.split_once('(')?;
    let (number, _) = rest.split_once(')')?;
    // 0 is every SA that has no number yet: they must not become one.
    let number = number.rsplit(':').next().filter(|number| number.parse::<u32>().is_ok());
    let (label, serial) = if number == Some("0") { (None, Some(0)) } else { (number, None) };
    Some(Text { text: line, label, serial, ..Text::default() })
}

/// An address without the port behind it.
pub(super) fn address_of(text: &str) -> &str {
    let text = text.trim_start_matches('[');
    // An IPv6 address has colons of its own: it is no address with a port.
    if text.parse::<std::net::IpAddr>().is_ok() {
        return text;
    }
    let text = text.split(['[', ']', '/', ',', ' ']).next().unwrap_or(text);
    text.rsplit_once(':').map_or(text, |(address, _)| address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_before_a_line_is_told_from_it() {
        let charon = text("Apr 23 13:05:45 host charon[10518]: 12[IKE] <gw|3> no peer config found\r");
        assert_eq!((charon.thread, charon.label), (Some("12"), Some("3")));
        let pluto = text("002 \"a b\"[1] 192.0.2.7 #4: responding to Main Mode");
        assert_eq!((pluto.label, pluto.serial, pluto.peer), (Some("a b"), Some(4), Some("192.0.2.7")));
        let repeated = text(
            "vpn pluto[1]: message repeated 6 times: [ \"c\" #1: discarding initial packet; already STATE_MAIN_R0]",
        );
        assert_eq!(repeated.text, "discarding initial packet; already STATE_MAIN_R0");
        assert_eq!(text("packet from 192.0.2.1:500: x").peer, Some("192.0.2.1"));
        assert_eq!(text("ike V=root:0:gw:7: x").label, Some("7"));
        assert!(is_debug("Jun 18 04:06:51.188228: | ISAKMP Notification Payload"));
        assert!(is_debug("Jun 18 04:06:51 gw pluto[7]: |   00 00") && !is_debug("\"c\" #1: x: | y"));
        assert_eq!(text("ISAKMP (0:1001): Need XAUTH").label, Some("1001"));
        assert_eq!(text("ISAKMP:(0):Need").label, None);
        assert_eq!(text("Nov 08 [IKEv1]Group = g, IP = 192.0.2.1, QM").peer, Some("192.0.2.1"));
    }

    #[test]
    fn rows_of_the_daemons_lists_have_their_labels() {
        let sa = text("gw: #3, ESTABLISHED, IKEv1, 0102030405060708_i* 1112131415161718_r");
        assert_eq!(sa.label, Some("3"));
        assert_eq!(text("net: #3, reqid 1, INSTALLED, TUNNEL").label, None, "a child has numbers of its own");
        assert_eq!(text("gw[7]: CONNECTING, 192.0.2.1[%any]...192.0.2.2[%any]").label, Some("7"));
        let row = text(
            "000 #5: \"rw\"[2] 203.0.113.9:4500 STATE_MAIN_R1 (sent MR1, expecting MI2); EVENT_RETRANSMIT",
        );
        assert_eq!((row.label, row.serial, row.peer), (Some("rw"), Some(5), Some("203.0.113.9")));
        assert!(row.text.starts_with("STATE_MAIN_R1 ("), "{row:?}");
    }

    #[test]
    fn each_device_marks_its_lines_as_its_own() {
        let charon = |text, label| Text {
            text,
            thread: Some("12"),
            label,
            vendor: Some(Vendor::Strongswan),
            ..Text::default()
        };
        let pluto = Text { text: "x", label: Some("c"), ..Text::default() };
        let shown = Text { text: "MAIN_I1 (sent", serial: Some(5), peer: Some("192.0.2.9"), ..pluto };
        let fortios = Text { text: "ike 0:gw:7: x", label: Some("7"), ..Text::default() };
        for (line, found) in [
            ("gw charon: 12[IKE] <gw|3> x", charon("[IKE] <gw|3> x", Some("3"))),
            ("12[CFG] [IKE] x", charon("[CFG] [IKE] x", None)),
            ("packet from 192.0.2.9:500: x", Text { text: "x", peer: Some("192.0.2.9"), ..Text::default() }),
            ("002 \"c\": x", pluto),
            ("002 \"c\" #1: x", Text { serial: Some(1), vendor: Some(Vendor::Libreswan), ..pluto }),
            ("#5: \"c\"[2] 192.0.2.9:500 MAIN_I1 (sent", Text { vendor: Some(Vendor::Libreswan), ..shown }),
            ("ike 0:gw:7: x", Text { vendor: Some(Vendor::Fortios), ..fortios }),
            ("ike 0:gw:x: y", Text { text: "ike 0:gw:x: y", ..Text::default() }),
            ("ike x:gw:7: y", Text { text: "ike x:gw:7: y", ..Text::default() }),
            ("ISAKMP:(0):x", Text { text: "ISAKMP:(0):x", serial: Some(0), ..Text::default() }),
            ("ISAKMP:(1001):x", Text { text: "ISAKMP:(1001):x", label: Some("1001"), ..Text::default() }),
            ("ISAKMP:(x):y", Text { text: "ISAKMP:(x):y", ..Text::default() }),
        ] {
            assert_eq!(text(line), found, "{line}");
        }
    }

    #[test]
    fn steps_of_a_choice_and_bytes_belong_to_the_line_before() {
        for (line, indented) in [
            ("12[CFG] <3>   candidate", true),
            ("12[ENC] <3> 16: 0A 1B", true),
            ("12[ENC] <3> 16: zz 1B", false),
            ("12[ENC] <3> 16: A 1B", false),
            ("12[ENC] <3> 16: 0AB", false),
            ("12[ENC] <3> at: 0A 1B", false),
            ("12[ENC] <3> x", false),
        ] {
            assert_eq!(text(line).indented, indented, "{line}");
        }
        for (line, debug) in [
            ("| x", true),
            ("Jun 18 04:06:51: | x", true),
            ("pluto[7]: | x", true),
            ("\"c\" #1: | x", false),
            ("somebody: | x", false),
        ] {
            assert_eq!(is_debug(line), debug, "{line}");
        }
    }

    #[test]
    fn a_quoted_line_is_the_line() {
        assert_eq!(unquoted("> > authenticated"), "authenticated");
        assert_eq!(unquoted("| giving up |"), "giving up");
        assert_eq!(unquoted("asa> show version"), "asa> show version");
    }

    #[test]
    fn repeats_are_counted() {
        assert_eq!(repeats("Apr 23 13:05:45 gw last message repeated 4 times"), Some(4));
        assert_eq!(repeats("nothing"), None);
        assert_eq!(times("gw pluto[1]: message repeated 6 times: [ \"c\" #1: x]"), 6);
        assert_eq!(times("message repeated"), 1);
    }

    #[test]
    fn an_address_loses_its_port() {
        for (text, address) in
            [("192.0.2.1:500", "192.0.2.1"), ("192.0.2.1[500]", "192.0.2.1"), ("2001:db8::1", "2001:db8::1")]
        {
            assert_eq!(address_of(text), address);
        }
    }
}
