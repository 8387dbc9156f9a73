//! What there is to serve at one moment.

use hyper::body::Bytes;
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
    let mut book = Book::new();
    collect(folder, "", &mut book)?;
    Ok(book)
}

fn collect(folder: &Path, prefix: &str, book: &mut Book) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        // A name that is no UTF-8 can't stand in a link either.
        let Ok(name) = entry.file_name().into_string() else { continue };
        let name = format!("{prefix}{name}");
        // A link out of the folder is neither, and is left out.
        let kind = entry.file_type()?;
        if kind.is_dir() {
            collect(&entry.path(), &format!("{name}/"), book)?;
        } else if kind.is_file() {
            book.insert(name, fs::read(entry.path())?.into());
        }
    }
    Ok(())
}
