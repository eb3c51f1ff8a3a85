//! Faults as one writes them on a command line: `drop:message=3,times=1`.

use std::fmt;

use ike::Impair;

use crate::error::nearest;
use crate::fault_table::FaultTable;
use crate::faults::{CLEARED, MAP_PARTS, PFS_HOWS, PROXY_HOWS, TRANSFORM_ATTRIBUTES};
use crate::kinds::{FaultKind, FieldName};
use crate::value::NumberOrWord;
use crate::vocabulary::{ATTRIBUTES, DIRECTIONS, ROLES, names};

/// A fault with its fields, not yet checked against a mode.
#[derive(Clone, Debug, PartialEq)]
pub struct FaultText {
    kind: FaultKind,
    /// In the order written.
    fields: Vec<(FieldName, NumberOrWord)>,
    table: FaultTable,
}

impl FaultText {
    fn new(kind: FaultKind) -> FaultText {
        let table = FaultTable { kind: kind.name().to_owned().into(), ..FaultTable::default() };
        FaultText { kind, fields: Vec::new(), table }
    }

    /// A fault of this kind, with the fields that it needs.
    pub fn example(kind: FaultKind) -> FaultText {
        let mut fault = FaultText::new(kind);
        let required = kind.fields().iter().filter(|field| field.required);
        for (name, value) in required.filter_map(|field| Some((field.name, field.literal()?))) {
            fault.table.set(name, value.clone());
            fault.fields.push((name, value));
        }
        fault
    }

    /// Reads `kind` or `kind:field=value,field=value`.
    ///
    /// # Errors
    /// What is wrong, in one line.
    pub fn parse(text: &str) -> Result<FaultText, String> {
        let (name, fields) = text.split_once(':').unwrap_or((text, ""));
        let kind = FaultKind::from_name(name).ok_or_else(|| {
            let near = nearest(name, FaultKind::ALL.map(FaultKind::name));
            let near = near.map_or(String::new(), |near| format!("; did you mean {near}?"));
            format!("unknown fault `{name}`{near}")
        })?;
        let mut fault = FaultText::new(kind);
        for field in fields.split(',').filter(|field| !field.is_empty()) {
            let (key, value) = field.split_once('=').ok_or_else(|| format!("`{field}` is no field=value"))?;
            fault.read(key, value)?;
        }
        Ok(fault)
    }

    fn read(&mut self, key: &str, value: &str) -> Result<(), String> {
        let own = || self.kind.fields().iter().map(|field| field.name);
        let name = own().find(|name| name.name() == key).ok_or_else(|| {
            let known: Vec<&str> = own().map(FieldName::name).collect();
            format!("`{key}` is no field of {}; allowed: {}", self.kind.name(), known.join(", "))
        })?;
        let value = value.parse().map_or_else(|_| NumberOrWord::Word(value.to_owned()), NumberOrWord::Number);
        if !self.table.set(name, value.clone()) {
            let wanted = if name == FieldName::Notify { "true or false" } else { "a number" };
            return Err(format!("`{key}` of {} is {wanted}", self.kind.name()));
        }
        self.fields.push((name, value));
        Ok(())
    }

    /// The `[[fault]]` table.
    pub(super) fn table(&self) -> &FaultTable {
        &self.table
    }

    /// Which.
    pub fn kind(&self) -> FaultKind {
        self.kind
    }
}

/// As it is read.
impl fmt::Display for FaultText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.name())?;
        for (n, (name, value)) in self.fields.iter().enumerate() {
            let mark = if n == 0 { ':' } else { ',' };
            match value {
                NumberOrWord::Word(text) => write!(f, "{mark}{name}={text}")?,
                NumberOrWord::Number(number) => write!(f, "{mark}{name}={number}")?,
            }
        }
        Ok(())
    }
}

/// Values worth trying for a field of a kind. A field that is left out has its default.
fn values(kind: FaultKind, field: FieldName, phase_2: bool) -> Vec<&'static str> {
    match field {
        FieldName::At => names(&ROLES),
        FieldName::Attribute if kind.is_of_phase_2() => names(&TRANSFORM_ATTRIBUTES),
        FieldName::Attribute => names(&ATTRIBUTES),
        FieldName::How if kind == FaultKind::PfsMismatch => names(&PFS_HOWS),
        FieldName::How => names(&PROXY_HOWS),
        FieldName::What if kind == FaultKind::ClearCrypto => names(&CLEARED),
        FieldName::What if kind.is_of_phase_2() => names(&MAP_PARTS),
        FieldName::When => ["30s"].to_vec(),
        FieldName::Notify => ["true", "false"].to_vec(),
        // An impairment acts wherever it can: naming the message as well would try the same thing twice.
        FieldName::Message if kind == FaultKind::Impair => Vec::new(),
        // Numbers serve both modes; what a mode does not have is left out of the sweep.
        FieldName::Message if phase_2 => ["1", "2", "3", "4", "5", "6", "QM1", "QM2", "QM3"].to_vec(),
        FieldName::Message => ["1", "2", "3", "4", "5", "6"].to_vec(),
        FieldName::Port => ["500", "4500"].to_vec(),
        FieldName::Direction => names(&DIRECTIONS),
        FieldName::Times => {
            match [FaultKind::Drop, FaultKind::Corrupt, FaultKind::Truncate].contains(&kind) {
                true => ["1", "all"].to_vec(),
                false => Vec::new(),
            }
        }
        // Before a Cisco's first resend, behind it, and after it gave up.
        FieldName::By => ["5s", "12s", "90s"].to_vec(),
        FieldName::What => Impair::ALL.map(Impair::name).to_vec(),
        FieldName::Outside
        | FieldName::From
        | FieldName::Until
        | FieldName::After
        | FieldName::Byte
        | FieldName::Bit
        | FieldName::Length => Vec::new(),
    }
}

/// Every kind with every combination of the values worth trying. `phase_2`: Quick Mode follows.
pub(super) fn every(phase_2: bool) -> Vec<FaultText> {
    // Those of phase 2 would make another scenario of one that has phase 1 alone: only where it follows anyway.
    let kinds = FaultKind::ALL.into_iter().filter(|kind| phase_2 || !kind.is_of_phase_2());
    kinds.flat_map(|kind| FaultText::variants(kind, phase_2)).collect()
}

impl FaultText {
    /// A kind with every combination of the values worth trying. `phase_2`: Quick Mode follows, whose messages can be
    /// lost too.
    pub fn variants(kind: FaultKind, phase_2: bool) -> Vec<FaultText> {
        let mut texts = vec![kind.name().to_owned()];
        for field in kind.fields() {
            let values = values(kind, field.name, phase_2);
            if values.is_empty() {
                continue;
            }
            let add = |text: &String, value: &&str| {
                let mark = if text.contains(':') { ',' } else { ':' };
                format!("{text}{mark}{}={value}", field.name)
            };
            texts = texts.iter().flat_map(|text| values.iter().map(move |value| add(text, value))).collect();
        }
        // Read as anybody's: what a sweep names is what can be typed.
        texts.iter().filter_map(|text| FaultText::parse(text).ok()).collect()
    }
}
