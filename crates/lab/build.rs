//! Seals the exercises into the library.

// The build script is compiled before the library that it is for.
#[path = "src/seal.rs"]
#[expect(dead_code, reason = "it seals exercises, and opens nothing")]
mod seal;

use std::env;
use std::error::Error;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("exercises");
    println!("cargo::rerun-if-changed={}", folder.display());
    println!("cargo::rerun-if-changed=src/seal.rs");
    let mut files: Vec<PathBuf> =
        fs::read_dir(&folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    // A folder is listed in no order.
    files.sort();
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let mut table = String::from("pub(crate) const SEALED: &[(&str, &[u8])] = &[\n");
    for file in files.iter().filter(|file| file.extension().is_some_and(|end| end == "toml")) {
        let name = file.file_stem().and_then(|name| name.to_str()).ok_or("a file name that is no text")?;
        let sealed = out.join(format!("{name}.sealed"));
        fs::write(&sealed, seal::seal(seal::Use::Exercise, fs::read_to_string(file)?.as_bytes()))?;
        writeln!(table, "    ({name:?}, include_bytes!({:?})),", sealed.display().to_string())?;
    }
    table.push_str("];\n");
    fs::write(out.join("exercises.rs"), table)?;
    Ok(())
}
