//! `show crypto ipsec sa`: the children of a device. No traffic is simulated: every counter stays at zero.

use ike::config::MapEntry;
use ike::{Instant, QuickState, Role, Selectors};
use sim::timeline::Child;
use sim::{Actor, Setup, Timeline, Trace};

use super::child::{Block, Up};
use super::{Like, SIMULATED, asa_ipsec, ends, ios_ipsec};

/// What `show crypto ipsec sa` prints on a device at a moment.
pub(super) fn show(setup: &Setup, trace: &Trace, device: Role, at: Instant, like: Like) -> String {
    let timeline = Timeline::after(trace.entries().iter().take_while(|entry| entry.at <= at));
    let up = blocks_of_children(setup, trace, device, at, &timeline);
    let (text, nothing) = match like {
        Like::Asa => (asa_ipsec::show(&up), up.is_empty()),
        Like::Ios => {
            let blocks = with_idle_lines(setup, device, up);
            (ios_ipsec::show(&blocks), blocks.is_empty())
        }
    };
    if nothing {
        // A device without a map says nothing at all, which here would look like a mistake.
        return if text.is_empty() {
            format!("{SIMULATED}: no crypto map is bound, so there is nothing to show\n")
        } else {
            text
        };
    }
    let names = "names of interfaces, maps and lists, connection numbers and MTU lines are ikesim's own";
    format!("{text}\n{SIMULATED}: no traffic is simulated, so every counter is zero; {names}\n")
}

fn blocks_of_children<'t>(
    setup: &'t Setup,
    trace: &Trace,
    device: Role,
    at: Instant,
    timeline: &'t Timeline,
) -> Vec<Block<'t>> {
    let all = (1..).zip(&timeline.sides[device].children.all);
    // A responder has keys as it answers, and nothing to show before QM3 says that the initiator is alive.
    let alive = all.filter(|(_, child)| child.state == Some(QuickState::Active));
    let block = |(number, child): (u32, &'t Child)| {
        let agreed = child.agreed?;
        let (local, peer) = ends(setup, trace, device, child.sa);
        let entry = entry_of(setup, device, &child.selectors);
        let age = at.since(child.entered).as_secs();
        let left = u64::from(agreed.lifetime).saturating_sub(age);
        let up = Up { number, agreed, sas: &child.sas, port: port(trace, device, child), left };
        let sequence = entry.map_or(DEFAULT_SEQUENCE, |entry| entry.sequence);
        Some(Block { flow: child.selectors, local, peer, sequence, entry, up: Some(up) })
    };
    alive.filter_map(block).collect()
}

/// Where the peer's side of a child is: behind a NAT on a port of the NAT's own.
fn port(trace: &Trace, device: Role, child: &Child) -> u16 {
    let own = trace.entries().iter().filter(|entry| entry.actor == Actor::Peer(device));
    let mut came = own.filter_map(|entry| entry.kind.arrived());
    let last = came.rfind(|datagram| datagram.message_id() == child.id);
    last.map_or(500, |datagram| datagram.from.port())
}

/// Of an entry that a scenario does not write.
const DEFAULT_SEQUENCE: u16 = 10;

fn entry_of<'t>(setup: &'t Setup, device: Role, flow: &Selectors) -> Option<&'t MapEntry> {
    let config = &setup.hosts[device];
    let mut entries = config.crypto_map.iter().flatten().filter(|entry| entry.interface);
    entries
        .find(|entry| entry.dynamic || entry.flows(config.address, config.peer).any(|own| own.contains(flow)))
}

/// IOS has a block for each line of each list, whether or not anything protects it yet.
fn with_idle_lines<'t>(setup: &'t Setup, device: Role, mut blocks: Vec<Block<'t>>) -> Vec<Block<'t>> {
    let config = &setup.hosts[device];
    for entry in config.crypto_map.iter().flatten().filter(|entry| entry.interface) {
        let Some(peer) = entry.peers.first() else { continue };
        for flow in entry.flows(config.address, config.peer) {
            if !blocks.iter().any(|block| block.flow == flow) {
                let (local, peer, sequence) = (config.address, *peer, entry.sequence);
                blocks.push(Block { flow, local, peer, sequence, entry: Some(entry), up: None });
            }
        }
    }
    blocks
}
