//! The trace as JSON lines, one object per entry, for programs that walk the causes. No secrets.

use ike::{Certainty, ChildEvent, Event, Label, MessageName, Reason, SaId, Sending};
use isakmp::MessageId;
use serde_json::{Value, json};
use sim::{Actor, Datagram, Entry, Kind, Setup, Trace};

use crate::{plain_json, reasons};

/// An entry in a few words: what `kind` it is, and its first telling field.
pub fn entry_words(setup: &Setup, entry: &Entry) -> String {
    let object = object(setup, entry);
    let field =
        |name: &str| object.get(name).map(|value| value.as_str().map_or(value.to_string(), str::to_owned));
    // The most telling first: a reason before the message that it is about.
    let telling = ["reason", "message", "notify", "state", "by", "what"].into_iter().find_map(|name| {
        let value = field(name)?;
        // Quick Mode's have names, phase 1's numbers.
        let numbered = name == "message" && value.chars().all(|c| c.is_ascii_digit());
        Some(if numbered { format!("message {value}") } else { value })
    });
    let [actor, kind] = ["actor", "kind"].map(|name| field(name).unwrap_or_default());
    format!("{actor}, {kind}{}", telling.map_or(String::new(), |telling| format!(" {telling}")))
}

/// One object per line: `id`, `at`, `actor`, `cause`, `kind`, and what that kind holds.
pub fn trace_lines(setup: &Setup, trace: &Trace) -> String {
    trace_values(setup, trace).map(|value| format!("{}\n", plain_json(value.to_string()))).collect()
}

/// The same objects, as values.
pub fn trace_values(setup: &Setup, trace: &Trace) -> impl Iterator<Item = Value> {
    trace.entries().iter().map(|entry| object(setup, entry))
}

fn object(setup: &Setup, entry: &Entry) -> Value {
    let actor = match entry.actor {
        Actor::Operator => "operator".to_owned(),
        Actor::Peer(role) => role.to_string(),
        Actor::Network => "network".to_owned(),
    };
    // Their order is kept, and a trace reads better with these in front.
    let mut object = json!({
        "id": entry.id.0, "at": format!("{}s", entry.at), "actor": actor,
        "cause": entry.cause.map(|cause| cause.0),
    });
    if let (Some(fields), Value::Object(more)) = (object.as_object_mut(), kind(setup, &entry.kind)) {
        fields.extend(more);
    }
    object
}

fn kind(setup: &Setup, kind: &Kind) -> Value {
    match kind {
        Kind::Edited { fault, changes } => {
            let changes: Vec<Value> = changes
                .iter()
                .map(|change| {
                    let [what, before, after] = reasons::changed(&change.what);
                    json!({"at": change.at.to_string(), "what": what, "before": before, "after": after})
                })
                .collect();
            // Counted from 1, as every message about a fault does.
            json!({"kind": "edited", "fault": fault + 1, "changes": changes})
        }
        Kind::Initiated => json!({"kind": "initiated"}),
        Kind::Sent(datagram) => packet("sent", datagram),
        Kind::Arrived(datagram) => packet("arrived", datagram),
        Kind::Altered { by, how } => {
            json!({"kind": "altered", "by": reasons::blame(setup, *by), "how": reasons::alteration(how)})
        }
        Kind::Lost { by } => json!({"kind": "lost", "by": reasons::blame(setup, *by)}),
        Kind::Unreached { what, by } => {
            json!({"kind": "unreached", "what": reasons::unreached(*what), "by": by.to_string()})
        }
        Kind::Cleared { fault, clear } => {
            json!({"kind": "cleared", "fault": fault + 1, "what": clear.what.name(), "told": clear.notify})
        }
        Kind::Timer(timer) => json!({"kind": "timer", "sa": timer.sa.0, "last": timer.is_last()}),
        Kind::Engine(event) => said(event),
    }
}

fn packet(kind: &str, datagram: &Datagram) -> Value {
    let Datagram { from, to, bytes, label, .. } = datagram;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut value = json!({"kind": kind, "from": from.to_string(), "to": to.to_string(), "bytes": hex});
    let more = match label {
        Label::Message { name, sending, .. } => {
            json!({"message": message_value(*name), "copy": sending_name(*sending)})
        }
        Label::Delete { .. } => json!({"delete": true}),
        Label::Notify { notify, protected, .. } => {
            json!({"notify": notify.to_string(), "protected": protected})
        }
        Label::Foreign { exchange, encrypted } => {
            json!({"exchange": exchange.map(|exchange| exchange.to_string()), "encrypted": encrypted})
        }
    };
    if let (Some(fields), Value::Object(more)) = (value.as_object_mut(), more) {
        fields.extend(more);
    }
    value
}

