//! What each field is for, in plain words: one table beside the dissector, whose names it uses.

use super::section::Section;

/// A sentence about a field, and where the RFC has it.
pub(super) type Told = (&'static str, Section);

/// What a field says; `payload` is the name of the top-level field that it stands in.
pub(super) fn told(payload: &str, name: &str) -> Option<Told> {
    let own = |(at, field, _, _): &&Row| *field == name && (*at == payload || at.is_empty());
    let row = TABLE.iter().find(own).or_else(|| attribute(name))?;
    Some((row.2, row.3))
}

/// In phase 2 attributes go by number.
fn attribute(name: &str) -> Option<&'static Row> {
    let numbered = name.starts_with("attribute ") || name.parse::<u16>().is_ok();
    TABLE.iter().find(|row| numbered && row.1 == "attribute")
}

/// Top-level field (empty: any), field, sentence, section.
type Row = (&'static str, &'static str, &'static str, Section);

/// A payload's own row comes before the row for any.
const TABLE: &[Row] = &[
    (
        "",
        "initiator cookie",
        "Eight random bytes by which the initiator knows this negotiation again. They are in every message, and in the keys.",
        Section(2408, "2.5.3"),
    ),
    (
        "",
        "responder cookie",
        "The responder's eight bytes. Zeros in the first message: it has chosen none yet. Who cannot send them back has a forged address.",
        Section(2408, "2.5.3"),
    ),
    (
        "",
        "version",
        "ISAKMP 1.0 is IKEv1; 2.0 is IKEv2, another protocol on the same port.",
        Section(2408, "3.1"),
    ),
    (
        "",
        "exchange type",
        "Which conversation this is: Main or Aggressive Mode for phase 1, Quick Mode for phase 2, Informational for notices.",
        Section(2409, "5"),
    ),
    (
        "",
        "flags",
        "Encryption: what follows the header is encrypted. Commit: wait for a confirmation before traffic is sent.",
        Section(2408, "3.1"),
    ),
    (
        "",
        "message ID",
        "Zero in phase 1. Each exchange under it has an ID of its own, and by it an IV of its own.",
        Section(2408, "3.1"),
    ),
    (
        "",
        "length",
        "Of header and payloads together, in bytes; an encrypted message's padding counts.",
        Section(2408, "3.1"),
    ),
    (
        "",
        "SA payload",
        "The offer, or the choice made from it. Both proofs cover the initiator's, so nobody can weaken it on the way.",
        Section(2408, "3.4"),
    ),
    ("", "DOI", "Who assigned the numbers that follow: 1 is IPsec's list.", Section(2407, "4.1")),
    (
        "",
        "situation",
        "What the negotiation is for; identity only, the one value in use.",
        Section(2407, "4.2"),
    ),
    ("", "proposal", "A protocol and the transforms offered for it.", Section(2408, "3.5")),
    (
        "",
        "proposal number",
        "Proposals of one number belong together; another number is an alternative.",
        Section(2408, "4.2"),
    ),
    (
        "ID payload",
        "protocol",
        "The IP protocol that the identity is about; 0 is any.",
        Section(2407, "4.6.2"),
    ),
    ("", "protocol", "What is negotiated or spoken about: ISAKMP itself, ESP or AH.", Section(2407, "4.4.1")),
    (
        "",
        "SPI size",
        "How long the name of the SA is that follows; in phase 1 the cookies are the name.",
        Section(2408, "3.5"),
    ),
    (
        "",
        "SPI",
        "The name of an SA: its owner puts it into every packet, so that the key is found again.",
        Section(2408, "2.4"),
    ),
    ("", "SPIs", "How many names follow.", Section(2408, "3.15")),
    ("", "transforms", "How many transforms this proposal lists.", Section(2408, "3.5")),
    (
        "",
        "transform",
        "One complete set of algorithms. The responder takes one as it is or none: nothing is mixed from two.",
        Section(2408, "3.6"),
    ),
    (
        "",
        "transform number",
        "The answer gives the number of the transform that was taken.",
        Section(2408, "3.6"),
    ),
    ("", "transform ID", "KEY_IKE in phase 1; the cipher in phase 2.", Section(2407, "4.4.2")),
    (
        "",
        "Encryption-Algorithm",
        "The cipher of everything from the first encrypted message on. Both sides must have it in one policy.",
        Section(2409, "A"),
    ),
    (
        "",
        "Key-Length",
        "In bits, for ciphers that have several. AES without one is an error; another length is another cipher.",
        Section(2409, "A"),
    ),
    (
        "",
        "Hash-Algorithm",
        "Makes the prf, by HMAC: every key and both proofs are computed with it.",
        Section(2409, "A"),
    ),
    (
        "",
        "Group-Description",
        "The Diffie-Hellman group: which prime or curve both public values are for.",
        Section(2409, "6"),
    ),
    (
        "",
        "Authentication-Method",
        "What will prove who the other is. With pre-shared keys the key goes into SKEYID, so a wrong one shows only at the proof.",
        Section(2409, "5"),
    ),
    ("", "Life-Type", "The unit of the lifetime that follows: seconds or kilobytes.", Section(2409, "A")),
    (
        "",
        "Life-Duration",
        "How long the SA may be used. Most devices take the smaller of the two values; it is seldom a reason to refuse.",
        Section(2409, "A"),
    ),
    ("", "attribute", "One property of the transform: its number, then its value.", Section(2408, "3.3")),
    (
        "",
        "attribute type",
        "Which property. A set first bit says that the value stands in two bytes, without a length.",
        Section(2408, "3.3"),
    ),
    ("", "value", "The property's value, from the list of numbers that the DOI has.", Section(2408, "3.3")),
    ("", "KE payload", "The sender's half of the Diffie-Hellman exchange.", Section(2408, "3.7")),
    (
        "",
        "public value",
        "g^x: the sender keeps x. From the other's public value and its own x each side computes g^xy, which never crosses the wire.",
        Section(2409, "5"),
    ),
    ("", "NONCE payload", "The sender's fresh random bytes.", Section(2408, "3.13")),
    (
        "",
        "nonce",
        "Random, used once: it makes SKEYID new even where g^xy is not, and a recorded negotiation worthless for replay.",
        Section(2409, "5"),
    ),
    (
        "",
        "ID payload",
        "Who the sender says it is; in Quick Mode, which traffic the tunnel is for.",
        Section(2407, "4.6.2"),
    ),
    (
        "",
        "ID type",
        "How to read the identity: an address, a name, a subnet, bytes.",
        Section(2407, "4.6.2.1"),
    ),
    ("", "port", "The port that the identity is about; 0 is any, 500 is IKE itself.", Section(2407, "4.6.2")),
    (
        "",
        "identification data",
        "The identity itself. The proof covers it, so it cannot be exchanged on the way.",
        Section(2407, "4.6.2"),
    ),
    ("", "address", "The network's address.", Section(2407, "4.6.2.5")),
    ("", "mask", "Which bits of the address count.", Section(2407, "4.6.2.5")),
    ("", "HASH payload", "The sender's proof.", Section(2408, "3.11")),
    (
        "HASH payload",
        "hash",
        "HASH_I or HASH_R: a prf under SKEYID over both public values, both cookies, the offer and the sender's identity. Only who has the key and saw the same messages can make it. In phase 2 HASH(n), under SKEYID_a.",
        Section(2409, "5"),
    ),
    (
        "NAT-D payload",
        "hash",
        "A hash of the cookies and one end's address and port, first the receiver's, then the sender's. Where the receiver computes another, a NAT has changed the address.",
        Section(3947, "3.2"),
    ),
    (
        "",
        "NAT-D payload",
        "For NAT detection: an address as its sender sees it, hashed so that it tells outsiders nothing.",
        Section(3947, "3.2"),
    ),
    (
        "",
        "NAT-OA payload",
        "The address in front of the NAT, for checksums in transport mode.",
        Section(3947, "5.2"),
    ),
    ("", "SIG payload", "The sender's proof where certificates are used.", Section(2408, "3.12")),
    ("", "signature", "The proof hash, signed with the sender's private key.", Section(2409, "5.1")),
    ("", "CERT payload", "A certificate: whose public key checks the signature.", Section(2408, "3.9")),
    ("", "CR payload", "Asks for a certificate of this authority.", Section(2408, "3.10")),
    ("", "encoding", "The certificate's form; 4 is X.509 for signatures.", Section(2408, "3.9")),
    (
        "",
        "VID payload",
        "Says what the sender can do beside the RFC, or whose product it is.",
        Section(2408, "3.16"),
    ),
    (
        "",
        "vendor ID",
        "A fixed value, mostly the MD5 of a text. Unknown ones are ignored; an extension is used only if both send its value.",
        Section(2408, "3.16"),
    ),
    ("", "N payload", "A notice: an error, or a status.", Section(2408, "3.14")),
    (
        "",
        "notify type",
        "What it is about; below 16384 it is an error. In clear anybody may have sent it, so a peer need not believe it.",
        Section(2408, "3.14.1"),
    ),
    ("", "notification data", "What the sender adds to the notice.", Section(2408, "3.14")),
    (
        "",
        "D payload",
        "Tells that SAs are gone. Nothing is asked, and nothing is answered.",
        Section(2408, "3.15"),
    ),
    (
        "",
        "FRAG payload",
        "A piece of a message too large for one packet (Cisco's extension).",
        Section(2408, "3.2"),
    ),
    (
        "",
        "encrypted payloads",
        "Encrypted under Ka in CBC mode. The IV of each message is the last block of the one before, so a lost or strange message in between leaves junk. Without the key only the length shows.",
        Section(2409, "B"),
    ),
    ("", "padding", "Fills the last cipher block; it is not in the proof.", Section(2409, "B")),
    (
        "",
        "malformed",
        "What stands here is no payload. In a decrypted message that is what a wrong key looks like: nothing else tells the two apart.",
        Section(2408, "5.3"),
    ),
    ("", "next payload", "The type of the payload that follows; 0 is the last one.", Section(2408, "3.2")),
    (
        "",
        "reserved",
        "Zeros. After decryption with a wrong key they hardly ever are, which is how a device notices.",
        Section(2408, "3.2"),
    ),
    ("", "payload length", "Of this payload with its own four bytes.", Section(2408, "3.2")),
    ("", "data", "Bytes that no layout accounts for.", Section(2408, "3.2")),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_of_its_own_comes_first_and_attributes_go_by_number() {
        assert!(told("NAT-D payload", "hash").unwrap().0.contains("NAT"));
        assert!(told("HASH payload", "hash").unwrap().0.contains("SKEYID"));
        assert!(told("ID payload", "protocol").unwrap().0.starts_with("The IP protocol"));
        assert_eq!(told("SA payload", "attribute 4"), told("SA payload", "attribute"));
        assert_eq!(told("SA payload", "no such field"), None);
    }
}
