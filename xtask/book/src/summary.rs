//! Compares the table of contents with the pages that are there.

use crate::{
    problem::Problem,
    project::{PAGES, Project},
};
use mdbook_markdown::{
    MarkdownOptions, new_cmark_parser,
    pulldown_cmark::{Event, Tag},
};
use std::{collections::BTreeSet, fs, path::Path};

const SUMMARY: &str = "SUMMARY.md";

/// Pages that `SUMMARY.md` names and nobody has written. With one of them, mdBook can't load the book.
#[must_use]
pub fn missing_pages(project: &Project) -> Vec<Problem> {
    let file = format!("{PAGES}/{SUMMARY}");
    let text = match fs::read_to_string(project.pages().join(SUMMARY)) {
        Ok(text) => text,
        Err(error) => {
            let what = format!("this file could not be read ({error}); a book needs it");
            return vec![Problem { file, line: 1, what }];
        }
    };
    let missing = named(&text).into_iter().filter(|(page, _)| !project.pages().join(page).is_file());
    missing
        .map(|(page, line)| Problem {
            file: file.clone(),
            line,
            what: format!("there is no page `{page}`; write it, or take it out of this list"),
        })
        .collect()
}

/// Pages that somebody has written and `SUMMARY.md` does not name, so that nobody would ever see them.
#[must_use]
pub fn stray_pages(project: &Project) -> Vec<Problem> {
    let text = fs::read_to_string(project.pages().join(SUMMARY)).unwrap_or_default();
    let named: BTreeSet<String> = named(&text).into_iter().map(|(page, _)| page).collect();
    let mut pages = Vec::new();
    collect(&project.pages(), "", &mut pages);
    let stray = pages.into_iter().filter(|page| page != SUMMARY && !named.contains(page));
    stray
        .map(|page| Problem {
            file: format!("{PAGES}/{page}"),
            line: 1,
            what: format!("this page is not in {SUMMARY}; add it there, or delete it"),
        })
        .collect()
}

/// The pages that the table of contents names, each with its line.
fn named(summary: &str) -> Vec<(String, usize)> {
    let events = new_cmark_parser(summary, &MarkdownOptions::default()).into_offset_iter();
    events
        .filter_map(|(event, range)| match event {
            // An entry without a page is a draft, which mdBook shows without a link.
            Event::Start(Tag::Link { dest_url, .. }) if !dest_url.is_empty() => {
                let line = summary[..range.start].matches('\n').count() + 1;
                Some((dest_url.trim_start_matches("./").to_owned(), line))
            }
            _ => None,
        })
        .collect()
}

/// The Markdown files below this folder, by their paths from the pages' folder.
fn collect(folder: &Path, prefix: &str, pages: &mut Vec<String>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        // An editor's lock, such as `.#page.md`, lies beside the page for as long as somebody writes on it.
        if name.starts_with('.') {
            continue;
        }
        let name = format!("{prefix}{name}");
        if entry.path().is_dir() {
            collect(&entry.path(), &format!("{name}/"), pages);
        } else if Path::new(&name).extension().is_some_and(|extension| extension == "md") {
            pages.push(name);
        }
    }
}
