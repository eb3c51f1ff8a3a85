//! What is done to one message on the wire.

use std::time::Duration;

use ike::{MessageName, Mode};
use sim::{Fault, Times, WireAct, WireFault, WireTarget};

use super::{Reader, Setting};
use crate::error::Problem;
use crate::kinds::FieldName;
use crate::value::{At, NumberOrWord, duration, short, whole, word};
use crate::vocabulary;

/// A side's first Informational exchange.
pub(crate) const INFORMATIONAL: &str = "INFO1";

/// More copies than this of one message are no lesson, and a long run.
const MAX_COPIES: i64 = 1000;

/// A place in a datagram, or its length.
fn bytes(at: &At<i64>, what: &str) -> Result<usize, Problem> {
    whole(at, what, 0..=65_534)
}

impl Reader<'_> {
    pub(super) fn wire(&self, act: WireAct) -> Result<Fault, Problem> {
        let target = self.target(self.need(self.table.message.as_ref(), FieldName::Message)?)?;
        Ok(Fault::Wire(WireFault { target, act }))
    }

    /// A message of the run, or the first Informational exchange of one side.
    fn target(&self, at: &At<NumberOrWord>) -> Result<WireTarget, Problem> {
        let is_first = matches!(&at.value, NumberOrWord::Word(word) if word == INFORMATIONAL);
        match (&self.table.from, is_first) {
            (Some(from), true) => Ok(WireTarget::Informational(word(from, "peer", &vocabulary::ROLES)?)),
            (None, true) => Err(Problem::new(&at.span, "INFO1 needs `from`: either side may begin one")
                .help("as from = \"responder\", for the first notify or Delete of that side")),
            (None, false) => self.message(at).map(WireTarget::Message),
            (Some(from), false) => {
                let message =
                    "`from` goes with message = \"INFO1\": of all others it is known who sends them";
                Err(Problem::new(&from.span, message).help("leave `from` out"))
            }
        }
    }

    pub(super) fn corrupt(&self) -> Result<WireAct, Problem> {
        let byte = self.table.byte.as_ref().map(|at| bytes(at, "byte")).transpose()?;
        let bit = self.table.bit.as_ref().map_or(Ok(0), |at| whole(at, "bit", 0..=7))?;
        Ok(WireAct::Corrupt { byte, bit, times: self.times(Times::Count(1))? })
    }

    pub(super) fn truncate(&self) -> Result<WireAct, Problem> {
        let length = self.table.length.as_ref().map(|at| bytes(at, "length")).transpose()?;
        Ok(WireAct::Truncate { length, times: self.times(Times::Count(1))? })
    }

    pub(super) fn delay(&self) -> Result<Duration, Problem> {
        let at = self.need(self.table.by.as_ref(), FieldName::By)?;
        match duration(at, "by")? {
            Duration::ZERO => Err(Problem::new(&at.span, "a delay of nothing changes nothing")),
            by => Ok(by),
        }
    }

    pub(super) fn duplicate(&self, replay: bool) -> Result<WireAct, Problem> {
        // A replay comes when the exchange has gone on; a copy may come in its midst.
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

    pub(super) fn times(&self, default: Times) -> Result<Times, Problem> {
        let Some(At { value, span }) = &self.table.times else {
            return Ok(default);
        };
        match value {
            NumberOrWord::Word(word) if word == "all" => Ok(Times::All),
            NumberOrWord::Number(number) if *number >= 1 => {
                // No run has as many copies: beyond this it is "all" in other words.
                Ok(Times::Count(u32::try_from(*number).unwrap_or(u32::MAX)))
            }
            NumberOrWord::Number(_) | NumberOrWord::Word(_) => {
                Err(Problem::new(span, "times is neither a number of copies nor \"all\"")
                    .help("allowed: 1 and more, or \"all\""))
            }
        }
    }

    /// A message that the exchange has, by its name or its number.
    pub(super) fn message(&self, at: &At<NumberOrWord>) -> Result<MessageName, Problem> {
        let found = self.setting.messages().find(|name| match &at.value {
            // Phase 1 comes first, so that a number is one of its messages.
            NumberOrWord::Number(number) => name.mode().is_some() && i64::from(name.number()) == *number,
            NumberOrWord::Word(word) => name.to_string() == *word,
        });
        found.ok_or_else(|| self.no_message(at))
    }

    fn no_message(&self, at: &At<NumberOrWord>) -> Problem {
        let Setting { mode, confirm, phase_2, .. } = self.setting;
        let names: Vec<String> = self.setting.messages().map(|name| name.to_string()).collect();
        let (problem, fourth) = match &at.value {
            NumberOrWord::Number(number) => {
                let last = MessageName::all(mode, confirm).count();
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
        // The name is right; what is missing stands elsewhere in the file.
        let begins = |with: &str| matches!(&at.value, NumberOrWord::Word(word) if word.starts_with(with));
        if begins("INFO") {
            let only =
                "a fault of the wire can name a side's first Informational: message = \"INFO1\" with `from`";
            return problem.help(only);
        }
        let quick = begins("QM");
        if quick && !phase_2 {
            return problem.help("Quick Mode follows with phase2 = true");
        }
        match fourth && mode == Mode::Aggressive {
            true => problem.help("the fourth comes with confirm = true alone"),
            false => problem,
        }
    }
}
