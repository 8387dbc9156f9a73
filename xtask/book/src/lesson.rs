//! A lesson as the book knows it: its table of variants, and where it lies.

use anyhow::{Context, Result, anyhow};
use lesson_data::table::{self, Table};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// A package in `lessons/` with a table.
#[derive(Debug)]
pub struct Lesson {
    /// Its variants.
    pub table: Table,
    /// Where it lies.
    pub folder: PathBuf,
}

impl Lesson {
    /// The lesson in this folder.
    ///
    /// # Errors
    ///
    /// One sentence, if the folder has no readable table.
    pub fn load(folder: &Path) -> Result<Self> {
        let path = folder.join(table::FILE);
        let json = fs::read_to_string(&path).with_context(|| format!("{} could not be read", path.display()))?;
        let table = Table::from_json(&json).map_err(|why| anyhow!("{}: {why}", path.display()))?;
        Ok(Lesson { table, folder: folder.to_path_buf() })
    }

    /// The words after `cargo` that run what stands in this file of the lesson, if it is a whole program.
    #[must_use]
    pub fn command(&self, file: &Path) -> Option<String> {
        let path = file.to_str()?.replace('\\', "/");
        let Table { package, rows, .. } = &self.table;
        if path == "src/main.rs" {
            return Some(format!("cargo run -p {package}"));
        }
        rows.iter().find(|row| row.source == path).map(|row| row.command(package))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_that_runs_a_file() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../lessons/01-threads-vs-coroutines");
        let lesson = Lesson::load(&folder).expect("the first lesson is there");
        for (file, command) in [
            ("src/tokio_multi.rs", Some("cargo run -p lesson-01 -- tokio-multi")),
            ("python/spinner_asyncio.py", Some("cargo run -p lesson-01 -- python-asyncio")),
            ("src/main.rs", Some("cargo run -p lesson-01")),
            ("src/tokio/virtual_time.rs", None),
            ("Cargo.toml", None),
        ] {
            assert_eq!(lesson.command(Path::new(file)).as_deref(), command, "{file}");
        }
    }
}
