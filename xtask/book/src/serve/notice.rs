//! Says at the top of a page what is wrong with it. The rest of the page, and all other pages, are as they should be.

use super::edition::Book;
use crate::{html::escape, links, problem::Problem, project::Project};
use std::collections::{BTreeMap, BTreeSet};

const NOTICE: &str = include_str!("notice.html");

/// Where a page begins that can be scrolled away under the notice.
const START: &[u8] = b"<div id=\"mdbook-content\"";

/// Puts each problem on the page that it stands in, and on every page if it stands in none that is shown.
pub fn put_on_pages(project: &Project, book: &mut Book, problems: &[Problem]) {
    // mdBook puts every page into the one to print too.
    let names = book.keys().filter(|name| *name != "print.html");
    let written: BTreeMap<_, _> = names.map(|name| (name.clone(), links::written_page(project, name))).collect();
    let shown: BTreeSet<_> = written.values().flatten().collect();
    for (name, page) in &written {
        let concerns = |problem: &&Problem| page.as_ref() == Some(&problem.file) || !shown.contains(&problem.file);
        // In order, and none twice.
        let items: BTreeSet<_> = problems.iter().filter(concerns).collect();
        let Some(file) = book.get_mut(name).filter(|_| !items.is_empty()) else { continue };
        let Some(at) = file.windows(START.len()).position(|bytes| bytes == START) else { continue };
        let (before, after) = file.split_at(at);
        let items: Vec<_> = items.iter().map(|problem| format!("<li>{}</li>", escape(&problem.to_string()))).collect();
        let notice = NOTICE.replace("{{problems}}", &items.join("\n"));
        *file = [before, notice.as_bytes(), after].concat().into();
    }
}
