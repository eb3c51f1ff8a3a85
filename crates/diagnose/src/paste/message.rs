//! Which message a line is about.

use ike::{MessageName, Mode, NotifyType, Role};
use vendor::{Fields, Way};

/// A message as a line names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// Of phase 1.
    Phase1(MessageName),
    /// A notify, and whether it was encrypted.
    Notify(NotifyType, bool),
    /// Quick Mode's.
    Quick,
    /// A Delete.
    Delete,
    /// XAUTH or Mode Config.
    Transaction,
    /// Something else, or not to be told.
    Other,
}

/// charon writes notifies short.
const SHORT: [(&str, NotifyType); 13] = [
    ("NO_PROP", NotifyType::NO_PROPOSAL_CHOSEN),
    ("AUTH_FAILED", NotifyType::AUTHENTICATION_FAILED),
    ("INVAL_KE", NotifyType::INVALID_KEY_INFORMATION),
    ("INVAL_ID", NotifyType::INVALID_ID_INFORMATION),
    ("PLD_MAL", NotifyType::PAYLOAD_MALFORMED),
    ("INVAL_HASH", NotifyType::INVALID_HASH_INFORMATION),
    ("INVAL_COOKIE", NotifyType::INVALID_COOKIE),
    ("INVAL_EX", NotifyType::INVALID_EXCHANGE_TYPE),
    ("PROPOSAL_NOT_CHOSEN", NotifyType::NO_PROPOSAL_CHOSEN),
    // By their numbers, which charon reads as IKEv2 names them.
    ("INVALID_KE_PAYLOAD", NotifyType::INVALID_KEY_INFORMATION),
    ("UNSUPPORTED_CRITICAL_PAYLOAD", NotifyType::INVALID_PAYLOAD_TYPE),
    ("INVALID_IKE_SPI", NotifyType::INVALID_COOKIE),
    ("INVALID_SYNTAX", NotifyType::INVALID_EXCHANGE_TYPE),
];

/// A notify by any name that devices give it: `NO_PROPOSAL_CHOSEN`, `No proposal chosen (14)`, `NO_PROP`, `(15)`.
pub(super) fn notify(text: &str) -> Option<NotifyType> {
    let word = text.split(['(', '-']).next().unwrap_or(text).trim().to_ascii_uppercase();
    // Devices print `Invalid ID info`: the long form must come through unharmed.
    let word =
        word.replace(' ', "_").replace("_INFO", "_INFORMATION").replace("INFORMATIONRMATION", "INFORMATION");
    let named = NotifyType::ALL.iter().find(|(_, name)| *name == word).map(|(notify, _)| *notify);
    let short = || SHORT.iter().find(|(short, _)| *short == word).map(|(_, notify)| *notify);
    // charon knows some of IKEv1's by number alone.
    let number = || text.trim().strip_prefix('(')?.trim_end_matches(')').parse().ok().map(NotifyType);
    named.or_else(short).or_else(number)
}

