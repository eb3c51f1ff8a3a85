//! Several devices in one paste: each prompt and each head of syslog names the device whose line follows.

/// Devices that are told apart in one paste.
const MOST: usize = 64;

/// The lines of one device: their numbers in the paste, and their text.
pub(super) type Lines<'t> = Vec<(usize, &'t str)>;

/// Numbered lines, by the device that printed them, in the order in which the devices come up.
pub(super) fn apart<'t>(lines: impl Iterator<Item = (usize, &'t str)>) -> Vec<Lines<'t>> {
    let mut devices: Vec<(Option<&'t str>, Lines<'t>)> = Vec::new();
    let mut at = 0;
    for (number, line) in lines {
        if let Some(name) = name(line) {
            let known = devices.iter().position(|(known, _)| *known == Some(name));
            at = match known {
                Some(known) => known,
                // What stands before the first name is that device's too.
                None if devices.len() == 1 && devices.first().is_some_and(|(known, _)| known.is_none()) => {
                    devices.iter_mut().for_each(|(known, _)| *known = Some(name));
                    0
                }
                None if devices.len() < MOST => {
                    devices.push((Some(name), Vec::new()));
                    devices.len() - 1
                }
                None => at,
            };
        } else if devices.is_empty() {
            devices.push((None, Vec::new()));
        }
        if let Some((_, lines)) = devices.get_mut(at) {
            lines.push((number, line));
        }
    }
    devices.into_iter().map(|(_, lines)| lines).collect()
}

fn name(line: &str) -> Option<&str> {
    let line = line.trim();
    prompted(line).or_else(|| logged(line))
}

/// What people type at a prompt to see what pastes have.
const TYPED: [&str; 14] = [
    "show",
    "sho",
    "sh",
    "debug",
    "do",
    "clear",
    "ping",
    "ipsec",
    "swanctl",
    "sudo",
    "journalctl",
    "cat",
    "tail",
    "grep",
];

/// `R1#show crypto isakmp sa`, `asa/pri/act> show ..`, `[root@gw ~]# ipsec status`, `user@gw:~$ swanctl ..`.
fn prompted(line: &str) -> Option<&str> {
    let (head, command) = line.split_once(['#', '>', '$'])?;
    let command = command.split_whitespace().next()?;
    let head = head.trim_start_matches('[').trim_end_matches(']');
    let host = match head.split_once('@') {
        Some((user, rest)) => rest.split([':', ' ']).next().filter(|_| is_name(user))?,
        None => head.split(['(', '/']).next().filter(|_| !head.contains(' '))?,
    };
    (TYPED.contains(&command) && is_name(host)).then_some(host)
}

/// A prompt with nothing behind it, or with what somebody typed to see the lines below.
pub(super) fn is_prompt(line: &str) -> bool {
    let line = line.trim();
    prompted(line).is_some() || line.strip_suffix(['#', '>']).is_some_and(|head| is_name(head.trim_end()))
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || ".-_".contains(c))
}

/// The name behind the time: `Apr 23 13:05:45 gw charon[7]: ..`, `2026-04-23T13:05:45+02:00 gw pluto[7]: ..`.
fn logged(line: &str) -> Option<&str> {
    let mut words = line.split_whitespace().take(7);
    words.by_ref().find(|word| is_time(word))?;
    let host = words.next()?;
    let program = words.next()?;
    let programs = [
        "charon", "pluto", "ipsec", "racoon", "kmd", "ike", "%ASA-", "%PIX-", "%FTD-", "%CRYPTO-", "isakmpd",
        "iked",
    ];
    // A syslog server puts a colon between an ASA's name and its message.
    let program = if program == ":" { words.next()? } else { program };
    (is_name(host) && programs.iter().any(|known| program.starts_with(known))).then_some(host)
}

/// `13:05:45`, with a fraction, or behind a date and a `T`.
fn is_time(word: &str) -> bool {
    let time = word.rsplit('T').next().unwrap_or(word);
    let mut parts = time.split(':');
    let digits = |part: Option<&str>| part.is_some_and(|part| part.len() == 2 && part.parse::<u8>().is_ok());
    digits(parts.next())
        && digits(parts.next())
        && parts.next().is_some_and(|seconds| seconds.starts_with(|c: char| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prompts_and_heads_name_devices() {
        for (line, host) in [
            ("R1#show crypto isakmp sa", Some("R1")),
            ("asa/pri/act# sh crypto ikev1 sa", Some("asa")),
            ("[root@gw ~]# ipsec status", Some("gw")),
            ("user@moon:~$ sudo swanctl --list-sas", Some("moon")),
            ("Apr 23 13:05:45 gw charon[10518]: 12[IKE] <1> x", Some("gw")),
            ("2026-04-23T13:05:45.123+02:00 sun pluto[7]: \"c\" #1: x", Some("sun")),
            ("Jan 01 2026 10:00:00 fw-a : %ASA-5-713119: x", Some("fw-a")),
            ("Nov 26 17:57:19.521756: \"c1\" #1: X509", None),
            ("*Oct 25 20:37:02.887: ISAKMP: (1003):transform 1, ESP_AES", None),
            ("000 #1: \"c\":500 STATE_MAIN_I1 (sent MI1, expecting MR1)", None),
            ("IPSEC(sa_request): , #pkts", None),
            ("17.165 07[IKE] <1> shared Diffie Hellman secret => 256 bytes", None),
            ("05[IKE] <ph1|1> sh", None),
            ("R1#reload", None),
            ("a b#show version", None),
            ("R,1#show version", None),
            ("#show version", None),
            ("[a b@gw ~]# ipsec status", None),
            ("Apr 23 13:05:45 gw sshd[7]: x", None),
            ("Apr 23 13:05:45 g,w charon[7]: x", None),
            ("Apr 23 13:xx:45 gw charon[7]: x", None),
            ("Apr 23 130:05:45 gw charon[7]: x", None),
            ("Apr 23 13:05:xx gw charon[7]: x", None),
            ("Apr 23 13:05 gw charon[7]: x", None),
        ] {
            assert_eq!(name(line), host, "{line}");
        }
    }

    #[test]
    fn what_stands_at_a_prompt_is_no_evidence() {
        for line in ["R1#", "R1>", "asa #", "R1#show crypto isakmp sa", "  R1#  "] {
            assert!(is_prompt(line), "{line}");
        }
        for line in ["#", "a b#", "R1#reload", "05[IKE] <gw|1>", "192.0.2.1 up", "(x)#"] {
            assert!(!is_prompt(line), "{line}");
        }
    }

    #[test]
    fn of_too_many_devices_the_others_are_the_last_ones() {
        let text: Vec<String> = (0..MOST + 2).map(|n| format!("R{n}#show version")).collect();
        let apart = apart((1..).zip(text.iter().map(String::as_str)));
        assert_eq!((apart.len(), apart[0].len(), apart[MOST - 1].len()), (MOST, 1, 3));
    }

    #[test]
    fn lines_before_the_first_name_are_its() {
        let text = ["x", "A#show y", "z", "B#show y", "w", "A#show v"];
        let apart = apart((1..).zip(text));
        let numbers: Vec<Vec<usize>> =
            apart.iter().map(|lines| lines.iter().map(|(number, _)| *number).collect()).collect();
        assert_eq!(numbers, [vec![1, 2, 3, 6], vec![4, 5]]);
    }
}
