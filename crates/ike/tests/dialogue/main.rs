//! Dialogues with one endpoint: messages made by hand go in, and each line says what it did. One file per
//! trouble. A comment `tests RFC N S` names the section whose words a test holds the code to.

#![cfg(test)]

mod again;
mod agreed;
mod bodies;
mod duplicates;
mod exchange;
mod host;
mod identity;
mod initial_contact;
mod iv;
mod listener;
mod lookup;
mod malformed;
mod marker;
mod notifies;
mod peer;
mod proposals;
mod quick_mode;
mod reflection;
mod removed;
mod reordering;
mod retransmission;
mod too_many;
mod wrong_hash;
