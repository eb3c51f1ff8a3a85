//! What a listener did in all: a few lines for people, an object for programs.

use std::net::SocketAddr;

use ike::Instant;
use serde::Serialize;
use sim::Counts;

use crate::ladder::Layout;
use crate::line::{Line, written};
use crate::reasons::plural;
use crate::text::labelled;

/// A listener at its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listened {
    /// Where it listened.
    pub local: SocketAddr,
    /// How long.
    pub ended: Instant,
    /// What its service counted.
    pub counts: Counts,
    /// Datagrams dropped before the service heard of them: more came than it could hear.
    pub overrun: u64,
}

/// What was dropped, each reason by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Dropped {
    strays: u64,
    unanswered: u64,
    refused: u64,
    repeated: u64,
    overrun: u64,
}

#[derive(Serialize)]
struct Object {
    schema: &'static str,
    local: String,
    ended: String,
    datagrams: u64,
    up: u64,
    failed: u64,
    untold: u64,
    dropped: Option<Dropped>,
    said: Option<String>,
}

impl Listened {
    /// Every negotiation came up, and one did.
    pub fn succeeded(&self) -> bool {
        let Counts { up, failed, evicted, .. } = self.counts;
        // A caller that was dropped for want of memory may be the one that would have failed.
        up > 0 && failed == 0 && evicted == 0
    }

    /// Nobody sent anything: there is nothing to judge.
    pub fn is_silent(&self) -> bool {
        // What came too fast to be heard was no silence.
        self.counts.datagrams == 0 && self.overrun == 0
    }

    /// What was dropped, if anything was.
    pub fn dropped(&self) -> Option<Dropped> {
        let Counts { strays, evicted, refused, unrecorded, .. } = self.counts;
        let overrun = self.overrun;
        let dropped = Dropped { strays, unanswered: evicted, refused, repeated: unrecorded, overrun };
        (strays + evicted + refused + unrecorded + overrun > 0).then_some(dropped)
    }

    /// A few lines.
    pub fn text(&self, layout: Layout) -> String {
        let Listened { local, counts, .. } = self;
        if self.is_silent() {
            return written(&labelled("", &self.silence(), layout));
        }
        let Counts { up, failed, untold, datagrams, .. } = counts;
        let all = format!("{local} for {} s · {} heard", self.ended(), plural(*datagrams, "datagram"));
        let mut lines = labelled("listened", &all, layout);
        // Otherwise the count would not agree with the ladders above it.
        let more = if *untold == 0 {
            String::new()
        } else {
            format!(", {untold} of them not shown: their callers never answered")
        };
        lines.extend(labelled("came up", &format!("{up} · {failed} did not{more}"), layout));
        lines.extend(self.dropped().iter().flat_map(|dropped| self::dropped(dropped, layout)));
        written(&lines)
    }

    /// One object, no newline.
    ///
    /// # Errors
    /// None in practice: every key is a string.
    pub fn json(&self) -> Result<String, serde_json::Error> {
        let Counts { datagrams, up, failed, untold, .. } = self.counts;
        serde_json::to_string(&Object {
            schema: "ikesim/listen/1",
            local: self.local.to_string(),
            ended: format!("{}s", self.ended()),
            datagrams,
            up,
            failed,
            untold,
            dropped: self.dropped(),
            said: self.is_silent().then(|| self.silence()),
        })
    }

    /// To the millisecond.
    fn ended(&self) -> Instant {
        // A real clock: its microseconds tell of the machine, not of a peer.
        Instant::from_micros(self.ended.as_micros() / 1000 * 1000)
    }

    fn silence(&self) -> String {
        format!("no packet came to {} in {} s", self.local, self.ended())
    }
}

fn dropped(dropped: &Dropped, layout: Layout) -> Vec<Line> {
    let Dropped { strays, unanswered, refused, repeated, overrun } = *dropped;
    let parts = [
        (strays, "datagram", "that belonged to no negotiation"),
        (unanswered, "caller", "that never answered, at random: memory was short"),
        (refused, "first message", "while nobody could go: memory was short"),
        (repeated, "datagram", "beyond what one negotiation may hold, which changed nothing"),
        (overrun, "datagram", "unheard: they came faster than they could be heard"),
    ];
    let parts = parts.into_iter().filter(|(count, ..)| *count > 0);
    let texts = parts.map(|(count, what, why)| format!("{} {why}", plural(count, what)));
    texts
        .enumerate()
        .flat_map(|(n, text)| labelled(if n == 0 { "dropped" } else { "" }, &text, layout))
        .collect()
}
