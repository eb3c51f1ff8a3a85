//! What a message of an exchange is called: `MSG5`, `AM3`, `QM1`.

use std::fmt;
use std::str::FromStr;

use isakmp::ExchangeType;

use crate::script::{self, Row};
use crate::state::{Mode, Role};

/// The exchanges of IKEv1 (RFC 2408 section 3.1, RFC 2409 section 5; Transaction: the mode-config draft).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ExchangeKind {
    /// Phase 1 in six messages.
    Main,
    /// Phase 1 in three messages, four with the confirmation.
    Aggressive,
    /// Phase 2.
    Quick,
    /// XAUTH and mode config.
    Transaction,
    /// Notifies and Deletes.
    Informational,
}

impl ExchangeKind {
    /// Every exchange.
    pub const ALL: [ExchangeKind; 5] = [
        ExchangeKind::Main,
        ExchangeKind::Aggressive,
        ExchangeKind::Quick,
        ExchangeKind::Transaction,
        ExchangeKind::Informational,
    ];

    /// The exchange of this number in a header; `None` for one that IKEv1 does not have.
    pub fn from_assigned(exchange: ExchangeType) -> Option<ExchangeKind> {
        ExchangeKind::ALL.into_iter().find(|kind| kind.assigned() == exchange)
    }

    /// Its number in a header.
    pub const fn assigned(self) -> ExchangeType {
        match self {
            ExchangeKind::Main => ExchangeType::MAIN,
            ExchangeKind::Aggressive => ExchangeType::AGGRESSIVE,
            ExchangeKind::Quick => ExchangeType::QUICK,
            ExchangeKind::Transaction => ExchangeType::TRANSACTION,
            ExchangeKind::Informational => ExchangeType::INFORMATIONAL,
        }
    }

    /// The phase 1 exchange it is; `None` for one that runs under an SA.
    pub const fn mode(self) -> Option<Mode> {
        match self {
            ExchangeKind::Main => Some(Mode::Main),
            ExchangeKind::Aggressive => Some(Mode::Aggressive),
            ExchangeKind::Quick | ExchangeKind::Transaction | ExchangeKind::Informational => None,
        }
    }

    /// What its messages' names begin with.
    const fn prefix(self) -> &'static str {
        match self {
            ExchangeKind::Main => "MSG",
            ExchangeKind::Aggressive => "AM",
            ExchangeKind::Quick => "QM",
            ExchangeKind::Transaction => "TX",
            ExchangeKind::Informational => "INFO",
        }
    }
}

impl From<Mode> for ExchangeKind {
    fn from(mode: Mode) -> ExchangeKind {
        match mode {
            Mode::Main => ExchangeKind::Main,
            Mode::Aggressive => ExchangeKind::Aggressive,
        }
    }
}

/// A message by its exchange and its number in it. Only messages that the script has can be named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageName {
    exchange: ExchangeKind,
    number: u8,
}

impl MessageName {
    /// The offer of Main Mode.
    pub const MSG1: MessageName = MessageName { exchange: ExchangeKind::Main, number: 1 };
    /// The choice.
    pub const MSG2: MessageName = MessageName { exchange: ExchangeKind::Main, number: 2 };
    /// The initiator's public value and nonce.
    pub const MSG3: MessageName = MessageName { exchange: ExchangeKind::Main, number: 3 };
    /// The responder's.
    pub const MSG4: MessageName = MessageName { exchange: ExchangeKind::Main, number: 4 };
    /// The initiator's identity and proof.
    pub const MSG5: MessageName = MessageName { exchange: ExchangeKind::Main, number: 5 };
    /// The responder's.
    pub const MSG6: MessageName = MessageName { exchange: ExchangeKind::Main, number: 6 };
    /// Aggressive Mode: offer, public value, nonce, identity.
    pub const AM1: MessageName = MessageName { exchange: ExchangeKind::Aggressive, number: 1 };
    /// The choice, the responder's half and its proof.
    pub const AM2: MessageName = MessageName { exchange: ExchangeKind::Aggressive, number: 2 };
    /// The initiator's proof.
    pub const AM3: MessageName = MessageName { exchange: ExchangeKind::Aggressive, number: 3 };
    /// The confirmation (docs/architecture.md): no device sends it.
    pub const AM4: MessageName = MessageName { exchange: ExchangeKind::Aggressive, number: 4 };

