//! The small script as tasks on tokio, to compare it with `script-pool`.
//!
//! The same list, and a task for each file, with permits for as many as are read at once. But tokio does not wait for files
//! as it waits for sockets, since most systems can't: `tokio::fs` passes each call on to a pool of threads. You see the same
//! line; and in the table of figures more threads than `script-pool` has, for the same work.
//!
//!     cargo run -p lesson-05 -- script-async
//!     FOLDER=/usr/share/doc cargo run -p lesson-05 --release -- script-async
//!     cargo run -p lesson-05 -- script-pool script-async python-script-pool

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use tokio::{sync::Semaphore, task::JoinSet};
use tracing::instrument;

use crate::setting;

/// How many files are read at once.
const AT_ONCE: usize = 4;

/// What separates words.
const SPACES: [char; 6] = [' ', '\t', '\n', '\r', '\x0b', '\x0c'];

#[tokio::main]
pub async fn main() -> Result<(), String> {
    let folder = setting::given("FOLDER").unwrap_or_else(|| concat!(env!("CARGO_MANIFEST_DIR"), "/..").to_owned());
    let files = files(Path::new(&folder)).map_err(|error| format!("cannot list FOLDER={folder}: {error}"))?;
    let (lines, words) = count_all(&files).await?;
    println!("{} files, {lines} lines, {words} words", files.len());
    Ok(())
}

/// Counts lines and words of all files.
#[instrument(skip_all)]
async fn count_all(files: &[PathBuf]) -> Result<(usize, usize), String> {
    let permits = Arc::new(Semaphore::new(AT_ONCE));
    let mut tasks = JoinSet::new();
    for file in files {
        let file = file.clone();
        let permits = Arc::clone(&permits);
        tasks.spawn(async move {
            let _permit = permits.acquire().await.expect("nobody closes it"); // (1)
            count(&file).await
        });
    }
    let mut sum = (0, 0);
    while let Some(joined) = tasks.join_next().await {
        let (lines, words) = joined.expect("it does not panic")?; // (2)
        sum = (sum.0 + lines, sum.1 + words);
    }
    Ok(sum)
}

/// Counts lines and words of a file.
#[instrument(skip_all)]
async fn count(file: &Path) -> Result<(usize, usize), String> {
    let text = tokio::fs::read(file).await.map_err(|error| format!("cannot read {}: {error}", file.display()))?; // (3)
    let text = String::from_utf8_lossy(&text);
    let lines = text.matches('\n').count(); // A line ends with one, as `wc` counts.
    let words = text.split(SPACES).filter(|word| !word.is_empty()).count();
    Ok((lines, words))
}

/// All files below a folder, but for links, and what is hidden.
fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let kind = entry.file_type()?;
            if entry.file_name().to_string_lossy().starts_with('.') {
                continue;
            }
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() {
                files.push(entry.path());
            }
        }
    }
    Ok(files)
}