fn sending_name(sending: Sending) -> String {
    match sending {
        Sending::First => "first".into(),
        Sending::Resend(n) => format!("resend {n}"),
        Sending::Answer => "answer".into(),
    }
}

/// An event by name, with what a program would want of it.
fn said(event: &Event) -> Value {
    match event {
        Event::NotStarted(reason) => json!({"kind": "not-started", "reason": reasons::reason(reason)}),
        Event::Created { sa, role, mode, cookies } => {
            json!({"kind": "created", "sa": sa.0, "role": role.to_string(), "mode": mode.to_string(),
                   "icookie": cookies.initiator.to_string(), "rcookie": cookies.responder.to_string()})
        }
        Event::Entered { sa, state } => json!({"kind": "entered", "sa": sa.0, "state": state.asa()}),
        Event::Accepted { sa, message } => {
            json!({"kind": "accepted", "sa": sa.0, "message": message_value(*message)})
        }
        Event::Duplicate { sa, message, answered } => {
            json!({"kind": "duplicate", "sa": sa.0, "message": message_value(*message), "answered": answered})
        }
        Event::Chosen { sa, negotiated, policy, lifetime } => {
            json!({"kind": "chosen", "sa": sa.0, "policy": policy, "lifetime": lifetime,
                   "encryption": negotiated.encryption.name(), "hash": negotiated.hash.name(),
                   "group": negotiated.group.number()})
        }
        Event::GroupFound { sa, group } => {
            json!({"kind": "tunnel-group", "sa": sa.0, "group": group.to_string()})
        }
        Event::NatChecked { sa, local, remote } => {
            json!({"kind": "nat-checked", "sa": sa.0, "local": local, "remote": remote})
        }
        Event::Floated { sa } => json!({"kind": "floated", "sa": sa.0}),
        // Secret: only that they are there.
        Event::Keys { sa, .. } => json!({"kind": "keys", "sa": sa.0}),
        Event::Child { sa, child, what } => of_child(*sa, *child, what),
        Event::Dropped { sa, reason, certainty, .. } => not_accepted("dropped", *sa, reason, *certainty),
        Event::Refused { sa, reason, certainty, .. } => not_accepted("refused", *sa, reason, *certainty),
        Event::NotifyReceived { sa, notify, protected, obeyed } => {
            json!({"kind": "notify-received", "sa": sa.map(|sa| sa.0), "notify": notify.to_string(),
                   "protected": protected, "obeyed": obeyed})
        }
        Event::DeleteReceived { sa } => json!({"kind": "delete-received", "sa": sa.0}),
        Event::Ended { sa, how, state } => {
            json!({"kind": "ended", "sa": sa.0, "how": format!("{how:?}").to_lowercase(), "state": state.asa()})
        }
        Event::Impaired { what, message, .. } => {
            json!({"kind": "impaired", "what": what.to_string(), "message": message_value(*message)})
        }
    }
}

/// Keys are secret: only that they are there.
fn of_child(sa: SaId, child: MessageId, what: &ChildEvent) -> Value {
    let (sa, child) = (sa.0, format!("{:08x}", child.0));
    match what {
        ChildEvent::Opened { role, selectors } => {
            json!({"kind": "child-opened", "sa": sa, "child": child, "role": role.to_string(),
                   "local": selectors.local.to_string(), "remote": selectors.remote.to_string()})
        }
        ChildEvent::Entered(state) => {
            json!({"kind": "child-entered", "sa": sa, "child": child, "state": state.name()})
        }
        ChildEvent::Agreed(agreed) => {
            json!({"kind": "child-agreed", "sa": sa, "child": child, "transform_set": agreed.set.to_string(),
                   "encapsulation": agreed.mode.to_string(), "udp": agreed.udp,
                   "pfs": agreed.pfs.map(ike::crypto::DhGroup::number),
                   "lifetime": agreed.lifetime, "kilobytes": agreed.kilobytes, "compression": agreed.compression.map(|one| one.by.to_string().to_lowercase())})
        }
        ChildEvent::Installed(_) => json!({"kind": "child-keys", "sa": sa, "child": child}),
        ChildEvent::Ended { how, state } => {
            json!({"kind": "child-ended", "sa": sa, "child": child, "how": format!("{how:?}").to_lowercase(),
                   "state": state.name()})
        }
    }
}

fn not_accepted(kind: &str, sa: Option<SaId>, reason: &Reason, certainty: Certainty) -> Value {
    json!({"kind": kind, "sa": sa.map(|sa| sa.0), "reason": reasons::reason(reason),
           "inferred": certainty == Certainty::Inferred})
}

/// Phase 1's messages by their numbers, Quick Mode's by their names.
fn message_value(name: MessageName) -> Value {
    if name.mode().is_some() { name.number().into() } else { name.to_string().into() }
}
