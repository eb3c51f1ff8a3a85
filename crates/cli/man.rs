//! `ikesim man`

use std::fs;
use std::path::Path;

use clap::CommandFactory;

use crate::args::Args;
use crate::failure::Failure;

/// One page for the command and one for each of its subcommands.
pub fn man(folder: &Path) -> Result<(), Failure> {
    let mut command = Args::command();
    command.build();
    let mut pages = vec![(String::from("ikesim"), command.clone())];
    for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help") {
        pages.push((format!("ikesim-{}", sub.get_name()), sub.clone()));
    }
    for (name, command) in pages {
        let path = folder.join(format!("{name}.1"));
        let mut page = Vec::new();
        clap_mangen::Man::new(command).title(name).render(&mut page)?;
        fs::write(&path, page).map_err(|error| Failure::file(&path, "write", &error))?;
    }
    Ok(())
}
