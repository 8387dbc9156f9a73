//! A program that does not compile, with what the compiler says of it.

use crate::{html::escape, listing::Listing, project::Project};
use lesson_rejected::{Verdict, verdict};

/// A listing of a program that a test has rejected, and the reason that this test insists on.
#[derive(Debug)]
pub struct Rejected {
    listing: Listing,
    verdict: Verdict,
}

impl Rejected {
    /// The program at `path`.
    ///
    /// # Errors
    ///
    /// If there is no such file, if it lies where nothing checks that it is rejected, or if it does not say why it is.
    pub fn load(project: &Project, path: &str) -> Result<Self, String> {
        if !path.split('/').rev().skip(1).any(|folder| folder == "rejected") {
            return Err(format!(
                "`{path}` is in no folder `rejected`, where a test has it checked; show it with \
                 `{{{{#listing {path}}}}}`"
            ));
        }
        let listing = Listing::load(project, path)?;
        match verdict(&project.source(path)?).map_err(|why| format!("`{path}` {why}"))? {
            Some(verdict) => Ok(Rejected { listing, verdict }),
            None => Err(format!("`{path}` compiles; show it with `{{{{#listing {path}}}}}`")),
        }
    }

    /// The listing, with the error below it as the compiler prints it.
    #[must_use]
    pub fn html(&self) -> String {
        let Verdict { code, message, .. } = &self.verdict;
        let is_code = code.strip_prefix('E').is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
        let error = match code.as_str() {
            "error" => format!("error: {message}"),
            code if is_code => format!("error[{code}]: {message}"),
            lint => format!("error: {message} ({lint})"),
        };
        format!(
            "<div class=\"rejected\">\n\n{}\n\n<p><code>{}</code></p>\n\n</div>",
            self.listing.html(),
            escape(&error)
        )
    }

    /// The listing alone, for its markers.
    #[must_use]
    pub fn into_listing(self) -> Listing {
        self.listing
    }
}
