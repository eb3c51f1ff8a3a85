//! What the file says the run comes to.

use ike::{Mode, NotifyType, QuickState, Role, Sides, State};
use sim::Cause;

use crate::error::Problem;
use crate::file::ExpectTable;
use crate::scenario::Expect;
use crate::value::{At, short, whole, word};
use crate::vocabulary;

pub(super) fn expect(table: &ExpectTable, mode: Mode, phase_2: bool) -> Result<Expect, Problem> {
    let of_phase_2 = [&table.initiator_phase2, &table.responder_phase2, &table.verdict]
        .into_iter()
        .find_map(|at| at.as_ref().map(|at| &at.span))
        .or(table.children.as_ref().map(|at| &at.span));
    // It could only fail, and after the run without saying why.
    if let Some(span) = of_phase_2.filter(|_| !phase_2) {
        return Err(Problem::new(span, "there is no phase 2 in this scenario").help("write phase2 = true"));
    }
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
        quick: Sides::new(
            table.initiator_phase2.as_ref().map(|at| quick_state(at, Role::Initiator)).transpose()?,
            table.responder_phase2.as_ref().map(|at| quick_state(at, Role::Responder)).transpose()?,
        ),
        passage: table.verdict.as_ref().map(|at| word(at, "verdict", &vocabulary::PASSAGES)).transpose()?,
        children: table
            .children
            .as_ref()
            .map(|at| whole(at, "children", 0..=i64::from(u32::MAX)))
            .transpose()?,
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
    // It is spelt right: what helps is the list of what can be, not the nearest name.
    let message = format!("the {role} is never in {state} in this mode");
    Err(Problem::new(&at.span, message).help(format!("allowed: {}", names.collect::<Vec<_>>().join(", "))))
}

fn quick_state(at: &At<String>, role: Role) -> Result<Option<QuickState>, Problem> {
    if at.value == "NONE" {
        return Ok(None);
    }
    let names = || {
        QuickState::ALL.into_iter().filter(|state| state.is_of(role)).map(QuickState::name).chain(["NONE"])
    };
    let state = QuickState::from_name(&at.value).filter(|state| state.is_of(role));
    state.map(Some).ok_or_else(|| {
        let message = format!("`{}` is no state of Quick Mode at the {role}", short(&at.value));
        Problem::unknown(&at.span, message, &at.value, names())
    })
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
        // Outcomes list errors: status notifies belong to exchanges that come up.
        .filter(|(notify, _)| notify.is_error())
        .map(|(notify, name)| (*name, *notify))
        .collect();
    word(at, "error notify", &errors)
}