/// The message of a line that says one left or came. `role` and `mode` as far as they are known.
pub(super) fn told(
    way: Way,
    fields: &Fields<'_>,
    role: Option<Role>,
    mode: Option<Mode>,
    proven: bool,
) -> Told {
    if let Some(state) = fields.get("state") {
        return ios(way, fields.get("role"), state, proven).map_or(Told::Other, Told::Phase1);
    }
    let exchange = fields.get("exchange").unwrap_or_default().to_ascii_uppercase();
    match exchange.as_str() {
        "QUICK_MODE" => return Told::Quick,
        "TRANSACTION" => return Told::Transaction,
        _ => {}
    }
    let payloads = Payloads::read(fields.get("payloads").unwrap_or_default());
    let first =
        fields.get("mid").is_none_or(|mid| mid.trim_start_matches("0x").chars().all(|digit| digit == '0'));
    if exchange == "INFORMATIONAL_V1"
        || !first
        || payloads.has(&["NOTIFY", "DELETE", "N", "D"]) && !payloads.has(&["SA", "KE", "ID"])
    {
        return payloads.informational(first && exchange.is_empty());
    }
    let by_kind = match (way, fields.get("kind")) {
        (Way::Sent, Some("request")) | (Way::Received, Some("response")) => Some(Role::Initiator),
        (Way::Sent, Some("response")) | (Way::Received, Some("request")) => Some(Role::Responder),
        _ => None,
    };
    // Main Mode has no message with both SA and KE.
    let aggressive = exchange == "AGGRESSIVE"
        || mode == Some(Mode::Aggressive)
        || payloads.has(&["SA"]) && payloads.has(&["KE"]);
    let first_sender = if way == Way::Sent { Role::Initiator } else { Role::Responder };
    let own = by_kind.or(role).unwrap_or(first_sender);
    let sender = if way == Way::Sent { own } else { own.other() };
    payloads.phase_1(aggressive, sender).map_or(Told::Other, Told::Phase1)
}

struct Payloads<'t>(Vec<&'t str>);

