//! The commented scenario file that `ikesim init` writes.

use std::fmt::Write;

use crate::kinds::{FaultKind, Field};

const PEERS: &str = r#"# seed = 1                        # 0 .. 2^63-1; every random byte follows from it
# until = "120s"                  # stop here; without it the run goes on until nothing is pending

[initiator]                       # [responder] has the same keys
# profile = "asa"                 # asa | ios | strongswan | libreswan
# address = "203.0.113.1"         # responder: 198.51.100.1; the inside address if behind NAT
# peer = "198.51.100.1"           # whom it calls; default: the other's address as seen from outside
# ike_enabled = true              # crypto ikev1 enable outside
# aggressive_mode = true          # false: crypto ikev1 am-disable (inbound only)
# identity = "address"            # or { fqdn = ".." } { user_fqdn = ".." } { key_id = ".." } { address = ".." }
# nat_traversal = true

# [[initiator.policy]]            # crypto ikev1 policy N, lowest number first; a written list replaces the default
# priority = 10
# authentication = "pre-share"    # pre-share | rsa-sig
# encryption = "aes-256"          # des | 3des | aes-128 | aes-192 | aes-256
# hash = "sha"                    # md5 | sha | sha256 | sha384 | sha512
# group = 14                      # 1 2 5 14 15 16 17 18 (MODP), 19 20 21 (ECP), 31 (x25519)
# lifetime = 86400                # seconds

# [[initiator.tunnel_group]]
# peer = "198.51.100.1"           # address, name, or "default" (the base group)
# pre_shared_key = "cisco123"     # or { hex = "ff00aa55" }; without this line the group has none
# peer_identity = "any"           # the identity it insists on, written as under `identity`

[responder]

[network]
# latency = "10ms"                # one way
# jitter = "0ms"                  # uniform in +-jitter
# loss = 0.0                      # per datagram, 0 to 1
# duplicate = 0.0
# reorder = 0.0
# corrupt = 0.0
"#;

/// The commented file that `ikesim init` writes, with this fault in place. It parses and runs as it is.
pub fn starter(fault: Option<FaultKind>) -> String {
    // The one fault that there cannot be in Main Mode.
    let mode = if fault.is_some_and(|kind| kind == FaultKind::AggressiveModeDisabled) {
        "aggressive"
    } else {
        "main"
    };
    let title =
        // Behind the colon a meaning lists values: too much for a title.
        fault.map_or("A tunnel that comes up", |kind| kind.meaning().split(':').next().unwrap_or_default());
    let mut text = format!(
        "# A scenario for ikesim. Every line behind a # is a default; remove the # to change it.\n\
         # `ikesim run THIS-FILE` shows what happens.\n\n\
         title = {title:?}\nmode = {mode:?}                    # main | aggressive\n\
         # confirm = true                  # aggressive only: the fourth message\n"
    );
    text.push_str(PEERS);
    text.push('\n');
    match fault {
        Some(kind) => text.push_str(&fault_table(kind)),
        None => text.push_str("# [[fault]]                       # any number, in order: `ikesim list faults`\n# kind = \"psk-mismatch\"\n"),
    }
    text.push_str("\n[expect]                          # what `ikesim test` holds the run to\n");
    // What a fault comes to is left to whoever runs it.
    text.push_str(if fault.is_none() { "established = true\n" } else { "# established = false\n" });
    text.push_str("# initiator = \"MM_WAIT_MSG6\"      # `ikesim list states`\n# cause = \"psk-mismatch\"          # `ikesim list causes`\n");
    text
}

fn fault_table(kind: FaultKind) -> String {
    let mut text =
        format!("[[fault]]                         # {}\nkind = {:?}\n", kind.meaning(), kind.name());
    for field in kind.fields() {
        let Field { name, value, required } = field;
        // Writing to a string cannot fail.
        let _ = match (required, field.literal().is_some()) {
            (true, _) => writeln!(text, "{name} = {value}"),
            (false, true) => writeln!(text, "# {name} = {value}"),
            (false, false) => writeln!(text, "# {name} = ..  (default: {value})"),
        };
    }
    text
}
