//! Tables of what is concluded, to the letter: a file each.

#![cfg(test)]

mod besides;
mod captures;
mod children;
mod runs;
mod taken;
mod told;
mod vendors;
