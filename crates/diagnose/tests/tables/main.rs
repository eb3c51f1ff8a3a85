//! Tables of what is concluded, to the letter: a file each.

#![cfg(test)]

mod attempts;
mod besides;
mod captures;
mod children;
mod errors;
mod helps;
mod messages;
mod paths;
mod places;
mod proofs;
mod runs;
mod several;
mod taken;
mod told;
mod vendors;
