//! Compares the table of contents with the pages that are there.

use crate::{
    problem::Problem,
    project::{self, PAGES, Project},
};
use anyhow::{Context, Result, anyhow};
use mdbook_driver::book::Chapter;
use mdbook_markdown::{
    MarkdownOptions, new_cmark_parser,
    pulldown_cmark::{Event, Tag},
};
use mdbook_summary::{Summary, SummaryItem, parse_summary};
use std::{
    collections::BTreeSet,
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
};

/// The table of contents, which lies among the pages.
pub const SUMMARY: &str = "SUMMARY.md";

/// The table of contents, without links to pages that can't be read: mdBook would not go on.
pub fn readable(project: &Project) -> Result<Summary> {
    let file = format!("{PAGES}/{SUMMARY}");
    let text = fs::read_to_string(project.pages().join(SUMMARY))
        .map_err(|error| anyhow!("`{file}` could not be read ({error}); a book needs it"))?;
    let mut summary = parse_summary(&text).with_context(|| format!("`{file}` is not understood"))?;
    for items in [&mut summary.prefix_chapters, &mut summary.numbered_chapters, &mut summary.suffix_chapters] {
        keep_readable(items, &project.pages());
    }
    Ok(summary)
}

/// Makes drafts, which mdBook shows without a link, of all others.
fn keep_readable(items: &mut [SummaryItem], pages: &Path) {
    for item in items {
        if let SummaryItem::Link(link) = item {
            link.location.take_if(|page| fs::read_to_string(pages.join(page)).is_err());
            keep_readable(&mut link.nested_items, pages);
        }
    }
}

/// Pages that `SUMMARY.md` names and that can't be read, mostly because nobody has written them.
pub fn unreadable_pages(project: &Project) -> Vec<Problem> {
    let unreadable = named(project).into_iter().filter_map(|(page, line)| {
        let error = fs::read_to_string(project.pages().join(&page)).err()?;
        Some(if error.kind() == ErrorKind::NotFound {
            let what = format!("there is no page `{page}`; write it, or take it out of this list");
            Problem { file: format!("{PAGES}/{SUMMARY}"), line, what }
        } else {
            let what = format!("this page could not be read ({error}); save it as UTF-8");
            Problem { file: format!("{PAGES}/{page}"), line: 1, what }
        })
    });
    unreadable.collect()
}

/// Pages that somebody has written and `SUMMARY.md` does not name, so that nobody would ever see them.
pub fn stray_pages(project: &Project) -> Vec<Problem> {
    let stray = stray(project).into_iter();
    stray
        .map(|page| Problem {
            file: format!("{PAGES}/{page}"),
            line: 1,
            what: format!("this page is not in {SUMMARY}; add it there, or delete it"),
        })
        .collect()
}

/// The same pages as chapters, which are called what their files are called.
pub fn stray_chapters(project: &Project) -> Vec<Chapter> {
    let chapter = |page: String| {
        let text = fs::read_to_string(project.pages().join(&page)).ok()?;
        Some(Chapter::new(&page, text, PathBuf::from(&page), Vec::new()))
    };
    stray(project).into_iter().filter_map(chapter).collect()
}

fn stray(project: &Project) -> Vec<String> {
    let named: BTreeSet<String> = pages(project).into_iter().collect();
    // An editor's lock, such as `.#page.md`, lies beside the page for as long as somebody writes on it.
    let mut pages = project::files(&project.pages(), |name| !name.starts_with('.'));
    pages.retain(|page| {
        Path::new(page).extension().is_some_and(|found| found == "md") && page != SUMMARY && !named.contains(page)
    });
    pages
}

/// The pages that `SUMMARY.md` names, in its order.
pub fn pages(project: &Project) -> Vec<String> {
    named(project).into_iter().map(|(page, _)| page).collect()
}

/// The pages that the table of contents names, each with its line.
fn named(project: &Project) -> Vec<(String, usize)> {
    let summary = fs::read_to_string(project.pages().join(SUMMARY)).unwrap_or_default();
    let events = new_cmark_parser(&summary, &MarkdownOptions::default()).into_offset_iter();
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