    /// Quick Mode: the offer.
    pub const QM1: MessageName = MessageName { exchange: ExchangeKind::Quick, number: 1 };
    /// The choice.
    pub const QM2: MessageName = MessageName { exchange: ExchangeKind::Quick, number: 2 };
    /// The initiator saw the choice.
    pub const QM3: MessageName = MessageName { exchange: ExchangeKind::Quick, number: 3 };

    /// Message `number`, from 1, of an exchange; `None` where the script has no such message.
    pub fn new(exchange: impl Into<ExchangeKind>, number: u8) -> Option<MessageName> {
        let exchange = exchange.into();
        let there = (1..=script::of(exchange).len()).contains(&usize::from(number));
        there.then_some(MessageName { exchange, number })
    }

    /// Every message of a phase 1 exchange, in order: the fourth of Aggressive Mode only where it is confirmed.
    pub fn all(mode: Mode, confirm: bool) -> impl DoubleEndedIterator<Item = MessageName> {
        // AM4 belongs to the exchange only where AM2 promised it.
        let names = script::of(mode.into()).iter().map(|row| row.message);
        names.filter(move |name| confirm || *name != MessageName::AM4)
    }

    /// Every message of Quick Mode, in order.
    pub fn quick() -> impl DoubleEndedIterator<Item = MessageName> {
        script::of(ExchangeKind::Quick).iter().map(|row| row.message)
    }

    /// It ends its exchange.
    pub fn is_last(self, confirm: bool) -> bool {
        self.mode().is_some_and(|mode| MessageName::all(mode, confirm).next_back() == Some(self))
    }

    /// Its exchange.
    pub const fn exchange(self) -> ExchangeKind {
        self.exchange
    }

    /// Its number in the exchange, from 1.
    pub const fn number(self) -> u8 {
        self.number
    }

    /// The phase 1 mode it belongs to; `None` for a message of an exchange under an SA.
    pub const fn mode(self) -> Option<Mode> {
        self.exchange.mode()
    }

    /// Its row of the script.
    #[expect(clippy::indexing_slicing, reason = "a name is only made where its row is")]
    pub fn row(self) -> &'static Row {
        &script::of(self.exchange)[usize::from(self.number) - 1]
    }

    /// Which end of its exchange sends it.
    pub fn sender(self) -> Role {
        self.row().sender
    }

    /// It begins its exchange.
    pub const fn is_first(self) -> bool {
        self.number == 1
    }

    /// The message it answers.
    pub fn previous(self) -> Option<MessageName> {
        MessageName::new(self.exchange, self.number.checked_sub(1)?)
    }

    /// The message that answers it.
    pub fn next(self) -> Option<MessageName> {
        MessageName::new(self.exchange, self.number.checked_add(1)?)
    }
}

impl fmt::Display for MessageName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.exchange.prefix(), self.number)
    }
}

/// A text that names no message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoSuchMessage;

/// `MSG1` to `MSG6`, `AM1` to `AM4`, `QM1` to `QM3`, as they are printed.
impl FromStr for MessageName {
    type Err = NoSuchMessage;

    fn from_str(text: &str) -> Result<MessageName, NoSuchMessage> {
        let named = |kind: ExchangeKind| {
            let number = text.strip_prefix(kind.prefix())?.parse().ok()?;
            // `MSG05` and `MSG+5` hold a number too, and are no names.
            MessageName::new(kind, number).filter(|name| name.to_string() == text)
        };
        ExchangeKind::ALL.into_iter().find_map(named).ok_or(NoSuchMessage)
    }
}
