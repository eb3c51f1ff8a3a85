//! `show crypto ipsec sa` of an IOS router: a block for each line of each access list, SPI 0 where nothing is up.

use std::fmt::Write;

use ike::ipsec::{Encapsulation, EspCipher, Integrity};
use isakmp::ProtocolId;

use super::asa_ipsec::{compression, ident, iv_len};
use super::child::{Block, Up, number};

pub(super) fn show(blocks: &[Block<'_>]) -> String {
    let Some(first) = blocks.first() else {
        // Nothing is bound to the interface: there is nothing to tell of.
        return String::new();
    };
    let head = format!(
        "\ninterface: GigabitEthernet1\n    Crypto map tag: outside_map, local addr {}\n",
        first.local
    );
    blocks.iter().fold(head, |text, block| text + &one(block))
}

fn one(block: &Block<'_>) -> String {
    let Block { flow, local, peer, entry, up, .. } = block;
    let up = up.as_ref();
    let mut text = String::from("\n   protected vrf: (none)\n");
    let _ = writeln!(text, "   local  ident (addr/mask/prot/port): ({})", ident(&flow.local));
    let _ = writeln!(text, "   remote ident (addr/mask/prot/port): ({})", ident(&flow.remote));
    let port = up.map_or(500, |up| up.port);
    let _ = writeln!(text, "   current_peer {peer} port {port}\n{COUNTERS}");
    let _ = writeln!(text, "     local crypto endpt.: {local}, remote crypto endpt.: {peer}");
    let inside = if up.is_some() { 1438 } else { 1500 };
    let _ = writeln!(
        text,
        "     plaintext mtu {inside}, path mtu 1500, ip mtu 1500, ip mtu idb GigabitEthernet1"
    );
    let outbound = up.and_then(|up| up.sa(ProtocolId::ESP, false).or_else(|| up.sa(ProtocolId::AH, false)));
    let _ = writeln!(text, "     current outbound spi: {}", spi(outbound.map_or(0, |sa| number(&sa.spi))));
    let group = match up {
        Some(up) => up.agreed.pfs,
        None => entry.and_then(|entry| entry.pfs),
    };
    let pfs =
        group.map_or("N, DH group: none".into(), |group| format!("Y, DH group: group{}", group.number()));
    let _ = writeln!(text, "     PFS (Y/N): {pfs}\n");
    for (inbound, way) in [(true, "inbound"), (false, "outbound")] {
        for (protocol, name) in
            [(ProtocolId::ESP, "esp"), (ProtocolId::AH, "ah"), (ProtocolId::IPCOMP, "pcp")]
        {
            let _ = writeln!(text, "     {way} {name} sas:");
            text += &up.and_then(|up| listed(up, protocol, inbound)).unwrap_or_default();
            text.push('\n');
        }
    }
    text
}

const COUNTERS: &str = "\
\x20    PERMIT, flags={origin_is_acl,}
    #pkts encaps: 0, #pkts encrypt: 0, #pkts digest: 0
    #pkts decaps: 0, #pkts decrypt: 0, #pkts verify: 0
    #pkts compressed: 0, #pkts decompressed: 0
    #pkts not compressed: 0, #pkts compr. failed: 0
    #pkts not decompressed: 0, #pkts decompress failed: 0
    #send errors 0, #recv errors 0
";

fn spi(spi: u32) -> String {
    format!("0x{spi:X}({spi})")
}

/// One direction of one protocol, where the child has it.
fn listed(up: &Up<'_>, protocol: ProtocolId, inbound: bool) -> Option<String> {
    if protocol == ProtocolId::IPCOMP {
        let one = up.agreed.compression?;
        let cpi = if inbound { one.own_cpi } else { one.peer_cpi };
        return Some(security_association(up, (cpi.into(), inbound), &compression(one.by), 0));
    }
    let sa = up.sa(protocol, inbound)?;
    let iv = up.agreed.set.esp.filter(|_| protocol == ProtocolId::ESP).map_or(0, |(one, _)| iv_len(one));
    Some(security_association(up, (number(&sa.spi), inbound), &up.words(protocol, words), iv))
}

fn security_association(up: &Up<'_>, (number, inbound): (u32, bool), words: &str, iv: u8) -> String {
    let agreed = &up.agreed;
    let mode = match (agreed.mode, agreed.udp) {
        (Encapsulation::Tunnel, false) => "Tunnel, ",
        (Encapsulation::Tunnel, true) => "Tunnel UDP-Encaps, ",
        (Encapsulation::Transport, false) => "Transport, ",
        (Encapsulation::Transport, true) => "Transport UDP-Encaps, ",
    };
    let connection = 2 * up.number - u32::from(inbound);
    format!(
        "      spi: {}\n        transform: {words} ,\n        in use settings ={{{mode}}}\n        \
         conn id: {}, flow_id: SW:{connection}, sibling_flags 80000040, crypto map: outside_map\n        \
         sa timing: remaining key lifetime (k/sec): ({}/{})\n        IV size: {iv} bytes\n        \
         replay detection support: Y\n        Status: ACTIVE(ACTIVE)\n",
        spi(number),
        2000 + connection,
        agreed.kilobytes,
        up.left,
    )
}

/// IOS puts the length in front: `esp-256-aes`.
fn words(cipher: Option<EspCipher>, hmac: Option<Integrity>) -> String {
    let cipher = match cipher {
        Some(EspCipher::Aes128) => "esp-aes",
        Some(EspCipher::Aes192) => "esp-192-aes",
        Some(EspCipher::Aes256) => "esp-256-aes",
        Some(EspCipher::Gcm128) => "esp-gcm",
        Some(EspCipher::Gcm192) => "esp-gcm 192",
        Some(EspCipher::Gcm256) => "esp-gcm 256",
        other @ (Some(EspCipher::Null | EspCipher::Des | EspCipher::TripleDes) | None) => {
            other.map_or("-", EspCipher::word)
        }
    };
    hmac.map_or(cipher.into(), |hmac| format!("{cipher} {}", hmac.esp_word()))
}
