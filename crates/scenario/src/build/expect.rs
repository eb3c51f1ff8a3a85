//! What the file says the run comes to.

use ike::{Mode, NotifyType, Role, Sides, State};
use sim::Cause;

use crate::error::Problem;
use crate::file::ExpectTable;
use crate::scenario::Expect;
use crate::value::{At, short, word};
use crate::vocabulary;

pub(super) fn expect(table: &ExpectTable, mode: Mode) -> Result<Expect, Problem> {
    let state =
        |at: &Option<At<String>>, role| at.as_ref().map(|at| expected_state(at, role, mode)).transpose();
    Ok(Expect {
        states: Sides::new(
            state(&table.initiator, Role::Initiator)?,
            state(&table.responder, Role::Responder)?,
        ),
        cause: table.cause.as_ref().map(expected_cause).transpose()?,
        notify: table.notify.as_ref().map(|list| list.iter().map(notify).collect()).transpose()?,
        established: table.established,
    })
}

fn expected_state(at: &At<String>, role: Role, mode: Mode) -> Result<Option<State>, Problem> {
    if at.value == "NONE" {
        return Ok(None);
    }
    let possible = |state: &State| state.is_in(mode, role);
    let names = State::all().filter(possible).map(State::asa).chain(["NONE"]);
    let Some(state) = State::from_asa(&at.value) else {
        return Err(Problem::unknown(
            &at.span,
            format!("unknown state `{}`", short(&at.value)),
            &at.value,
            names,
        ));
    };
    if possible(&state) {
        return Ok(Some(state));
    }
    let message = format!("the {role} is never in {state} in this mode");
    Err(Problem::new(&at.span, message).help(format!("allowed: {}", names.collect::<Vec<_>>().join(", "))))
}

fn expected_cause(at: &At<String>) -> Result<Option<Cause>, Problem> {
    if at.value == "none" {
        return Ok(None);
    }
    Cause::from_name(&at.value).map(Some).ok_or_else(|| {
        Problem::unknown(
            &at.span,
            format!("unknown cause `{}`", short(&at.value)),
            &at.value,
            vocabulary::causes(),
        )
    })
}

fn notify(at: &At<String>) -> Result<NotifyType, Problem> {
    let errors: Vec<(&'static str, NotifyType)> = NotifyType::ALL
        .iter()
        .filter(|(notify, _)| notify.is_error())
        .map(|(notify, name)| (*name, *notify))
        .collect();
    word(at, "error notify", &errors)
}
