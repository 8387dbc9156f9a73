//! Builds the book as `mdbook build` does, and is stricter.

use crate::{links, preprocessor::Lessons, problem, project::Project, summary};
use mdbook_driver::{MDBook, errors::Error};

/// Builds the book into [`Project::built`].
///
/// # Errors
///
/// The report of all that is wrong with the pages and with their links.
pub fn strictly(project: &Project) -> Result<(), String> {
    let missing = summary::missing_pages(project);
    if !missing.is_empty() {
        return Err(problem::report(missing));
    }
    let lessons = Lessons::new(project);
    let mut book = MDBook::load(project.book()).map_err(|error| chain(&error))?;
    book.config.build.build_dir = project.built();
    book.with_preprocessor(lessons.clone());
    book.build().map_err(|error| chain(&error))?;

    let mut problems = lessons.problems();
    problems.extend(links::check(project));
    if problems.is_empty() { Ok(()) } else { Err(problem::report(problems)) }
}

/// What mdBook says of an error of its own, in one line.
fn chain(error: &Error) -> String {
    format!("the book could not be built: {error:#}")
}
