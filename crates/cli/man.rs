//! `ikesim man`

use std::path::Path;

use clap::CommandFactory;

use crate::args::Args;
use crate::failure::Failure;
use crate::out::Out;
use crate::output::{self, Holds};

/// One page for the command and one for each of its subcommands.
pub fn man(folder: &Path, out: &mut Out) -> Result<(), Failure> {
    let mut command = Args::command();
    // Only a built command has handed its global options down to the subcommands.
    command.build();
    let mut pages = vec![(String::from("ikesim"), command.clone())];
    // clap adds `help` by itself, and it has nothing that a page could say.
    for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help") {
        pages.push((format!("ikesim-{}", sub.get_name()), sub.clone()));
    }
    for (name, command) in pages {
        let path = folder.join(format!("{name}.1"));
        let mut page = Vec::new();
        clap_mangen::Man::new(command).title(name).render(&mut page)?;
        output::write(&path, &page, Holds::NoSecrets, out)?;
    }
    Ok(())
}
