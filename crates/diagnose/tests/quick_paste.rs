//! What a paste says of Quick Mode.

use diagnose::paste::{Certainty, Phase, Story, read};

fn story(lines: &[&str]) -> Story {
    read(&[&lines.join("\n")]).stories.remove(0)
}

fn causes(story: &Story) -> Vec<&str> {
    story.suspects.iter().map(|suspect| suspect.issue.name()).collect()
}

const UP: &str = "ISAKMP:(1001):Old State = IKE_I_MM6  New State = IKE_P1_COMPLETE";
const BEGINS: &str = "ISAKMP:(1001):beginning Quick Mode exchange, M-ID of 7";
const AGAIN: &str = "ISAKMP:(1001):retransmitting phase 2 QM_IDLE       7 ...";

#[test]
fn a_router_that_resends_quick_mode_waits_for_its_answer() {
    let waits = story(&[UP, BEGINS, AGAIN, AGAIN]);
    assert_eq!((waits.phase1, waits.phase2), (Phase::Established, Phase::Stalled));
    assert_eq!(causes(&waits).first(), Some(&"message-lost"));
    let done = "ISAKMP:(1001):Old State = IKE_QM_I_QM1  New State = IKE_QM_PHASE2_COMPLETE";
    let up = story(&[UP, BEGINS, AGAIN, done]);
    assert_eq!(up.phase2, Phase::Established);
    assert!(up.suspects.is_empty(), "{:?}", causes(&up));
}

#[test]
fn a_refused_proposal_may_be_its_pfs() {
    for line in [
        "ISAKMP-ERROR:(1001):IPSec policy invalidated proposal with error 256",
        "%ASA-5-713904: IP = 192.0.2.1, All IPSec SA proposals found unacceptable!",
    ] {
        let refused = story(&[line]);
        assert_eq!(causes(&refused), ["transform-mismatch", "pfs-mismatch"], "{line}");
        assert!(refused.suspects.iter().all(|suspect| suspect.certainty == Certainty::Fits));
    }
}
