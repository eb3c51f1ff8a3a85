//! A fault as the file has it.

use ike::{Instant, Role};
use sim::{ClearFault, Fault, PathFault, PeerFault, Times, WireAct, WireFault, WireTarget};

use super::moment;
use crate::fault_table::FaultTable;
use crate::value::{At, NumberOrWord, duration_text};
use crate::vocabulary::{self, DIRECTIONS};

impl FaultTable {
    /// The table of a fault; none for an operator's, which the configurations show.
    pub(super) fn of(fault: &Fault) -> Option<FaultTable> {
        let table = FaultTable {
            kind: fault.kind().to_owned().into(),
            at: fault.at().map(word_of),
            ..FaultTable::default()
        };
        match fault {
            Fault::Operator(_) => None,
            Fault::Path(path) => Some(table.path(*path)),
            Fault::Clear(clear) => Some(table.clear(*clear)),
            Fault::Wire(wire) => Some(table.wire(*wire)),
            Fault::Peer(PeerFault { what, message, .. }) => Some(FaultTable {
                what: Some(what.name().to_owned().into()),
                message: message.map(word_for),
                ..table
            }),
        }
    }

    fn path(self, path: PathFault) -> FaultTable {
        match path {
            PathFault::NoRoute { .. } => self,
            PathFault::PeerDown { from, until, .. } => {
                let from = (from > Instant::ZERO).then(|| moment(from));
                FaultTable { from, until: until.map(moment), ..self }
            }
            PathFault::BlockPort { port, direction } => FaultTable {
                port: Some(i64::from(port).into()),
                direction: vocabulary::name_of(&DIRECTIONS, direction).map(|name| name.to_owned().into()),
                ..self
            },
            PathFault::Nat { outside, .. } => {
                FaultTable { outside: Some(outside.to_string().into()), ..self }
            }
        }
    }

    fn clear(self, ClearFault { when, after, clear, .. }: ClearFault) -> FaultTable {
        FaultTable {
            when: Some(duration_text(when).into()),
            after: after.map(|name| name.to_string().into()),
            what: Some(clear.what.name().to_owned().into()),
            notify: Some(clear.notify.into()),
            ..self
        }
    }

    /// This table as that of a wire's fault.
    pub fn wire(self, WireFault { target, act }: WireFault) -> FaultTable {
        let number = |number: usize| At::from(i64::try_from(number).unwrap_or(i64::MAX));
        let kind = act.kind().to_owned().into();
        let from = match target {
            WireTarget::Message(_) => None,
            WireTarget::Informational(from) => Some(word_of(from)),
        };
        let table = FaultTable { kind, message: Some(word_for(target)), from, ..self };
        match act {
            WireAct::Drop { times } => FaultTable { times: Some(times.into()), ..table },
            WireAct::Delay { by } => FaultTable { by: Some(duration_text(by).into()), ..table },
            // That it is a replay, its kind says.
            WireAct::Duplicate { times, after, .. } => FaultTable {
                times: Some(Times::Count(times).into()),
                after: Some(duration_text(after).into()),
                ..table
            },
            WireAct::Corrupt { byte, bit, times } => FaultTable {
                byte: byte.map(number),
                bit: Some(i64::from(bit).into()),
                times: Some(times.into()),
                ..table
            },
            WireAct::Truncate { length, times } => {
                FaultTable { length: length.map(number), times: Some(times.into()), ..table }
            }
        }
    }
}

fn word_of(role: Role) -> At<String> {
    role.name().to_owned().into()
}

fn word_for(message: impl ToString) -> At<NumberOrWord> {
    NumberOrWord::Word(message.to_string()).into()
}

impl From<Times> for At<NumberOrWord> {
    fn from(times: Times) -> At<NumberOrWord> {
        At::from(match times {
            Times::All => NumberOrWord::Word("all".into()),
            Times::Count(count) => NumberOrWord::Number(count.into()),
        })
    }
}
