//! A small script on a pool of threads: how many lines and words are in a folder?
//!
//! A list of files, the same blocking call for each, and a sum. Four threads take the files one after the other. Nothing
//! here has to be cancelled, nothing waits for long, and nothing runs for years. You see one line. `diff` it with
//! `script-async`, and look for what that one gains.
//!
//!     cargo run -p lesson-05 -- script-pool
//!     FOLDER=/usr/share/doc cargo run -p lesson-05 --release -- script-pool
//!     cargo run -p lesson-05 -- script-pool script-async python-script-pool

use std::{
    fs, io, iter,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    thread,
};

use tracing::instrument;

use crate::setting;

/// How many files are read at once.
const AT_ONCE: usize = 4;

/// What separates words.
const SPACES: [char; 6] = [' ', '\t', '\n', '\r', '\x0b', '\x0c'];

pub fn main() -> Result<(), String> {
    let folder = setting::given("FOLDER").unwrap_or_else(|| concat!(env!("CARGO_MANIFEST_DIR"), "/..").to_owned());
    let files = files(Path::new(&folder)).map_err(|error| format!("cannot list FOLDER={folder}: {error}"))?;
    let (lines, words) = count_all(&files)?;
    println!("{} files, {lines} lines, {words} words", files.len());
    Ok(())
}

/// Counts lines and words of all files.
#[instrument(skip_all)]
fn count_all(files: &[PathBuf]) -> Result<(usize, usize), String> {
    let waiting = Mutex::new(files.iter());
    let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).next(); // (1)
    let work = || -> Result<(usize, usize), String> {
        let mut sum = (0, 0);
        for file in iter::from_fn(next) {
            let (lines, words) = count(file)?;
            sum = (sum.0 + lines, sum.1 + words);
        }
        Ok(sum)
    };
    thread::scope(|scope| {
        let workers = [(); AT_ONCE].map(|()| scope.spawn(work));
        let mut sum = (0, 0);
        for worker in workers {
            let (lines, words) = worker.join().expect("it does not panic")?; // (2)
            sum = (sum.0 + lines, sum.1 + words);
        }
        Ok(sum)
    })
}

/// Counts lines and words of a file.
#[instrument(skip_all)]
fn count(file: &Path) -> Result<(usize, usize), String> {
    let text = fs::read(file).map_err(|error| format!("cannot read {}: {error}", file.display()))?; // (3)
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
