//! Any bytes as a capture; every datagram in it as a message to a listener; the whole of it judged.

#![no_main]

use std::cell::RefCell;

use diagnose::captures::{GivenKeys, Judge};
use libfuzzer_sys::fuzz_target;

thread_local! {
    /// The engine's runs are made once: what is fuzzed is what is made of captures.
    static JUDGE: RefCell<Judge> = RefCell::default();
}

fuzz_target!(|bytes: &[u8]| {
    // Unpacking gzip would test somebody else's library.
    if bytes.starts_with(&[0x1f, 0x8b]) {
        return;
    }
    if let Ok(capture) = capture::read(bytes) {
        assert!(capture.datagrams.len() as u64 <= capture.frames);
        let mut observer = ike::Observer::default();
        for datagram in &capture.datagrams {
            let _ = observer.observe(&datagram.payload);
        }
        let captures = [capture];
        let findings = JUDGE.with_borrow_mut(|judge| judge.judge(&captures, &GivenKeys::default()));
        let alike: usize = findings.judgements.iter().map(|judgement| judgement.alike.len()).sum();
        assert_eq!(findings.judgements.len() + alike, findings.found);
    }
});
