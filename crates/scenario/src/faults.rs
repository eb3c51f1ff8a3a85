//! From a fault table to a fault: its fields belong to its kind, and its values are possible in this mode.

use std::net::IpAddr;
use std::ops::Range;
use std::time::Duration;

use ike::{Impair, Instant, MessageName, Mode, Role, script};
use isakmp::PayloadType;
use sim::{Direction, Edit, Fault, PathFault, PeerFault, Times, WireAct};

use crate::error::Problem;
use crate::fault_table::FaultTable;
use crate::kinds::{FaultKind, FieldName};
use crate::value::{At, NumberOrWord, address, duration, short, whole, word};
use crate::vocabulary;

/// What a fault's meaning depends on besides its own table.
#[derive(Clone, Copy)]
pub(super) struct Setting {
    pub mode: Mode,
    pub confirm: bool,
    /// The peers speak IPv6.
    pub v6: bool,
}

/// More copies than this of one message are no lesson, and a long run.
const MAX_COPIES: i64 = 1000;

/// The fault that a table describes.
pub(super) fn fault(table: &At<FaultTable>, setting: Setting) -> Result<Fault, Problem> {
    let kind =
        FaultKind::from_name(&table.value.kind.value).ok_or_else(|| unknown_kind(&table.value.kind))?;
    check_fields(&table.value, kind)?;
    let reader = Reader { table: &table.value, span: &table.span, kind, setting };
    reader.fault()
}

fn unknown_kind(kind: &At<String>) -> Problem {
    let message = format!("unknown fault `{}`", short(&kind.value));
    Problem::unknown(&kind.span, message, &kind.value, FaultKind::ALL.map(FaultKind::name))
}

/// Every field that is written is one of this kind's.
fn check_fields(table: &FaultTable, kind: FaultKind) -> Result<(), Problem> {
    let own = || kind.fields().iter().map(|field| field.name);
    let written = FieldName::ALL.into_iter().filter_map(|name| Some((name, table.span(name)?)));
    let mut foreign = written.filter(|(name, _)| !own().any(|own| own == *name));
    match foreign.next() {
        Some((name, span)) => {
            let message = format!("`{name}` is no field of {}", kind.name());
            let allowed = ["kind"].into_iter().chain(own().map(FieldName::name));
            Err(Problem::unknown(span, message, name.name(), allowed))
        }
        None => Ok(()),
    }
}

/// A place in a datagram, or its length.
fn bytes(at: &At<i64>, what: &str) -> Result<usize, Problem> {
    whole(at, what, 0..=65_534)
}

struct Reader<'a> {
    table: &'a FaultTable,
    span: &'a Range<usize>,
    kind: FaultKind,
    setting: Setting,
}

