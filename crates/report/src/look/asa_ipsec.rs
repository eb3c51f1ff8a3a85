//! `show crypto ipsec sa` of an ASA: a block for each child that is up, and none without.

use std::fmt::Write;

use ike::config::protocol_name;
use ike::ipsec::{Compression, Encapsulation, EspCipher, Integrity};
use ike::{IpsecSa, Selector};
use isakmp::ProtocolId;

use super::child::{Block, Up, number};

pub(super) fn show(blocks: &[Block<'_>]) -> String {
    if blocks.is_empty() {
        return "\nThere are no ipsec sas\n".into();
    }
    let shown = blocks.iter().filter_map(|block| Some(one(block, block.up.as_ref()?)));
    format!("interface: outside\n{}", shown.collect::<Vec<_>>().join("\n"))
}

fn one(block: &Block<'_>, up: &Up<'_>) -> String {
    let Block { flow, local, peer, sequence, entry, .. } = block;
    let mut text = String::new();
    let _ = writeln!(text, "    Crypto map tag: outside_map, seq num: {sequence}, local addr: {local}\n");
    // A dynamic entry may have no list.
    if entry.is_some_and(|entry| !entry.acl.is_empty()) {
        let protocol = match flow.local.protocol {
            0 => "ip".into(),
            protocol => protocol_name(protocol),
        };
        let (from, to) = (end(&flow.local), end(&flow.remote));
        let _ = writeln!(text, "      access-list outside_cryptomap extended permit {protocol} {from} {to}");
    }
    let _ = writeln!(text, "      local ident (addr/mask/prot/port): ({})", ident(&flow.local));
    let _ = writeln!(text, "      remote ident (addr/mask/prot/port): ({})", ident(&flow.remote));
    let _ = writeln!(text, "      current_peer: {peer}\n\n{COUNTERS}");
    let [own, theirs] = if up.agreed.udp { [4500, up.port] } else { [0, 0] };
    let _ = writeln!(text, "      local crypto endpt.: {local}/{own}, remote crypto endpt.: {peer}/{theirs}");
    let overhead = if up.agreed.udp { "82(52)" } else { "74(44)" };
    let _ = writeln!(text, "      path mtu 1500, ipsec overhead {overhead}, media mtu 1500");
    text += "      PMTU time remaining (sec): 0, DF policy: copy-df\n      ICMP error validation: disabled, TFC packets: disabled\n";
    for (protocol, name) in [(ProtocolId::ESP, "esp"), (ProtocolId::AH, "ah")] {
        let (Some(inbound), Some(outbound)) = (up.sa(protocol, true), up.sa(protocol, false)) else {
            continue;
        };
        let [out, into] = [outbound, inbound].map(|sa| number(&sa.spi));
        let _ =
            write!(text, "      current outbound spi: {out:08X}\n      current inbound spi : {into:08X}\n\n");
        for (sa, way) in [(inbound, "inbound"), (outbound, "outbound")] {
            let _ = writeln!(text, "    {way} {name} sas:\n{}", security_association(up, sa));
        }
    }
    text
}

const COUNTERS: &str = "\
\x20     #pkts encaps: 0, #pkts encrypt: 0, #pkts digest: 0
      #pkts decaps: 0, #pkts decrypt: 0, #pkts verify: 0
      #pkts compressed: 0, #pkts decompressed: 0
      #pkts not compressed: 0, #pkts comp failed: 0, #pkts decomp failed: 0
      #pre-frag successes: 0, #pre-frag failures: 0, #fragments created: 0
      #PMTUs sent: 0, #PMTUs rcvd: 0, #decapsulated frgs needing reassembly: 0
      #TFC rcvd: 0, #TFC sent: 0
      #Valid ICMP Errors rcvd: 0, #Invalid ICMP Errors rcvd: 0
      #send errors: 0, #recv errors: 0
";

fn security_association(up: &Up<'_>, sa: &IpsecSa) -> String {
    let agreed = &up.agreed;
    let spi = number(&sa.spi);
    let mode = match agreed.mode {
        Encapsulation::Tunnel => "Tunnel",
        Encapsulation::Transport => "Transport",
    };
    let natted = if agreed.udp { "  NAT-T-Encaps," } else { "" };
    let left = match agreed.kilobytes {
        0 => format!("(sec): {}", up.left),
        kilobytes => format!("(kB/sec): ({kilobytes}/{})", up.left),
    };
    let compressed = agreed.compression.map_or("no compression".into(), |one| compression(one.by));
    format!(
        "      spi: 0x{spi:08X} ({spi})\n         SA State: active\n         transform: {} {compressed}\n         \
         in use settings ={{L2L, {mode},{natted} IKEv1, }}\n         slot: 0, conn_id: {}, crypto-map: outside_map\n         \
         sa timing: remaining key lifetime {left}\n         IV size: {} bytes\n         replay detection support: Y\n         \
         Anti replay bitmap:\n          0x00000000 0x00000001",
        up.words(sa.protocol, words),
        up.number * 4096,
        if sa.protocol == ProtocolId::ESP {
            agreed.set.esp.map_or(0, |(cipher, _)| iv_len(cipher))
        } else {
            0
        },
    )
}

/// An ASA's words of a transform set: 128 is the length that is not said.
fn words(cipher: Option<EspCipher>, hmac: Option<Integrity>) -> String {
    let cipher = match cipher {
        Some(EspCipher::Aes128) => "esp-aes",
        Some(other) => other.word(),
        None => "-",
    };
    format!("{cipher} {}", hmac.map_or("esp-none", Integrity::esp_word))
}

/// As a transform set has it.
pub(super) fn compression(by: Compression) -> String {
    format!("comp-{}", by.to_string().to_lowercase())
}

/// In bytes.
pub(super) fn iv_len(cipher: EspCipher) -> u8 {
    match cipher {
        EspCipher::Null => 0,
        EspCipher::Des | EspCipher::TripleDes => 8,
        EspCipher::Aes128 | EspCipher::Aes192 | EspCipher::Aes256 => 16,
        EspCipher::Gcm128 | EspCipher::Gcm192 | EspCipher::Gcm256 => 8,
    }
}

/// `10.1.0.0/255.255.255.0/0/0`
pub(super) fn ident(one: &Selector) -> String {
    let Selector { subnet, protocol, port } = one;
    format!("{}/{}/{protocol}/{port}", subnet.address(), subnet.mask())
}

/// As an access list has it.
fn end(one: &Selector) -> String {
    let subnet = one.subnet;
    let addresses = match subnet.prefix() {
        0 => "any".into(),
        _ if subnet.is_host() => format!("host {}", subnet.address()),
        _ => format!("{} {}", subnet.address(), subnet.mask()),
    };
    let port = if one.port > 0 { format!(" eq {}", one.port) } else { String::new() };
    addresses + &port
}
