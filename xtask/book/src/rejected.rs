//! A program that does not compile, with what the compiler says of it.

use crate::{html::escape, listing::Listing, project::Project};
use anyhow::{Context, Result, anyhow, ensure};
use lesson_rejected::{Verdict, verdict};

/// The listing of the program at `path`, which a test has rejected, and below it the error that this test insists on, as
/// the compiler prints it.
pub fn html(project: &Project, path: &str, listing: &Listing) -> Result<String> {
    ensure!(
        path.split('/').rev().skip(1).any(|folder| folder == "rejected"),
        "`{path}` is in no folder `rejected`, where a test has it checked; show it with `{{{{#listing {path}}}}}`"
    );
    let Verdict { code, message, .. } = verdict(&project.source(path)?)
        .map_err(|why| anyhow!("`{path}` {why}"))?
        .with_context(|| format!("`{path}` compiles; show it with `{{{{#listing {path}}}}}`"))?;
    let is_code = code.strip_prefix('E').is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
    let error = match code.as_str() {
        "error" => format!("error: {message}"),
        code if is_code => format!("error[{code}]: {message}"),
        lint => format!("error: {message} ({lint})"),
    };
    let (listing, error) = (listing.html(), escape(&error));
    Ok(format!("<div class=\"rejected\">\n\n{listing}\n\n<p><code>{error}</code></p>\n\n</div>"))
}
