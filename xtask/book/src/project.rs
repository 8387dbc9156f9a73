//! Where things lie: the lessons, the book's pages, its recordings, and what is built of them.

use crate::lesson::Lesson;
use std::{
    fs,
    path::{Component, Path, PathBuf},
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
    ///
    /// # Errors
    ///
    /// If it could not be read, or if it lies where no test runs it.
    pub fn source(&self, path: &str) -> Result<String, String> {
        let tested = path.starts_with("lessons/");
        if !tested || Path::new(path).components().any(|part| !matches!(part, Component::Normal(_))) {
            return Err(format!("`{path}` is not in lessons/, where the tests run it; name a file there"));
        }
        fs::read_to_string(self.root.join(path))
            .map_err(|error| format!("`{path}` could not be read ({error}); name a file from the project's root"))
    }

    /// The lesson with this package name.
    ///
    /// # Errors
    ///
    /// If there is none.
    pub fn lesson(&self, package: &str) -> Result<Lesson, String> {
        let lessons = self.lessons();
        let names: Vec<_> = lessons.iter().map(|lesson| lesson.package.clone()).collect();
        let known = || format!("there is no lesson `{package}`; there is {}", names.join(", "));
        lessons.into_iter().find(|lesson| lesson.package == package).ok_or_else(known)
    }

    /// The lessons, in the order of their folders.
    fn lessons(&self) -> Vec<Lesson> {
        // Some have packages of their own in them, and the kit's are none.
        let is_shown = |entry: &DirEntry| entry.file_name() != "target" && entry.file_name() != "kit";
        let folders = WalkDir::new(self.root.join("lessons")).into_iter().filter_entry(is_shown).flatten();
        let manifests = folders.filter(|entry| entry.file_name() == "Cargo.toml");
        let mut lessons: Vec<_> =
            manifests.filter_map(|manifest| Lesson::load(manifest.path().parent()?).ok()).collect();
        lessons.retain(|lesson| !lesson.variants.is_empty());
        lessons.sort_by(|one, other| one.folder.cmp(&other.folder));
        lessons
    }

    /// The command that runs what stands in this file, by its path from the root.
    #[must_use]
    pub fn command(&self, path: &str) -> Option<String> {
        let path = self.root.join(path);
        let folder = path.ancestors().skip(1).find(|folder| folder.join("Cargo.toml").is_file())?;
        Lesson::load(folder).ok()?.command(path.strip_prefix(folder).ok()?)
    }
}

/// The folder with the pages, from the root, as a problem names it.
pub const PAGES: &str = "book/src";