impl<'t> Payloads<'t> {
    /// `SA V V`, `HASH N(NO_PROP)`, `HDR + SA (1) + NONE (0)`.
    fn read(list: &'t str) -> Payloads<'t> {
        let words = list.split(|c: char| c.is_whitespace() || "+[]()".contains(c));
        Payloads(words.filter(|word| !word.is_empty()).collect())
    }

    fn has(&self, names: &[&str]) -> bool {
        self.0.iter().any(|word| names.contains(word))
    }

    fn informational(&self, clear: bool) -> Told {
        let named = self.0.iter().find_map(|word| notify(word));
        match named {
            Some(notify) if notify.is_error() => Told::Notify(notify, self.has(&["HASH"]) && !clear),
            _ if self.has(&["D", "DELETE"]) => Told::Delete,
            // Only Quick Mode has both: phase 1 offers its SA before there is a key to hash with.
            _ if self.has(&["SA"]) && self.has(&["HASH"]) => Told::Quick,
            _ => Told::Other,
        }
    }

    fn phase_1(&self, aggressive: bool, sender: Role) -> Option<MessageName> {
        let initiator = sender == Role::Initiator;
        let (mode, number) = match (aggressive, initiator) {
            (true, true) if self.has(&["SA"]) => (Mode::Aggressive, 1),
            (true, false) if self.has(&["SA"]) => (Mode::Aggressive, 2),
            (true, true) => (Mode::Aggressive, 3),
            (true, false) => return None,
            (false, _) if self.has(&["SA"]) => (Mode::Main, if initiator { 1 } else { 2 }),
            (false, _) if self.has(&["KE"]) => (Mode::Main, if initiator { 3 } else { 4 }),
            (false, _) if self.has(&["ID"]) => (Mode::Main, if initiator { 5 } else { 6 }),
            (false, _) => return None,
        };
        MessageName::new(mode, number)
    }
}

/// A router tells the state that a message belongs to. What it gets while it waits may be a resend or a notify: only the
/// messages that begin something are sure.
fn ios(way: Way, role: Option<&str>, state: &str, proven: bool) -> Option<MessageName> {
    let state = state.split_whitespace().next().unwrap_or(state);
    Some(match (way, role?, state) {
        // `N` is an SA that message 1 has just made.
        (Way::Received, "N" | "n", _) => MessageName::MSG1,
        (Way::Sent, "I", "MM_NO_STATE") => MessageName::MSG1,
        (Way::Sent, "R", "MM_SA_SETUP") => MessageName::MSG2,
        (Way::Sent, "I", "MM_SA_SETUP") => MessageName::MSG3,
        (Way::Received, "R", "MM_SA_SETUP") => MessageName::MSG3,
        (Way::Sent, "R", "MM_KEY_EXCH") if !proven => MessageName::MSG4,
        (Way::Sent, "R", "MM_KEY_EXCH") => MessageName::MSG6,
        (Way::Sent, "I", "MM_KEY_EXCH") => MessageName::MSG5,
        (Way::Received, "R", "MM_KEY_EXCH") => MessageName::MSG5,
        (Way::Sent, "I", "AG_INIT_EXCH") => MessageName::AM1,
        (Way::Sent, "R", "AG_INIT_EXCH") => MessageName::AM2,
        (Way::Sent, "I", "AG_AUTH") => MessageName::AM3,
        (Way::Received, "R", "AG_INIT_EXCH" | "AG_AUTH") => MessageName::AM3,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notify_has_many_names() {
        for text in ["NO_PROPOSAL_CHOSEN", "No proposal chosen (14)", "NO_PROP", "PROPOSAL_NOT_CHOSEN"] {
            assert_eq!(notify(text), Some(NotifyType::NO_PROPOSAL_CHOSEN), "{text}");
        }
        assert_eq!(notify("Invalid ID info (18)"), Some(NotifyType::INVALID_ID_INFORMATION));
        assert_eq!(notify("(15)"), Some(NotifyType::BAD_PROPOSAL_SYNTAX));
        assert_eq!(notify("15"), None, "a payload's number is none");
        assert_eq!(notify("gibberish"), None);
    }

    /// What a line of charon's or of an ASA's is about, to a device whose role is not known.
    #[test]
    fn exchanges_and_payloads_tell_what_a_message_is() {
        use MessageName as M;
        let asa =
            |list: &str| format!("IKE_DECODE RECEIVED Message (msgid={list} + NONE (0) total length : 64");
        let refuses = |protected| Told::Notify(NotifyType::NO_PROPOSAL_CHOSEN, protected);
        for (line, expected) in [
            ("parsed QUICK_MODE response 9 [ HASH ]".to_owned(), Told::Quick),
            ("parsed TRANSACTION request 9 [ HASH CPRQ ]".to_owned(), Told::Transaction),
            ("parsed INFORMATIONAL_V1 request 7 [ HASH N(NO_PROP) ]".to_owned(), refuses(true)),
            ("parsed INFORMATIONAL_V1 request 0 [ HASH N(NO_PROP) ]".to_owned(), refuses(true)),
            ("parsed INFORMATIONAL_V1 request 7 [ N(NO_PROP) ]".to_owned(), refuses(false)),
            ("parsed INFORMATIONAL_V1 request 7 [ HASH N(INITIAL_CONTACT) ]".to_owned(), Told::Other),
            ("parsed INFORMATIONAL_V1 request 7 [ HASH D ]".to_owned(), Told::Delete),
            ("parsed ID_PROT response 0 [ SA V ]".to_owned(), Told::Phase1(M::MSG2)),
            ("parsed ID_PROT request 0 [ SA V ]".to_owned(), Told::Phase1(M::MSG1)),
            ("parsed ID_PROT request 0 [ ID HASH N(INITIAL_CONTACT) ]".to_owned(), Told::Phase1(M::MSG5)),
            ("parsed ID_PROT request 0 [ V ]".to_owned(), Told::Other),
            ("parsed AGGRESSIVE response 0 [ SA KE No ID HASH ]".to_owned(), Told::Phase1(M::AM2)),
            ("parsed AGGRESSIVE request 0 [ HASH ]".to_owned(), Told::Phase1(M::AM3)),
            ("parsed AGGRESSIVE response 0 [ HASH ]".to_owned(), Told::Other),
            (asa("0) with payloads : HDR + NOTIFY (11)"), Told::Other),
            (asa("0) with payloads : HDR + DELETE (12)"), Told::Delete),
            (asa("0) with payloads : HDR + ID (5) + HASH (8) + NOTIFY (11)"), Told::Phase1(M::MSG5)),
            (asa("7) with payloads : HDR + HASH (8) + DELETE (12)"), Told::Delete),
            (asa("7) with payloads : HDR + HASH (8) + SA (1) + NONCE (10)"), Told::Quick),
            (asa("7) with payloads : HDR + HASH (8)"), Told::Other),
            (asa("7) with payloads : HDR + SA (1)"), Told::Other),
        ] {
            let fields = vendor::read(&line, None).unwrap().fields;
            assert_eq!(told(Way::Received, &fields, None, None, false), expected, "{line}");
        }
        let proof = asa("0) with payloads : HDR + HASH (8)");
        let fields = vendor::read(&proof, None).unwrap().fields;
        let of = |mode| told(Way::Sent, &fields, Some(Role::Initiator), Some(mode), false);
        assert_eq!((of(Mode::Aggressive), of(Mode::Main)), (Told::Phase1(M::AM3), Told::Other));
    }

    #[test]
    fn a_router_tells_messages_by_its_state() {
        use MessageName as M;
        for (way, role, state, message) in [
            ("received", "N", "NEW SA", Some(M::MSG1)),
            ("sending", "I", "MM_NO_STATE", Some(M::MSG1)),
            ("sending", "R", "MM_SA_SETUP", Some(M::MSG2)),
            ("sending", "I", "MM_SA_SETUP", Some(M::MSG3)),
            ("received", "R", "MM_SA_SETUP", Some(M::MSG3)),
            ("sending", "R", "MM_KEY_EXCH", Some(M::MSG4)),
            ("sending", "I", "MM_KEY_EXCH", Some(M::MSG5)),
            ("received", "R", "MM_KEY_EXCH", Some(M::MSG5)),
            ("sending", "I", "AG_INIT_EXCH", Some(M::AM1)),
            ("sending", "R", "AG_INIT_EXCH", Some(M::AM2)),
            ("sending", "I", "AG_AUTH", Some(M::AM3)),
            ("received", "R", "AG_INIT_EXCH", Some(M::AM3)),
            ("received", "R", "AG_AUTH", Some(M::AM3)),
            ("received", "I", "MM_NO_STATE", None),
            ("sending", "I", "QM_IDLE", None),
        ] {
            let line = match way {
                "sending" => format!(
                    "ISAKMP-PAK: (0):sending packet to 192.0.2.9 my_port 500 peer_port 500 ({role}) {state}"
                ),
                _ => format!(
                    "ISAKMP-PAK: (0):received packet from 192.0.2.9 dport 500 sport 500 Global ({role}) {state}"
                ),
            };
            let fields = vendor::read(&line, None).unwrap().fields;
            let way = if way == "sending" { Way::Sent } else { Way::Received };
            let found = |proven| told(way, &fields, None, None, proven);
            assert_eq!(found(false), message.map_or(Told::Other, Told::Phase1), "{line}");
            // Behind the initiator's proof the same state has message 6.
            let proven = if message == Some(M::MSG4) { Some(M::MSG6) } else { message };
            assert_eq!(found(true), proven.map_or(Told::Other, Told::Phase1), "{line}");
        }
    }

    #[test]
    fn payload_lists_tell_the_message() {
        let line = "06[ENC] generating ID_PROT response 0 [ KE No NAT-D NAT-D ]";
        let fields = vendor::read(line, None).unwrap().fields;
        assert_eq!(told(Way::Sent, &fields, None, None, false), Told::Phase1(MessageName::MSG4));
        let line = "IKE_DECODE RECEIVED Message (msgid=0) with payloads : HDR + ID (5) + HASH (8) + NONE (0) total length : 64";
        let fields = vendor::read(line, None).unwrap().fields;
        let of = |role| told(Way::Received, &fields, Some(role), None, false);
        assert_eq!(of(Role::Initiator), Told::Phase1(MessageName::MSG6));
        assert_eq!(of(Role::Responder), Told::Phase1(MessageName::MSG5));
    }
}
