//! What the three services share: a note and the rules for one, SQL, and settings.

use std::{env, net::SocketAddr, path::PathBuf};

use serde::{Deserialize, Serialize};
use tempfile::TempDir;

/// The most bytes that the body of a request may have.
pub const LARGEST_BODY: usize = 16 * 1024;

/// Makes the table, in a new database.
pub const CREATE: &str =
    "CREATE TABLE IF NOT EXISTS notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL)";

/// The newest notes, the newest first.
pub const NEWEST: &str = "SELECT id, text FROM notes ORDER BY id DESC LIMIT 50";

/// Adds a note, and gives its number.
pub const ADD: &str = "INSERT INTO notes (text) VALUES (?) RETURNING id";

/// A note as the database keeps it and as a client gets it.
#[derive(Debug, Serialize)]
pub struct Note {
    /// Its number: a newer note has a higher one.
    pub id: i64,
    /// What it says.
    pub text: String,
}

/// A note as a client sends it.
#[derive(Debug, Deserialize)]
pub struct NewNote {
    /// What it says.
    pub text: String,
}

impl NewNote {
    /// Whether it has a text, of 280 characters at most.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        !self.text.trim().is_empty() && self.text.chars().count() <= 280
    }
}

/// What a person can set, through the environment.
#[derive(Debug)]
pub struct Settings {
    /// `LISTEN`: where the service listens.
    pub listen: SocketAddr,
    /// `DATABASE`: the file with the notes.
    pub database: PathBuf,
    /// `PATIENCE`: the seconds that a request may take. The threads cannot keep to it.
    pub patience: u64,
    /// `AT_ONCE`: how many requests are worked on at the same time.
    pub at_once: usize,
    /// Without `DATABASE`, the folder that goes with the program.
    _folder: Option<TempDir>,
}

impl Settings {
    /// Reads them.
    ///
    /// # Errors
    ///
    /// One sentence, if one can't be read.
    pub fn read() -> Result<Self, String> {
        let (database, folder) = if let Some(file) = env::var_os("DATABASE") {
            (file.into(), None)
        } else {
            let folder = tempfile::tempdir()
                .map_err(|error| format!("no folder for a database: {error}"))?;
            (folder.path().join("notes.db"), Some(folder))
        };
        Ok(Self {
            listen: setting(
                "LISTEN",
                "an address such as 127.0.0.1:8090",
                "127.0.0.1:8090",
            )?,
            database,
            patience: setting("PATIENCE", "a number of seconds", "10")?,
            at_once: setting("AT_ONCE", "a number of requests", "16")?,
            _folder: folder,
        })
    }
}

/// The value of the variable `name`, `usual` without it.
fn setting<T: std::str::FromStr>(
    name: &str,
    what: &str,
    usual: &str,
) -> Result<T, String> {
    let value = env::var(name).unwrap_or_else(|_| usual.to_owned());
    value.parse().map_err(|_| format!("{name}={value} is not {what}"))
}

/// What a service says once clients can reach it.
pub fn announce(program: &str, address: SocketAddr) {
    println!("{program} listens at http://{address}/notes; Ctrl-C ends it");
}
