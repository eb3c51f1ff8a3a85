//! The sentences about a paste.

use diagnose::paste::{Certainty, Issue, Mend, OWN, PEER, Phase, Story, Suspect};
use ike::Role;
use sim::Cause;
use vendor::{Source, Vendor};

use crate::remedy;

/// What an issue is, at the device that is at fault; whose it is, where that is the peer, no line tells.
pub(super) fn meaning(suspect: &Suspect) -> &'static str {
    let device = suspect.mend.as_ref().filter(|mend| !mend.at_peer).and_then(|mend| mend.device);
    match suspect.issue {
        Issue::Phase1(cause) => crate::causes::meaning(cause, device),
        Issue::IkeVersion => "one side speaks IKEv2 alone to this peer, the other IKEv1",
        Issue::XauthMissing => "XAUTH, or another kind of authentication, on one side alone",
        Issue::XauthFailed => "phase 1 is up, the user name or password is refused (XAUTH)",
        Issue::Certificate => "certificates: one is missing, expired, or of an unknown issuer",
        Issue::MapUnbound => "IKE is enabled, and no crypto map is bound to the interface",
        Issue::MapIncomplete => "the crypto map entry lacks its peer, its list or its transform set",
        Issue::Transforms => "phase 2: no transform set (ESP cipher, hash, mode) in common",
        Issue::Pfs => "phase 2: PFS on one side alone, or with another group",
        Issue::Networks => "phase 2: the networks (crypto lists, selectors) do not mirror each other",
        Issue::Phase2 => "phase 2 is refused; phase 1 is fine",
        Issue::OneWay => "the tunnel is up, and packets pass one way alone",
        Issue::NoTunnel => "packets want into the tunnel and find no SA: phase 1 or 2 does not come up",
        Issue::PeerLost => "the tunnel was up, and the peer answers dead peer detection no more",
    }
}

pub(super) fn certainty(certainty: Certainty) -> &'static str {
    match certainty {
        Certainty::Said => "a line says so",
        Certainty::Follows => "follows from the lines",
        Certainty::Fits => "fits, as others do",
    }
}

pub(super) fn certainty_name(certainty: Certainty) -> &'static str {
    match certainty {
        Certainty::Said => "said",
        Certainty::Follows => "follows",
        Certainty::Fits => "fits",
    }
}

/// The observation that decides.
pub(super) fn decides(issue: Issue) -> &'static str {
    match issue {
        Issue::Phase1(cause) => crate::explain::decides(cause),
        Issue::IkeVersion => "a capture of the first message: its header says version 1.0 or 2.0",
        Issue::XauthMissing => "the responder's log names the kind of authentication that it looked for",
        Issue::XauthFailed => "the authentication server's log",
        Issue::Certificate => "each side's certificate, its dates and its issuer",
        Issue::MapUnbound => "`show crypto map`: its last lines name the interfaces",
        Issue::MapIncomplete => {
            "`show running-config crypto map`: each entry with peer, match address, transform set"
        }
        Issue::Transforms => "the responder's log names the proposals it got and its own",
        Issue::Pfs => "`set pfs` on both sides, or the group in both ESP proposals",
        Issue::Networks => "the responder's log names the networks it was asked for",
        Issue::Phase2 => "the responder's log: proposals, PFS or networks",
        // One side's counters cannot tell a loss on the way from a peer that sends nothing.
        Issue::OneWay => "the same counters at the peer: what is sent here is received there, or not",
        Issue::NoTunnel => "`show crypto isakmp sa`: QM_IDLE means that phase 2 is refused",
        Issue::PeerLost => "ping the peer, and look whether its own side still has the SA",
    }
}

/// What to do about a suspect.
pub(super) fn fix(suspect: &Suspect, story: &Story) -> Vec<String> {
    let lines = suspect.mend.as_ref().map_or(Vec::new(), mended);
    // A suspect's own fix has this paste's addresses in it; advice holds for anybody.
    if lines.is_empty() {
        return advice(suspect.issue, story);
    }
    lines
}