impl Reader<'_> {
    fn fault(&self) -> Result<Fault, Problem> {
        match self.kind {
            FaultKind::PskMismatch => self.edit(Edit::PskMismatch),
            FaultKind::MissingTunnelGroup => self.edit(Edit::MissingTunnelGroup),
            FaultKind::WrongTunnelGroupName => self.edit(Edit::WrongTunnelGroupName),
            FaultKind::MissingPsk => self.edit(Edit::MissingPsk),
            FaultKind::PolicyMismatch => {
                let attribute = self.need(self.table.attribute.as_ref(), FieldName::Attribute)?;
                self.edit(Edit::PolicyMismatch(word(attribute, "attribute", &vocabulary::ATTRIBUTES)?))
            }
            FaultKind::IkeDisabled => self.edit(Edit::IkeDisabled),
            FaultKind::AggressiveModeDisabled => self.aggressive_mode_disabled(),
            FaultKind::NatTraversalDisabled => self.edit(Edit::NatTraversalDisabled),
            // Only who calls can call a wrong address.
            FaultKind::WrongPeerAddress => Ok(Fault::operator(Role::Initiator, Edit::WrongPeerAddress)),
            FaultKind::IdentityMismatch => self.edit(Edit::IdentityMismatch),
            FaultKind::NoRoute => Ok(Fault::Path(PathFault::NoRoute { at: self.at(Role::Initiator)? })),
            FaultKind::PeerDown => self.peer_down().map(Fault::Path),
            FaultKind::BlockPort => self.block_port().map(Fault::Path),
            FaultKind::Nat => {
                Ok(Fault::Path(PathFault::Nat { at: self.at(Role::Initiator)?, outside: self.outside()? }))
            }
            FaultKind::Drop => self.wire(WireAct::Drop { times: self.times(Times::All)? }),
            FaultKind::Delay => self.wire(WireAct::Delay { by: self.delay()? }),
            FaultKind::Duplicate => self.wire(self.duplicate(false)?),
            FaultKind::Replay => self.wire(self.duplicate(true)?),
            FaultKind::Corrupt => self.wire(self.corrupt()?),
            FaultKind::Truncate => self.wire(self.truncate()?),
            FaultKind::Impair => self.impair(),
        }
    }

    fn need<'t, T>(&self, field: Option<&'t At<T>>, name: FieldName) -> Result<&'t At<T>, Problem> {
        field.ok_or_else(|| {
            let example = self.kind.fields().iter().find(|field| field.name == name);
            let example = example.map_or("", |field| field.value);
            Problem::new(self.span, format!("{} needs `{name}`", self.kind.name()))
                .help(format!("as {name} = {example}"))
        })
    }

    fn at(&self, default: Role) -> Result<Role, Problem> {
        self.table.at.as_ref().map_or(Ok(default), |at| word(at, "peer", &vocabulary::ROLES))
    }

    fn edit(&self, edit: Edit) -> Result<Fault, Problem> {
        Ok(Fault::operator(self.at(Role::Responder)?, edit))
    }

    fn aggressive_mode_disabled(&self) -> Result<Fault, Problem> {
        match self.setting.mode {
            Mode::Main => {
                let message = "aggressive-mode-disabled cannot act in Main Mode";
                Err(Problem::new(&self.table.kind.span, message).help("write mode = \"aggressive\""))
            }
            Mode::Aggressive => Ok(Fault::operator(Role::Responder, Edit::AggressiveModeDisabled)),
        }
    }

    fn block_port(&self) -> Result<PathFault, Problem> {
        let port = self.need(self.table.port.as_ref(), FieldName::Port)?;
        if ![500, 4500].contains(&port.value) {
            let message = format!("port {} is not used by IKE", port.value);
            return Err(Problem::new(&port.span, message).help("allowed: 500, 4500"));
        }
        let direction = self.table.direction.as_ref();
        let direction =
            direction.map_or(Ok(Direction::Both), |at| word(at, "direction", &vocabulary::DIRECTIONS))?;
        Ok(PathFault::BlockPort { port: whole(port, "port", 500..=4500)?, direction })
    }

    fn outside(&self) -> Result<IpAddr, Problem> {
        match &self.table.outside {
            Some(at) => address(at, "outside"),
            None if self.setting.v6 => Ok(IpAddr::from([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0x1a7])),
            None => Ok(IpAddr::from([192, 0, 2, 1])),
        }
    }

    fn peer_down(&self) -> Result<PathFault, Problem> {
        let moment = |at: &At<String>, what| duration(at, what).map(|length| Instant::ZERO + length);
        let from = self.table.from.as_ref().map_or(Ok(Instant::ZERO), |at| moment(at, "from"))?;
        let until = self.table.until.as_ref().map(|at| Ok((at, moment(at, "until")?))).transpose()?;
        if let Some((at, _)) = until.filter(|(_, until)| *until <= from) {
            return Err(Problem::new(&at.span, format!("until is not after from ({from} s)")));
        }
        Ok(PathFault::PeerDown { at: self.at(Role::Responder)?, from, until: until.map(|(_, until)| until) })
    }

    fn wire(&self, act: WireAct) -> Result<Fault, Problem> {
        let message = self.message(self.need(self.table.message.as_ref(), FieldName::Message)?)?;
        Ok(Fault::wire(message, act))
    }

    fn corrupt(&self) -> Result<WireAct, Problem> {
        let byte = self.table.byte.as_ref().map(|at| bytes(at, "byte")).transpose()?;
        let bit = self.table.bit.as_ref().map_or(Ok(0), |at| whole(at, "bit", 0..=7))?;
        Ok(WireAct::Corrupt { byte, bit, times: self.times(Times::Count(1))? })
    }

    fn truncate(&self) -> Result<WireAct, Problem> {
        let length = self.table.length.as_ref().map(|at| bytes(at, "length")).transpose()?;
        Ok(WireAct::Truncate { length, times: self.times(Times::Count(1))? })
    }

    fn delay(&self) -> Result<Duration, Problem> {
        let at = self.need(self.table.by.as_ref(), FieldName::By)?;
        match duration(at, "by")? {
            Duration::ZERO => Err(Problem::new(&at.span, "a delay of nothing changes nothing")),
            by => Ok(by),
        }
    }

    fn duplicate(&self, replay: bool) -> Result<WireAct, Problem> {
        let default = Duration::from_secs(if replay { 20 } else { 1 });
        let after = self.table.after.as_ref().map_or(Ok(default), |at| duration(at, "after"))?;
        let times = match self.times(Times::Count(1))? {
            Times::Count(times) if i64::from(times) <= MAX_COPIES => times,
            Times::Count(_) | Times::All => {
                let span = self.table.times.as_ref().map_or(self.span, |at| &at.span);
                return Err(Problem::new(span, "so many copies would never end")
                    .help(format!("allowed: 1 to {MAX_COPIES}")));
            }
        };
        Ok(WireAct::Duplicate { times, after, replay })
    }

    fn times(&self, default: Times) -> Result<Times, Problem> {
        let Some(At { value, span }) = &self.table.times else {
            return Ok(default);
        };
        match value {
            NumberOrWord::Word(word) if word == "all" => Ok(Times::All),
            NumberOrWord::Number(number) if *number >= 1 => {
                Ok(Times::Count(u32::try_from(*number).unwrap_or(u32::MAX)))
            }
            NumberOrWord::Number(_) | NumberOrWord::Word(_) => {
                Err(Problem::new(span, "times is neither a number of copies nor \"all\"")
                    .help("allowed: 1 and more, or \"all\""))
            }
        }
    }

    /// A message that the exchange has, by its name or its number.
    fn message(&self, at: &At<NumberOrWord>) -> Result<MessageName, Problem> {
        let Setting { mode, confirm, .. } = self.setting;
        let found = MessageName::all(mode, confirm).find(|name| match &at.value {
            NumberOrWord::Number(number) => i64::from(name.number()) == *number,
            NumberOrWord::Word(word) => name.to_string() == *word,
        });
        found.ok_or_else(|| self.no_message(at))
    }

    fn no_message(&self, at: &At<NumberOrWord>) -> Problem {
        let Setting { mode, confirm, .. } = self.setting;
        let names: Vec<String> = MessageName::all(mode, confirm).map(|name| name.to_string()).collect();
        let (problem, fourth) = match &at.value {
            NumberOrWord::Number(number) => {
                let last = names.len();
                let message =
                    format!("message {number} does not exist: this exchange has messages 1 to {last}");
                (Problem::new(&at.span, message), *number == 4)
            }
            NumberOrWord::Word(word) => {
                let known = word.parse::<MessageName>();
                let message = match known {
                    Ok(name) => format!("{name} is no message of {mode} mode"),
                    Err(_) => format!("unknown message `{}`", short(word)),
                };
                let problem = Problem::unknown(&at.span, message, word, names.iter().map(String::as_str));
                (problem, known == Ok(MessageName::AM4))
            }
        };
        match fourth && mode == Mode::Aggressive {
            true => problem.help("the fourth comes with confirm = true alone"),
            false => problem,
        }
    }

    fn impair(&self) -> Result<Fault, Problem> {
        let role = word(self.need(self.table.at.as_ref(), FieldName::At)?, "peer", &vocabulary::ROLES)?;
        let kinds: Vec<(&'static str, Impair)> = Impair::ALL.map(|what| (what.name(), what)).to_vec();
        let what = word(self.need(self.table.what.as_ref(), FieldName::What)?, "defect", &kinds)?;
        let message = self.table.message.as_ref().map(|at| Ok((at, self.message(at)?))).transpose()?;
        let possible: Vec<MessageName> = self.touched(role, what).collect();
        if let Some((at, name)) = message.filter(|(_, name)| !possible.contains(name)) {
            let names: Vec<String> = possible.iter().map(MessageName::to_string).collect();
            let message = format!("{what} at the {role} cannot touch {name}");
            return Err(Problem::new(&at.span, message).help(format!("allowed: {}", names.join(", "))));
        }
        Ok(Fault::Peer(PeerFault { at: role, what, message: message.map(|(_, name)| name) }))
    }

    /// The messages in which this defect of this peer can show.
    fn touched(&self, role: Role, what: Impair) -> impl Iterator<Item = MessageName> {
        let Setting { mode, confirm, .. } = self.setting;
        let rows = MessageName::all(mode, confirm).map(MessageName::row);
        let touches = move |row: &&script::Row| match what {
            Impair::OmitKe | Impair::EmptyKe | Impair::ZeroKe => {
                row.sender == role && row.required.contains(&PayloadType::KE)
            }
            Impair::EmptyHash | Impair::CorruptHash => {
                row.sender == role && row.required.contains(&PayloadType::HASH)
            }
            Impair::NonzeroReserved | Impair::NeverRetransmit => row.sender == role,
            Impair::IgnoreMessage => row.sender != role,
        };
        rows.filter(touches).map(|row| row.message)
    }
}
