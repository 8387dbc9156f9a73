//! Where things lie: the lessons, the book's pages, its recordings, and what is built of them.

use crate::lesson::Lesson;
use anyhow::{Result, anyhow, ensure};
use lesson_data::table;
use std::{
    fs,
    path::{Component, MAIN_SEPARATOR, Path, PathBuf},
};
use walkdir::{DirEntry, WalkDir};

/// The project, by its root folder.
#[derive(Debug, Clone)]
pub struct Project {
    root: PathBuf,
    built: PathBuf,
}

impl Project {
    /// The one that this program was built in.
    ///
    /// # Panics
    ///
    /// If the folder of this package lies less than two folders deep.
    #[must_use]
    pub fn here() -> Self {
        // Known when we were built, and cargo builds us again when the workspace moves.
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("xtask/book lies in the project");
        Project::at(root)
    }

    /// The one in this folder.
    #[must_use]
    pub fn at(root: &Path) -> Self {
        Project { root: root.to_path_buf(), built: root.join("target/book") }
    }

    /// The same project, but its book is built in this folder.
    #[must_use]
    pub fn built_in(self, folder: PathBuf) -> Self {
        Project { built: folder, ..self }
    }

    /// Its root folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The folder with `book.toml`.
    #[must_use]
    pub fn book(&self) -> PathBuf {
        self.root.join("book")
    }

    /// The folder with the pages.
    #[must_use]
    pub fn pages(&self) -> PathBuf {
        self.root.join(PAGES)
    }

    /// The folder that the book is built in: the one that `book.toml` names too, if no other was asked for.
    #[must_use]
    pub fn built(&self) -> PathBuf {
        self.built.clone()
    }

    /// Where the recording of this variant lies.
    #[must_use]
    pub fn recording(&self, lesson: &str, variant: &str) -> PathBuf {
        self.root.join("book/recordings").join(lesson).join(format!("{variant}.json"))
    }

    /// The text of a source that the book shows, by its path from the root.
    pub(crate) fn source(&self, path: &str) -> Result<String> {
        let is_below = Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
        let is_tested = is_below && path.starts_with("lessons/");
        ensure!(is_tested, "`{path}` is not in lessons/, where the tests run it; name a file there");
        fs::read_to_string(self.root.join(path))
            .map_err(|error| anyhow!("`{path}` could not be read ({error}); name a file from the project's root"))
    }

    /// The lesson with this package name.
    ///
    /// # Errors
    ///
    /// If there is none, or a table can't be read.
    pub fn lesson(&self, package: &str) -> Result<Lesson> {
        let lessons = self.lessons()?;
        let names: Vec<_> = lessons.iter().map(|lesson| lesson.table.package.clone()).collect();
        let known = || anyhow!("there is no lesson `{package}`; there is {}", names.join(", "));
        lessons.into_iter().find(|lesson| lesson.table.package == package).ok_or_else(known)
    }

    /// The lessons, in the order of their folders. Some have packages of their own in them.
    ///
    /// # Errors
    ///
    /// If a table can't be read.
    pub fn lessons(&self) -> Result<Vec<Lesson>> {
        let folder = self.root.join("lessons");
        // Neither what is built nor the kit's packages.
        let files = files(&folder, |name| !["target", "kit"].contains(&name));
        let tables = files.iter().map(|file| folder.join(file)).filter(|file| file.ends_with(table::FILE));
        tables.filter_map(|table| Some(Lesson::load(table.parent()?))).collect()
    }

    /// The command that runs what stands in this file, by its path from the root.
    #[must_use]
    pub fn command(&self, path: &str) -> Option<String> {
        let path = self.root.join(path);
        let folder = path.ancestors().skip(1).find(|folder| folder.join(table::FILE).is_file())?;
        Lesson::load(folder).ok()?.command(path.strip_prefix(folder).ok()?)
    }
}

/// Every file below this folder whose folders and name `is_looked_at`, by its path from there with slashes, in order.
pub fn files(folder: &Path, is_looked_at: impl Fn(&str) -> bool) -> Vec<String> {
    let is_looked_at = |entry: &DirEntry| entry.depth() == 0 || is_looked_at(&entry.file_name().to_string_lossy());
    let entries = WalkDir::new(folder).into_iter().filter_entry(is_looked_at).flatten();
    // A link is no file: it may lead out of the folder.
    let files = entries.filter(|entry| entry.file_type().is_file());
    // A name that is no UTF-8 can't stand in a link either.
    let names =
        files.filter_map(|file| Some(file.path().strip_prefix(folder).ok()?.to_str()?.replace(MAIN_SEPARATOR, "/")));
    let mut names: Vec<_> = names.collect();
    names.sort();
    names
}

/// The folder with the pages, from the root, as a problem names it.
pub const PAGES: &str = "book/src";
