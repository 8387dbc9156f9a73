//! The comparison as people read it, and as a file that the book reads.

use std::{
    fs, io,
    io::Write,
    path::Path,
    thread,
    time::{SystemTime, UNIX_EPOCH},
};

use serde::Serialize;

use crate::{
    figures::{Measure, Spread},
    work::{SUBJECTS, version},
};

/// What stands in the file.
#[derive(Serialize)]
struct Report<'a> {
    format: &'static str,
    version: u32,
    rustc: &'static str,
    os: &'static str,
    arch: &'static str,
    cpus: Option<usize>,
    /// Seconds since 1970 (UTC).
    recorded: u64,
    /// The first is ours.
    subjects: Vec<SubjectVersion>,
    measures: &'a [Measure],
}

#[derive(Serialize)]
struct SubjectVersion {
    name: &'static str,
    version: &'static str,
}

/// Writes these measures as taken here and now. The file is there whole or not at all.
///
/// # Errors
///
/// If it can't be written, with a sentence that says why.
pub fn write(path: &Path, measures: &[Measure]) -> Result<(), String> {
    let subjects = SUBJECTS.iter().map(|subject| SubjectVersion {
        name: subject.name,
        version: version(subject.name).expect("the lock file has every subject"),
    });
    let report = Report {
        format: "event-loop-comparison",
        version: 1,
        rustc: env!("COMPARISON_RUSTC"),
        os: std::env::consts::OS,
        arch: std::env::consts::ARCH,
        cpus: thread::available_parallelism().ok().map(Into::into),
        recorded: SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs()),
        subjects: subjects.collect(),
        measures,
    };
    let json = serde_json::to_string_pretty(&report).expect("every figure can be written as JSON");
    replace(path, &(json + "\n")).map_err(|error| format!("{} can't be written: {error}", path.display()))
}

fn replace(path: &Path, text: &str) -> io::Result<()> {
    let folder = folder(path);
    let mut builder = tempfile::Builder::new();
    // Readable by others as any new file is; tempfile's own default is meant for secrets.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
    let mut file = builder.prefix(".unfinished-").tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.persist(path).map(drop).map_err(|error| error.error)
}

/// Whether there is a place for this file, to be asked before minutes are spent on what it shall hold.
///
/// # Errors
///
/// If there is none, with a sentence that says why.
pub fn check(path: &Path) -> Result<(), String> {
    let folder = folder(path);
    if path.is_dir() || path.file_name().is_none() {
        return Err(format!("{} is no file; name one", path.display()));
    }
    fs::metadata(folder).map_err(|_| format!("there is no folder {}; make it first", folder.display()))?;
    Ok(())
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The head of the table that the lines below it fill.
pub fn head() -> String {
    let names = SUBJECTS.iter().fold(String::new(), |names, subject| names + &format!("{:>12}", subject.name));
    format!("{:<48}{names}  {}", "", "ours to the better of the others, and its spread")
}

/// A row of the table.
pub fn line(measure: &Measure) -> String {
    let name =
        if measure.unit.is_empty() { measure.name.clone() } else { format!("{} ({})", measure.name, measure.unit) };
    let figure = |figure: &Spread| {
        let digits = if figure.median < 10.0 { 2 } else { 0 };
        format!("{:>12.digits$}", figure.median)
    };
    let figures = measure.figures.iter().fold(String::new(), |figures, next| figures + &figure(next));
    let ratio = measure.ratio.map(|Spread { median, low, high }| format!("  {median:>8.2}  {low:.2} to {high:.2}"));
    format!("{name:<48}{figures}{}", ratio.unwrap_or_default())
}
