//! The book of this project.

use mdbook_driver::{MDBook, config::Config};
use std::{collections::BTreeMap, fs, path::Path};
use tempfile::TempDir;
use xtask_book::{build, project::Project, record, recorded, timeline};

#[test]
fn it_builds_and_the_stock_mdbook_gives_the_same_pages() {
    let project = Project::here();
    if let Err(report) = build::strictly(&project) {
        panic!("{report}");
    }
    // What `mdbook build` does, with the program of this build in place of the command that would make one.
    let stock = TempDir::new().expect("there is room for a folder");
    let mut book = MDBook::load_with_config(project.book(), stock_config(&project)).expect("it loads");
    book.config.build.build_dir = stock.path().to_path_buf();
    book.build().expect("the stock mdBook builds the book");
    let (ours, theirs) = (pages(&project.built()), pages(stock.path()));
    assert!(ours.len() > 10, "there are {} pages", ours.len());
    assert_eq!(ours.keys().collect::<Vec<_>>(), theirs.keys().collect::<Vec<_>>());
    for (name, html) in ours {
        assert!(html == theirs[&name], "{name} differs");
    }
}

#[test]
fn the_picture_in_the_readme_is_a_drawing_of_its_recording() {
    let project = Project::here();
    let (lesson, variant) = record::PICTURED;
    let recording = recorded::read(&project.recording(lesson, variant)).expect("it is recorded");
    let kept = fs::read_to_string(project.root().join(record::PICTURE)).expect("it is kept");
    assert!(kept == timeline::picture(&recording), "draw it again with `cargo xtask record {lesson} {variant}`");
}

fn stock_config(project: &Project) -> Config {
    let mut config = Config::from_disk(project.book().join("book.toml")).expect("it is read");
    let command = format!("'{}' preprocess", env!("CARGO_BIN_EXE_xtask-book"));
    config.set("preprocessor.lessons.command", command).expect("it is a setting");
    config
}

/// Every HTML file, by its path.
fn pages(folder: &Path) -> BTreeMap<String, String> {
    let mut pages = BTreeMap::new();
    for entry in fs::read_dir(folder).expect("it is a folder").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.path().is_dir() {
            pages.extend(self::pages(&entry.path()).into_iter().map(|(page, html)| (format!("{name}/{page}"), html)));
        } else if entry.path().extension().is_some_and(|extension| extension == "html") {
            pages.insert(name, fs::read_to_string(entry.path()).expect("it can be read"));
        }
    }
    pages
}
