//! Any two texts are read as configurations, and every session between them becomes a scenario that parses; no key is
//! in what is shown.

#![no_main]

use config::{Device, Format, Key};
use libfuzzer_sys::fuzz_target;
use predict::{Phases, ShownKeys};
use scenario::{ErrorKind, Scenario};

fuzz_target!(|bytes: &[u8]| {
    // One byte for the format, then two texts with a zero byte between them.
    let Some((choice, texts)) = bytes.split_first() else { return };
    let format = Format::ALL.get(usize::from(*choice)).copied();
    let mut parts = texts.splitn(2, |byte| *byte == 0);
    let devices: Vec<Device> =
        parts.by_ref().flat_map(|text| config::read("text", text, format).devices).collect();
    let devices: Vec<&Device> = devices.iter().take(8).collect();
    for line in devices.iter().flat_map(|device| &device.keys) {
        if let Key::Known(secret) = &line.key
            && secret.reveal().len() > 16
            && let Ok(key) = std::str::from_utf8(secret.reveal())
        {
            // A key may be words that stand elsewhere too.
            let once = texts.windows(key.len()).filter(|window| *window == key.as_bytes()).count() == 1;
            assert!(!(once && line.at.text.contains(key)), "a key is shown");
        }
    }
    let (sessions, _) = predict::sessions(&devices);
    for session in sessions.iter().take(8) {
        let text = predict::as_scenario(session, ShownKeys::Real, Phases::Both).text;
        if let Err(error) = Scenario::parse("text", &text) {
            // Very long keys and names, very many policies, signatures: a configuration may hold them.
            assert!(error.kind() != ErrorKind::Invalid, "{error}\n{text}");
        }
    }
});
