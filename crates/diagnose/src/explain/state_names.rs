//! Which states are meant: a name that any vendor gives them, alone or two of them, with or without the role.

use ike::{Role, State};

use super::same;

/// A state as a person names it.
pub(super) struct StateName<'t> {
    pub word: &'t str,
    pub role: Option<Role>,
}

impl StateName<'_> {
    /// The states that it may be for a peer of this role; `None` is no SA. Empty: no such peer is in it.
    pub fn of(&self, role: Role) -> Vec<Option<State>> {
        // Either side can be without an SA: no role rules it out.
        if same(self.word, "NONE") {
            return vec![None];
        }
        named(self.word).into_iter().filter(|state| state.is_in(state.mode(), role)).map(Some).collect()
    }
}

/// One or two states; `None`: there is a word that names neither state nor role, or more of them.
///
/// A role goes before its state or behind it, as the first word has it: `initiator X`, `(I) X`, `X initiator`.
pub(super) fn named_in(text: &str) -> Option<Vec<StateName<'_>>> {
    // Routers print `(I) MM_NO_STATE`; people type `X/Y` and `X, Y`.
    let apart = |c: char| c.is_whitespace() || "/,:=()".contains(c);
    let tokens = || text.split(apart).filter(|token| !token.is_empty());
    let before = tokens().next().and_then(role_named).is_some();
    let mut names: Vec<StateName<'_>> = Vec::new();
    let mut next = None;
    for token in tokens() {
        match role_named(token) {
            Some(role) if before => next = Some(role),
            Some(role) => names.last_mut()?.role = Some(role),
            None if same(token, "NONE") || !named(token).is_empty() => {
                names.push(StateName { word: token, role: next.take() });
            }
            // With a word that is neither, this is no question about states; it may be a name of another kind.
            None => return None,
        }
    }
    matches!(names.len(), 1 | 2).then_some(names)
}

fn role_named(word: &str) -> Option<Role> {
    let is = |names: [&str; 2]| names.iter().any(|name| same(name, word));
    if is(["initiator", "i"]) {
        return Some(Role::Initiator);
    }
    is(["responder", "r"]).then_some(Role::Responder)
}

/// The router's own machine (debug): what it rests in. The states between two are passed in an instant.
const IOS_DEBUG: [(&str, State); 9] = [
    ("IKE_I_MM1", State::MmWaitMsg2),
    ("IKE_I_MM3", State::MmWaitMsg4),
    ("IKE_I_MM5", State::MmWaitMsg6),
    ("IKE_R_MM2", State::MmWaitMsg3),
    ("IKE_R_MM4", State::MmWaitMsg5),
    ("IKE_I_AM1", State::AmWaitMsg2),
    ("IKE_R_AM2", State::AmWaitMsg3),
    // One name for both modes: the router does not say by which it came.
    ("IKE_P1_COMPLETE", State::MmActive),
    ("IKE_P1_COMPLETE", State::AmActive),
];

/// The states that some vendor calls so, `STATE_` and `OAK_` left out or not.
pub(crate) fn named(word: &str) -> Vec<State> {
    let upper = word.to_uppercase();
    // pluto writes STATE_MAIN_I1, the code that IOS grew from OAK_MM_NO_STATE; people leave either out.
    let short = |name: &str| name.trim_start_matches("STATE_").trim_start_matches("OAK_").to_owned();
    // A vendor without a word for a state has an empty one, which must not match.
    let is = |name: &str| !name.is_empty() && short(name) == short(&upper);
    let both = Role::BOTH;
    State::all()
        .filter(|state| {
            is(state.asa())
                || is(vendor::ios::state_name(*state))
                || IOS_DEBUG.contains(&(upper.as_str(), *state))
                || both.iter().any(|role| {
                    is(vendor::libreswan::state_name(*state, *role))
                        || is(vendor::strongswan::state_name(*state, *role))
                })
        })
        .collect()
}