/// Which part the device plays nothing tells: it stands as responder.
fn unsaid(role: Role) -> &'static str {
    match role {
        Role::Responder => "this device",
        Role::Initiator => "its peer",
    }
}

fn mended(mend: &Mend) -> Vec<String> {
    // Of no device whose commands are not kept.
    let kept = [Vendor::Asa, Vendor::Ios, Vendor::Strongswan, Vendor::Libreswan];
    let plain = mend.device.is_some_and(|device| !kept.contains(&device));
    let names = if mend.nameless { unsaid } else { Role::name };
    let lines = match mend.part {
        Some(part) => remedy::own(&mend.remedy, part, plain, names),
        None => remedy::lines(Some(&mend.remedy)),
    };
    // Addresses that nobody entered are shown as what they are.
    let own = if mend.at_peer { "<address of this device>" } else { "<own address>" };
    let named = |line: String| line.replace(&OWN.to_string(), own).replace(&PEER.to_string(), "<peer>");
    lines.into_iter().map(named).collect()
}

/// What to do where no command of this device is kept.
fn advice(issue: Issue, story: &Story) -> Vec<String> {
    let device = story.device;
    let cisco = matches!(device, Vendor::Asa | Vendor::Ios);
    let lines: &[&str] = match issue {
        // Phase 1's fixes come with the suspect, made of the paste's own values.
        Issue::Phase1(_) => &[],
        Issue::IkeVersion => &["Let both sides speak IKEv1 to each other, or both IKEv2."],
        // With a client list in its map IOS asks every peer whose key lacks the word.
        Issue::XauthMissing if device == Vendor::Ios => &[
            "Take this site-to-site peer out of XAUTH:",
            "  crypto isakmp key <key> address <peer> no-xauth",
        ],
        Issue::XauthMissing => {
            &["Ask for XAUTH on both sides or on neither; compare both sides' authentication."]
        }
        Issue::XauthFailed => &["Compare user name and password; look into the authentication server's log."],
        Issue::Certificate => &[
            "Give each side a certificate of an issuer that the other trusts, or use pre-shared keys on both.",
        ],
        Issue::MapUnbound => {
            &["Bind the map to the outside interface:", "  crypto map <name> interface outside"]
        }
        Issue::MapIncomplete => &[
            "Complete the entry:",
            "  crypto map <name> <n> match address <list>",
            "  crypto map <name> <n> set peer <peer>",
        ],
        Issue::Transforms if cisco => {
            &["Give both sides one transform set, mode included:", "  show running-config crypto ipsec"]
        }
        Issue::Transforms => {
            &["Give both sides one ESP proposal, mode included (esp_proposals, esp=, phase2alg=)."]
        }
        Issue::Pfs if cisco => &[
            "Set the same PFS group in both crypto map entries, or none:",
            "  crypto map <name> <n> set pfs <group>",
        ],
        Issue::Pfs => &["Name the same group in both ESP proposals, or none on both sides."],
        Issue::Networks if cisco => {
            &["Make the two crypto lists mirrors of each other:", "  show running-config access-list"]
        }
        Issue::Networks => {
            &["Make local and remote networks of one side the remote and local ones of the other."]
        }
        Issue::Phase2 => &["Compare transform sets, PFS and networks of both sides."],
        Issue::OneWay if story.values.packets.0 == Some(0) => &[
            "The peer's packets arrive, and this side sends none back: look at the route to its networks, the crypto list and the NAT exemption here.",
        ],
        Issue::OneWay => &[
            "Look at the way back: ESP (protocol 50) or UDP 4500 on the path, the peer's route and its NAT exemption.",
        ],
        Issue::NoTunnel => &[
            "Look at the log of the negotiation: transform sets, PFS and networks first where phase 1 is up.",
        ],
        Issue::PeerLost => &["Look at the path and at the peer: it was reachable before."],
    };
    lines.iter().map(|line| (*line).to_owned()).collect()
}

