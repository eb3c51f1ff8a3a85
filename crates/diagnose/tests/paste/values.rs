//! What a paste gives to the commands of a fix: proposals, addresses, identities; and the words of its phases.

use std::net::IpAddr;

use diagnose::paste::{OWN, PEER, Phase, Values, read};
use diagnose::{Remedy, Task};
use ike::crypto::{Cipher, DhGroup, HashAlg};
use ike::{Policy, Role};
use vendor::Act;

use super::only;

fn remedy(text: &str) -> Remedy {
    only(text).suspects[0].mend.clone().unwrap().remedy
}

/// The policy that a fix of this paste adds.
fn given(text: &str) -> Policy {
    let Remedy::GivePolicy(Task { at: Role::Responder, acts, .. }) = remedy(text) else {
        panic!("{text}: {:?}", remedy(text))
    };
    let [Act::Policy { values, .. }] = acts.as_slice() else { panic!("{acts:?}") };
    values.clone()
}

const CALLED: &str = "06[IKE] <1> 192.0.2.9 is initiating a Main Mode IKE_SA\n";

fn charon(offered: &str) -> String {
    format!(
        "{CALLED}06[CFG] <1> received proposals: {offered}\n06[CFG] <1> configured proposals: \
         IKE:AES_CBC_128/HMAC_SHA1_96/PRF_HMAC_SHA1/MODP_4096\n06[IKE] <1> no proposal found\n"
    )
}

/// What the peer offers is what the fix adds here.
#[test]
fn a_policy_is_given_as_the_daemons_name_it() {
    let values = |policy: Policy| (policy.encryption, policy.hash, policy.group);
    for (name, cipher) in [
        ("AES_CBC_256", Cipher::Aes256),
        ("AES_CBC_192", Cipher::Aes192),
        ("AES_CBC_128", Cipher::Aes128),
        ("3DES_CBC", Cipher::TripleDes),
        ("DES_CBC", Cipher::Des),
    ] {
        let offered = format!("IKE:{name}/HMAC_SHA1_96/PRF_HMAC_SHA1/MODP_1024");
        assert_eq!(values(given(&charon(&offered))), (cipher, HashAlg::Sha1, DhGroup::Modp1024), "{name}");
    }
    for (name, prf, hash) in [
        ("SHA2_512_256", "SHA2_512", HashAlg::Sha512),
        ("SHA2_384_192", "SHA2_384", HashAlg::Sha384),
        ("SHA2_256_128", "SHA2_256", HashAlg::Sha256),
        ("MD5_96", "MD5", HashAlg::Md5),
    ] {
        let offered = format!("IKE:3DES_CBC/HMAC_{name}/PRF_HMAC_{prf}/MODP_2048");
        assert_eq!(values(given(&charon(&offered))), (Cipher::TripleDes, hash, DhGroup::Modp2048), "{name}");
    }
    for (name, cipher, hash, group) in [
        ("AES_CBC (256), HMAC_SHA1, MODP1536", Cipher::Aes256, HashAlg::Sha1, DhGroup::Modp1536),
        ("AES_CBC (192), HMAC_MD5, MODP768", Cipher::Aes192, HashAlg::Md5, DhGroup::Modp768),
        ("AES_CBC (128), HMAC_SHA2_256, DH19", Cipher::Aes128, HashAlg::Sha256, DhGroup::Ecp256),
        ("3DES_CBC (192), HMAC_SHA2_512, MODP3072", Cipher::TripleDes, HashAlg::Sha512, DhGroup::Modp3072),
    ] {
        let log = format!(
            "\"c\" #1: responding to Main Mode from unknown peer 192.0.2.9:500\n\
             \"c\" #1: Oakley Transform [{name}] refused\n\"c\" #1: no acceptable Oakley Transform\n"
        );
        assert_eq!(values(given(&log)), (cipher, hash, group), "{name}");
    }
    // The first of several that is understood.
    let several = "IKE:CAMELLIA_CBC_128/HMAC_SHA1_96/PRF_HMAC_SHA1/MODP_1024, \
        IKE:AES_CBC_128/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_2048, IKE:3DES_CBC/HMAC_MD5_96/PRF_HMAC_MD5/MODP_1024";
    assert_eq!(values(given(&charon(several))), (Cipher::Aes128, HashAlg::Sha256, DhGroup::Modp2048));
}

/// What no policy here can be is no value of a fix.
#[test]
fn what_cannot_be_typed_is_left_to_words() {
    for offered in [
        "IKE:CAMELLIA_CBC_128/HMAC_SHA1_96/PRF_HMAC_SHA1/MODP_1024",
        "IKE:AES_CBC_128/AES_XCBC_96/PRF_AES128_XCBC/MODP_1024",
        "IKE:AES_CBC_128/HMAC_SHA1_96/PRF_HMAC_SHA1/MODP_9999",
    ] {
        assert_eq!(remedy(&charon(offered)), Remedy::Plain(sim::Cause::PolicyMismatch), "{offered}");
    }
}

#[test]
fn both_sides_lists_are_kept() {
    let Values { offered, configured, .. } =
        only(&charon("IKE:DES_CBC/HMAC_MD5_96/PRF_HMAC_MD5/MODP_768")).values;
    assert_eq!(offered, ["IKE:DES_CBC/HMAC_MD5_96/PRF_HMAC_MD5/MODP_768"]);
    assert_eq!(configured, ["IKE:AES_CBC_128/HMAC_SHA1_96/PRF_HMAC_SHA1/MODP_4096"]);
    let asa = "%ASA-5-713257: Phase 1 failure:  Mismatched attribute types for class Hash Alg:  Rcv'd: SHA  Cfg'd: MD5\n";
    assert_eq!(only(asa).values.differs, [("Hash Alg".into(), "SHA".into(), "MD5".into())]);
}

