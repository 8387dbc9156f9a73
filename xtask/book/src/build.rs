//! Builds the book as `mdbook build` does, and is stricter.

use crate::{
    links,
    preprocessor::Lessons,
    problem::{self, Problem},
    project::Project,
    summary,
};
use anyhow::{Error, Result, anyhow};
use mdbook_driver::{MDBook, book::BookItem, config::Config};

/// Builds the book into [`Project::built`].
///
/// # Errors
///
/// The report of all that is wrong with the pages and with their links.
pub fn strictly(project: &Project) -> Result<()> {
    problem::none(with_problems(project)?)
}

/// Builds the book into [`Project::built`], also of pages with problems, and returns all that is wrong with them and
/// with their links. A page that `SUMMARY.md` does not name comes last.
///
/// # Errors
///
/// If there is nothing to show: `book.toml` or `SUMMARY.md` is not understood, or mdBook itself fails.
pub fn with_problems(project: &Project) -> Result<Vec<Problem>> {
    let lessons = Lessons::new(project);
    // Some of mdBook's errors end with an empty line.
    let sentence = |error: Error| anyhow!("{}", format!("the book could not be built: {error:#}").trim_end());
    let mut book = load(project).map_err(sentence)?;
    book.config.build.build_dir = project.built();
    book.with_preprocessor(lessons.clone());
    book.build().map_err(sentence)?;

    let mut problems = summary::unreadable_pages(project);
    problems.extend(lessons.problems());
    problems.extend(links::check(project));
    Ok(problems)
}

fn load(project: &Project) -> Result<MDBook> {
    let not_understood = |error: Error| error.context("`book/book.toml` is not understood");
    let mut config = Config::from_disk(project.book().join("book.toml")).map_err(not_understood)?;
    config.update_from_env()?;
    let contents = summary::readable(project)?;
    let mut book = MDBook::load_with_config_and_summary(project.book(), config, contents)?;
    let stray = summary::stray_chapters(project);
    if !stray.is_empty() {
        book.book.push_item(BookItem::PartTitle(format!("Not in {}", summary::SUMMARY)));
        book.book.items.extend(stray.into_iter().map(BookItem::Chapter));
    }
    Ok(book)
}
