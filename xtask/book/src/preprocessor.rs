//! The preprocessor `lessons`, which mdBook runs over all pages, in our own build or as a command.

use crate::{
    page,
    problem::{self, Problem},
    project::Project,
    summary,
};
use mdbook_preprocessor::{
    Preprocessor, PreprocessorContext,
    book::{Book, BookItem},
    errors::Result,
    parse_input,
};
use std::{
    io::{Read, Write},
    sync::{Arc, Mutex, PoisonError},
};

/// Its name in `book.toml`.
pub const NAME: &str = "lessons";

/// The preprocessor, and what it has found wrong with the pages.
#[derive(Debug, Clone)]
pub struct Lessons {
    project: Project,
    problems: Arc<Mutex<Vec<Problem>>>,
}

impl Lessons {
    /// One for the book of this project.
    #[must_use]
    pub fn new(project: &Project) -> Self {
        Lessons { project: project.clone(), problems: Arc::default() }
    }

    /// What was wrong with the pages that it has seen.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        self.problems.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Preprocessor for Lessons {
    fn name(&self) -> &'static str {
        NAME
    }

    /// Never fails: a page with a problem is built too, so that one build finds the problems of all pages and links.
    fn run(&self, _context: &PreprocessorContext, mut book: Book) -> Result<Book> {
        let mut problems = summary::stray_pages(&self.project);
        book.for_each_mut(|item| {
            let BookItem::Chapter(chapter) = item else { return };
            // A draft has no page.
            let Some(path) = &chapter.source_path else { return };
            let (expanded, found) = page::expand(&self.project, path, &chapter.content);
            chapter.content = expanded;
            problems.extend(found);
        });
        self.problems.lock().unwrap_or_else(PoisonError::into_inner).extend(problems);
        Ok(book)
    }
}

/// What `mdbook build` starts: reads the book as JSON, and writes it back.
///
/// # Errors
///
/// If something is wrong with a page, all of it in one report.
pub fn run_as_command(project: &Project, input: impl Read, output: impl Write) -> Result<()> {
    let (context, book) = parse_input(input)?;
    let lessons = Lessons::new(project);
    let book = lessons.run(&context, book)?;
    problem::none(lessons.problems())?;
    serde_json::to_writer(output, &book)?;
    Ok(())
}

/// Whether the pages are meant for this renderer: they hold HTML.
#[must_use]
pub fn supports(renderer: &str) -> bool {
    renderer == "html"
}
