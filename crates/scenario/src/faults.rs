//! From a fault table to a fault: its fields belong to its kind, and its values are possible in this mode.

mod phase2;
mod wire;

use std::net::IpAddr;
use std::ops::Range;

use ike::{Authentication, Impair, Instant, MessageName, Mode, Role, script};
use isakmp::PayloadType;
pub(super) use phase2::{CLEARED, MAP_PARTS, PFS_HOWS, PROXY_HOWS, TRANSFORM_ATTRIBUTES};
use sim::{Direction, Edit, Fault, PathFault, PeerFault, Times, WireAct};
pub(super) use wire::INFORMATIONAL;

use crate::error::Problem;
use crate::fault_table::FaultTable;
use crate::kinds::{FaultKind, FieldName};
use crate::value::{At, address, duration, short, whole, word};
use crate::vocabulary;

/// What a fault's meaning depends on besides its own table.
#[derive(Clone, Copy)]
pub(super) struct Setting {
    pub mode: Mode,
    pub confirm: bool,
    /// The peers speak IPv6.
    pub v6: bool,
    /// Quick Mode follows.
    pub phase_2: bool,
}

impl Setting {
    /// The messages of a run, in order.
    fn messages(self) -> impl Iterator<Item = MessageName> {
        let quick = MessageName::quick().filter(move |_| self.phase_2);
        MessageName::all(self.mode, self.confirm).chain(quick)
    }
}

/// The fault that a table describes.
pub(super) fn fault(table: &At<FaultTable>, setting: Setting) -> Result<Fault, Problem> {
    let kind =
        FaultKind::from_name(&table.value.kind.value).ok_or_else(|| unknown_kind(&table.value.kind))?;
    // First: a field of another kind would be judged by rules that are not its own.
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
            FaultKind::TransformMismatch => self.transform_mismatch(),
            FaultKind::PfsMismatch => self.pfs_mismatch(),
            FaultKind::ProxyMismatch => self.proxy_mismatch(),
            FaultKind::CryptoMapIncomplete => self.map_incomplete(),
            FaultKind::MapUnbound => self.edit(Edit::MapUnbound),
            FaultKind::ClearCrypto => self.clear(),
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
            // `am-disable` concerns who is called, and nobody else.
            Mode::Aggressive => Ok(Fault::operator(Role::Responder, Edit::AggressiveModeDisabled)),
        }
    }

    fn block_port(&self) -> Result<PathFault, Problem> {
        let port = self.need(self.table.port.as_ref(), FieldName::Port)?;
        // IKE is called on no other.
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
        // It would never be off, and the fault never act.
        if let Some((at, _)) = until.filter(|(_, until)| *until <= from) {
            return Err(Problem::new(&at.span, format!("until is not after from ({from} s)")));
        }
        Ok(PathFault::PeerDown { at: self.at(Role::Responder)?, from, until: until.map(|(_, until)| until) })
    }

    fn impair(&self) -> Result<Fault, Problem> {
        let role = word(self.need(self.table.at.as_ref(), FieldName::At)?, "peer", &vocabulary::ROLES)?;
        let kinds: Vec<(&'static str, Impair)> = Impair::ALL.map(|what| (what.name(), what)).to_vec();
        let what = word(self.need(self.table.what.as_ref(), FieldName::What)?, "defect", &kinds)?;
        let message = self.table.message.as_ref().map(|at| Ok((at, self.message(at)?))).transpose()?;
        // In a message that this peer never sends, a defect would never act.
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
        let rows = self.setting.messages().map(MessageName::row);
        let method = Authentication::PreShared.method();
        let touches = move |row: &&script::Row| match what {
            Impair::OmitKe | Impair::EmptyKe | Impair::ZeroKe => {
                row.sender == role && row.has(PayloadType::KE)
            }
            Impair::EmptyHash | Impair::CorruptHash => {
                row.sender == role && row.payloads(method).required.contains(&PayloadType::HASH)
            }
            Impair::NonzeroReserved | Impair::NeverRetransmit => row.sender == role,
            Impair::IgnoreMessage => row.sender != role,
        };
        rows.filter(touches).map(|row| row.message)
    }
}
