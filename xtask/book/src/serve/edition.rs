//! What there is to serve at one moment.

use crate::project;
use axum::body::Bytes;
use std::{collections::BTreeMap, fs, io, path::Path, sync::Arc};
use tokio::sync::watch;

/// The built book: every file, by its path as it stands in a link. It is small enough to be kept in memory, and there
/// nobody sees it half-built.
pub type Book = BTreeMap<String, Bytes>;

/// The newest edition; `None` until the first build has ended.
pub type Latest = watch::Receiver<Option<Arc<Edition>>>;

/// What the last build gave.
#[derive(Debug)]
pub struct Edition {
    /// Unlike that of any other edition, also of a server that ran before this one. A page knows by it whether it is old.
    pub name: String,
    /// The book as it was last built. There is none at first.
    pub book: Option<Arc<Book>>,
    /// Why no book could be built this time.
    pub report: Option<String>,
}

/// Reads a built book.
pub fn read(folder: &Path) -> io::Result<Book> {
    let files = project::files(folder, |_| true).into_iter();
    files.map(|name| Ok((name.clone(), fs::read(folder.join(&name))?.into()))).collect()
}
