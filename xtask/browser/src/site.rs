//! The pages of the built book, and what each is written in.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Result, ensure};
use walkdir::WalkDir;

/// The built book, and the sources that it shows.
#[derive(Debug)]
pub struct Site {
    /// The project's root, whose sources the book shows.
    pub root: PathBuf,
    /// The folder that the book is built in.
    pub built: PathBuf,
    /// Its pages, in the order of their paths.
    pub pages: Vec<Page>,
    /// The page that the book begins with.
    pub first: Page,
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
const CONTENTS: &str = "toc.html";

impl Site {
    /// The book of this project.
    pub fn here() -> Result<Self> {
        // Known when we were built, and cargo builds us again when the workspace moves.
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("xtask/browser lies in the project");
        Site::of(root, &root.join("target/book"))
    }

    /// The book in the folder `built`, of the project at `root`.
    fn of(root: &Path, built: &Path) -> Result<Self> {
        ensure!(built.join("index.html").is_file(), "the book is not built; build it with `cargo xtask book`");
        let files = WalkDir::new(built).sort_by_file_name().into_iter().collect::<Result<Vec<_>, _>>()?;
        let path = |file: &walkdir::DirEntry| {
            let parts = file.path().strip_prefix(built).ok()?.components();
            Some(parts.map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/"))
        };
        let html = files.iter().filter(|file| file.path().extension().is_some_and(|extension| extension == "html"));
        let mut paths: Vec<String> = html.filter_map(path).collect();
        paths.sort();
        // The first page is there twice, under its own name and under that of the folder.
        let text = |path: &str| fs::read(built.join(path)).unwrap_or_default();
        let index = text("index.html");
        let first = paths.iter().find(|path| *path != "index.html" && text(path) == index).cloned();
        let first = first.unwrap_or_else(|| "index.html".to_owned());
        paths.retain(|path| path != CONTENTS && (path != "index.html" || *path == first));
        let page = |path: String| Page { name: name(root, &path), path };
        let pages = paths.into_iter().map(page).collect();
        Ok(Site { root: root.to_path_buf(), built: built.to_path_buf(), first: page(first), pages })
    }
}

/// The Markdown that this page is made of, if it is made of one.
fn name(root: &Path, path: &str) -> String {
    let stem = path.strip_suffix(".html").unwrap_or(path);
    let readme = stem.strip_suffix("index").map(|folder| format!("{folder}README.md"));
    let mut written = [format!("{stem}.md")].into_iter().chain(readme).map(|file| format!("book/src/{file}"));
    written.find(|file| root.join(file).is_file()).unwrap_or_else(|| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_the_name_of_what_it_is_written_in() {
        let folder = tempfile::TempDir::new().expect("there is room for a folder");
        let root = folder.path();
        assert!(
            Site::of(root, &root.join("target/book")).is_err_and(|why| why.to_string().contains("cargo xtask book"))
        );
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
