//! Lines for the writer. When nobody reads them any more, serving goes on.

use std::io::{self, Write};

/// A line of progress.
pub fn say(line: &str) {
    let _ = writeln!(io::stdout(), "{line}");
}

/// A line about something wrong.
pub fn complain(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}
