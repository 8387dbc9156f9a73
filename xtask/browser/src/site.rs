//! The pages of the built book, and what each is written in.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// The built book, and the sources that it shows.
#[derive(Debug, Clone)]
pub struct Site {
    /// The project's root, whose sources the book shows.
    pub root: PathBuf,
    /// The folder that the book is built in.
    pub built: PathBuf,
    /// Its pages, in the order of their paths.
    pub pages: Vec<Page>,
    first: Page,
}

/// One page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Its path in the built book.
    pub path: String,
    /// What it is written in, from the project's root, or else its path.
    pub name: String,
}

/// What mdBook calls the page with all of them.
pub const PRINT: &str = "print.html";
/// What mdBook calls the page for an address that leads nowhere.
pub const NOT_FOUND: &str = "404.html";
/// The table of contents, which stands in a frame of every page where there is no script.
pub const CONTENTS: &str = "toc.html";

impl Site {
    /// The book of this project.
    ///
    /// # Errors
    ///
    /// If it is not built.
    ///
    /// # Panics
    ///
    /// If the folder of this package lies less than two folders deep.
    pub fn here() -> Result<Self, String> {
        // Known when we were built, and cargo builds us again when the workspace moves.
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("xtask/browser lies in the project");
        Site::of(root, &root.join("target/book"))
    }

    /// The book in the folder `built`, of the project at `root`.
    ///
    /// # Errors
    ///
    /// If nothing is there.
    pub fn of(root: &Path, built: &Path) -> Result<Self, String> {
        if !built.join("index.html").is_file() {
            return Err("the book is not built; build it with `cargo xtask book`".to_owned());
        }
        let mut paths = Vec::new();
        collect(built, "", &mut paths);
        // The first page is there twice, under its own name and under that of the folder.
        let text = |path: &str| fs::read(built.join(path)).unwrap_or_default();
        let index = text("index.html");
        let first = paths.iter().find(|path| *path != "index.html" && text(path) == index).cloned();
        let first = first.unwrap_or_else(|| "index.html".to_owned());
        paths.retain(|path| path != CONTENTS && (path != "index.html" || *path == first));
        paths.sort();
        let page = |path: String| Page { name: name(root, &path), path };
        let pages = paths.into_iter().map(page).collect();
        Ok(Site { root: root.to_path_buf(), built: built.to_path_buf(), first: page(first), pages })
    }

    /// The page that the book begins with.
    #[must_use]
    pub fn first(&self) -> &Page {
        &self.first
    }
}

/// The Markdown that this page is made of, if it is made of one.
fn name(root: &Path, path: &str) -> String {
    let stem = path.strip_suffix(".html").unwrap_or(path);
    let readme = stem.strip_suffix("index").map(|folder| format!("{folder}README.md"));
    let mut written = [format!("{stem}.md")].into_iter().chain(readme).map(|file| format!("book/src/{file}"));
    written.find(|file| root.join(file).is_file()).unwrap_or_else(|| path.to_owned())
}

/// Every HTML file below this folder, by its path from there.
fn collect(folder: &Path, prefix: &str, paths: &mut Vec<String>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            collect(&entry.path(), &format!("{path}/"), paths);
        } else if Path::new(&path).extension().is_some_and(|extension| extension == "html") {
            paths.push(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_the_name_of_what_it_is_written_in() {
        let folder = tempfile::TempDir::new().expect("there is room for a folder");
        let root = folder.path();
        assert!(Site::of(root, &root.join("target/book")).is_err_and(|why| why.contains("cargo xtask book")));
        for file in ["book/src/one/README.md", "book/src/one/two.md"] {
            fs::create_dir_all(root.join(file).parent().expect("it has one")).expect("it is made");
            fs::write(root.join(file), "").expect("it is written");
        }
        fs::create_dir_all(root.join("target/book/one")).expect("it is made");
        for page in ["index.html", "one/index.html", "one/two.html", "toc.html", "404.html"] {
            fs::write(root.join("target/book").join(page), page).expect("it is written");
        }
        let site = Site::of(root, &root.join("target/book")).expect("it is built");
        let names: Vec<_> = site.pages.iter().map(|page| page.name.as_str()).collect();
        assert_eq!(names, ["404.html", "index.html", "book/src/one/README.md", "book/src/one/two.md"]);
    }
}