pub(super) fn healthy(story: &Story) -> &'static str {
    match (story.phase1, story.phase2) {
        // Healthy tunnels end like this too: idle, rekeyed, cleared by hand.
        (Phase::Deleted, Phase::Established) if story.no_ike => {
            "the IPsec SAs are up, and no ISAKMP SA stands beside them until it is needed again"
        }
        (Phase::Deleted, _) => "the tunnel was up and was deleted; no line tells of a fault",
        (Phase::Established, Phase::Established) => "both phases are complete; no line tells of a fault",
        (Phase::Established, _) => "phase 1 is complete; no line tells of a fault",
        _ => "no line tells of a fault",
    }
}

/// The values that the lines themselves have for this cause.
pub(super) fn values(story: &Story, issue: Issue) -> Vec<String> {
    let values = &story.values;
    let labelled = |label: &str, text: &Option<String>| text.as_ref().map(|text| format!("{label}: {text}"));
    let mut told: Vec<String> = if issue == Issue::Phase1(Cause::PolicyMismatch) {
        let differing = values.differs.iter().filter_map(differing);
        let offered = values.offered.iter().map(|text| format!("offered: {text}"));
        differing
            .chain(offered)
            .chain(values.configured.iter().map(|text| format!("configured: {text}")))
            .collect()
    } else if issue == Issue::Phase1(Cause::IdentityMismatch) {
        let sent = labelled("the peer's identity", &values.identity);
        sent.into_iter().chain(labelled("wanted", &values.wanted)).collect()
    } else if issue == Issue::Phase1(Cause::MissingTunnelGroup) {
        labelled("looked for", &values.group).into_iter().collect()
    } else if issue == Issue::OneWay {
        let (into, out) = values.packets;
        let count = |count: Option<u64>| count.unwrap_or_default();
        vec![format!("into the tunnel {}, out of it {}", count(into), count(out))]
    } else if issue == Issue::Networks {
        labelled("asked for", &values.proxies).into_iter().collect()
    } else {
        Vec::new()
    };
    // Every attempt logs the same values again.
    told.dedup();
    told.truncate(4);
    told
}

fn differing((attribute, offered, configured): &(String, String, String)) -> Option<String> {
    match (attribute.is_empty(), offered.is_empty()) {
        (_, false) => Some(format!("{attribute}: received {offered}, configured {configured}")),
        // IOS names the attribute and no values.
        (false, true) => Some(format!("{attribute}: the offer is not what is configured")),
        (true, true) => None,
    }
}

/// What lies beside the verdict.
pub(super) fn notes(story: &Story) -> Vec<&'static str> {
    let mut notes = Vec::new();
    if story.ikev2 {
        notes.push("IKEv2 is spoken here: what these lines tell of it is not judged as IKEv1");
    }
    if story.xauth_waits {
        notes.push("XAUTH or Mode Config is not finished: a peer that stays there is not asked for a name, or does not answer (a site-to-site peer: take it out of XAUTH); then look at users and address pool, not at keys");
    } else if story.xauth {
        notes.push("XAUTH or Mode Config goes on behind phase 1: stuck there, look at users and address pool, not at keys");
    }
    if story.no_sa {
        notes.push("no IPsec SA here: nothing has asked for a tunnel yet, or phase 1 or 2 does not come up; ping through it, then look at the ISAKMP SA and the log");
    }
    if story.refused_before {
        notes.push("a Quick Mode was refused before one came up: the same tunnel, mended since, or another of its networks, which is down");
    }
    let none = |count: Option<u64>| count == Some(0);
    if !story.no_sa && none(story.values.packets.0) && none(story.values.packets.1) {
        notes.push("no packet has gone through the tunnel, either way: nothing is sent into it here (route, crypto list, NAT exemption) nor at the peer");
    }
    if story.behind > 0 {
        notes.push("lines of dead peer detection, rekeying or packets in the tunnel: they tell of no fault in phase 1");
    }
    notes
}

pub(super) fn source(source: Source) -> &'static str {
    match source {
        Source::Run | Source::Published => "",
        // Who does not find the line on a device should know that it may read otherwise.
        Source::Recalled => " (wording recalled, no source found)",
    }
}