/// Addresses that the paste has stand in the commands; for the others stand two that nobody can have.
#[test]
fn a_key_is_for_the_peer_of_the_paste() {
    let own_key = |text: &str, role: Role| {
        let Remedy::SameKey(of) = remedy(text) else { panic!("{text}: {:?}", remedy(text)) };
        let [Act::Key { own, peer, .. }] = of[role].acts.as_slice() else { panic!("{of:?}") };
        (*own, *peer)
    };
    let at = |text: &str| text.parse::<IpAddr>().unwrap();
    let junk = "08[ENC] <1> invalid ID_V1 payload length, decryption failed?\n";
    let addressed = "06[NET] <1> received packet: from 192.0.2.9[500] to 198.51.100.1[500] (180 bytes)\n";
    assert_eq!(
        own_key(&format!("{addressed}{CALLED}{junk}"), Role::Responder),
        (at("198.51.100.1"), at("192.0.2.9"))
    );
    assert_eq!(own_key(&format!("{CALLED}{junk}"), Role::Responder), (OWN, at("192.0.2.9")));
    assert_eq!(own_key("ike 0:gw:12: probable pre-shared secret mismatch", Role::Responder), (OWN, PEER));
}

/// What lines name is kept: the peer's identity and the one that is wanted, the group, the networks, what differs.
#[test]
fn names_in_lines_are_kept() {
    let values = |text: &str| only(text).values;
    let text = |text: &str| Some(text.to_owned());
    let charon = values(&format!(
        "{CALLED}06[CFG] <1> looking for pre-shared key peer configs matching 198.51.100.1...192.0.2.9[sun]\n"
    ));
    assert_eq!((charon.identity, charon.wanted), (text("sun"), None));
    let refused = values(&format!("{CALLED}06[IKE] <1> IDir 'sun' does not match to 'moon'\n"));
    assert_eq!((refused.identity, refused.wanted), (text("sun"), text("moon")));
    assert_eq!(values("%ASA-3-713138: Group = g not found\n").group, text("g"));
    let networks =
        values("07[IKE] <gw|1> no matching CHILD_SA config found for 10.1.0.0/16 === 10.2.0.0/16\n");
    assert_eq!(networks.proxies, text("10.1.0.0/16 === 10.2.0.0/16"));
    let differs: String =
        (0..6).map(|_| "ISAKMP:(0):Hash algorithm offered does not match policy!\n").collect();
    assert_eq!(values(&differs).differs, vec![("Hash algorithm".into(), String::new(), String::new()); 4]);
    let lists: String = (0..5).map(|n| format!("06[CFG] <1> received proposals: IKE:{n}\n")).collect();
    assert_eq!(values(&format!("{CALLED}{lists}")).offered, ["IKE:0", "IKE:1", "IKE:2"]);
}

/// Rows of tables, lines for those who debug, and addresses of a list are understood where they are the device's own.
#[test]
fn what_counts_as_understood() {
    let counts = |text: &str| {
        let paste = read(&[text]);
        let lines: Vec<usize> = paste.understood.iter().map(|one| one.line).collect();
        (paste.total, lines, paste.unknown)
    };
    let row = "198.51.100.1    192.0.2.1       MM_KEY_EXCH       1002 ACTIVE\nthe cat\n";
    assert_eq!(counts(row), (2, vec![1], vec![2]));
    let pluto = "\"c\" #1: sent Main Mode request\n| emitting 4 zero bytes\n192.0.2.1\nthe cat\n";
    assert_eq!(counts(pluto), (4, vec![1, 2, 3], vec![4]));
    let charon = format!("{CALLED}| emitting 4 zero bytes\n192.0.2.1\n");
    assert_eq!(counts(&charon), (3, vec![1, 3], vec![2]));
    assert_eq!(counts("192.0.2.1\n"), (1, vec![], vec![1]), "nobody's");
    let folded = "gw pluto[1]: message repeated 3 times: [ | emitting 4 zero bytes]\n";
    assert_eq!(counts(&format!("\"c\" #1: sent Main Mode request\n{folded}{folded}")).0, 3);
    assert_eq!(counts("R1#\nR1#show version\nasa>\n"), (0, vec![], vec![]));
}

#[test]
fn the_words_in_json() {
    let phases = [
        (Phase::None, "none"),
        (Phase::Stalled, "stalled"),
        (Phase::Refused, "refused"),
        (Phase::Established, "established"),
        (Phase::Deleted, "deleted"),
        (Phase::Unknown, "unknown"),
    ];
    phases.iter().for_each(|(phase, name)| assert_eq!(phase.name(), *name));
    use diagnose::captures::CaptureVerdict;
    let mut names: Vec<&str> = [
        CaptureVerdict::Established,
        CaptureVerdict::Stalled,
        CaptureVerdict::HalfOpen,
        CaptureVerdict::NotUp,
        CaptureVerdict::Undecided,
        CaptureVerdict::NotCaptured,
    ]
    .map(CaptureVerdict::name)
    .to_vec();
    assert_eq!((names[0], names[1]), ("established", "stalled"));
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), 6);
}
