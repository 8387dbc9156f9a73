//! Makes the recordings that the book shows, and checks that today's programs would still give the same.
//!
//! A recording is made in a terminal of the usual size, since that is where a learner runs the program.

mod keep;
mod programs;
mod shape;

use std::{
    cmp::Reverse,
    fs,
    path::Path,
    sync::{Mutex, PoisonError, mpsc},
    thread,
    time::Duration,
};

use anyhow::{Error, Result, bail, ensure};
use lesson_data::{
    recording::Recording,
    table::{self, Row, Table},
    units::seconds,
};

use crate::{lesson::Lesson, project::Project, recorded, timeline};
use programs::{Build, Program, Purpose};
use shape::Shape;

/// The picture in the README, below the workspace's root.
pub const PICTURE: &str = "book/src/timeline.svg";

/// The lesson and the variant whose recording it shows.
pub const PICTURED: (&str, &str) = ("lesson-01", "tokio-multi");

/// How many variants are checked at once. They can be many more than there are CPUs, as most of them wait.
const AT_ONCE: usize = 24;

/// What `record` is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Request {
    /// The lesson, or all of them.
    pub lesson: Option<String>,
    /// The variants of the lesson, or all of them if none is named.
    pub variants: Vec<String>,
    /// Compare with the recordings that are kept, and keep nothing.
    pub check: bool,
    /// Leave the Python variants out, as there is no Python.
    pub without_python: bool,
}

/// Does what `request` asks for, and says through `say` how it goes, line by line. Gives whether all went well.
///
/// # Errors
///
/// If it cannot be met: a lesson that does not build, or a name that nothing has.
pub fn run(project: &Project, request: &Request, say: &mut dyn FnMut(&str)) -> Result<bool> {
    let mut well = true;
    let mut to_check = Vec::new();
    for Lesson { table: kept, folder } in chosen_lessons(project, request.lesson.as_deref())? {
        let lesson = &kept.package;
        let program = Program::build(project.root(), lesson, Build::Usual)?;
        let table = program.table()?;
        if table != kept {
            if request.check {
                well = false;
                let path = folder.strip_prefix(project.root()).unwrap_or(&folder).join(table::FILE);
                say(&format!(
                    "{lesson}: {0} is not the program's table; `cargo run -p {lesson} -- --list --json > {0}` writes it again",
                    path.display()
                ));
            } else {
                keep::replace(&folder.join(table::FILE), &table.to_json())?;
            }
        }
        if request.check && request.variants.is_empty() {
            for stale in without_variant(&project.root().join("book/recordings").join(lesson), &table) {
                well = false;
                say(&format!(
                    "{lesson} {stale}: no variant is called so any more; delete book/recordings/{lesson}/{stale}.json"
                ));
            }
        }
        let (left_out, variants): (Vec<_>, Vec<_>) = chosen_variants(table, &request.variants)?
            .into_iter()
            .partition(|row| request.without_python && row.is_python());
        for variant in left_out {
            say(&format!("{lesson} {}: left out, as there is no CPython 3.11 or newer", variant.name));
        }
        if request.check {
            to_check.push((program, variants));
        } else {
            let is_needed = variants.iter().any(|variant| variant.optimised);
            let optimised = is_needed.then(|| Program::build(project.root(), lesson, Build::Optimised)).transpose()?;
            let program_of = |variant: &Row| optimised.as_ref().filter(|_| variant.optimised).unwrap_or(&program);
            well &= record_all(project, program_of, &variants, say);
        }
    }
    let mut jobs: Vec<_> = to_check
        .iter()
        .flat_map(|(program, variants)| variants.iter().map(|variant| Job::new(project, program, variant)))
        .collect();
    well &= check_all(project, &mut jobs, say);
    Ok(well)
}

/// Records one variant after another, so that none stains the figures of the next.
fn record_all<'a>(
    project: &Project,
    program_of: impl Fn(&Row) -> &'a Program,
    variants: &[Row],
    say: &mut dyn FnMut(&str),
) -> bool {
    let mut well = true;
    for variant in variants {
        let program = program_of(variant);
        let (lesson, name) = (&program.lesson, &variant.name);
        match record(project, program, name) {
            Ok(recording) => {
                let ended = if recording.exit.is_success() {
                    String::new()
                } else {
                    format!(", ended with {}", recording.exit)
                };
                say(&format!("{lesson} {name}: recorded, {}{ended}", seconds(recording.measured.elapsed)));
            }
            Err(why) => {
                well = false;
                say(&format!("{lesson} {name}: {why:#}"));
            }
        }
    }
    well
}

/// Runs a variant and keeps its recording, and the picture if it is of this one.
fn record(project: &Project, program: &Program, variant: &str) -> Result<Recording> {
    let text = keep::laid_out(&program.record(variant, Purpose::Figures)?, project.root())?;
    let recording = Recording::parse(&text)?;
    if let Some(end) = recording.complete_until {
        bail!("does more than a recording holds, which ends at {}; the book has whole runs", seconds(end));
    }
    keep::replace(&project.recording(&program.lesson, variant), &text)?;
    if (program.lesson.as_str(), variant) == PICTURED {
        keep::replace(&project.root().join(PICTURE), &timeline::picture(&recording))?;
    }
    Ok(recording)
}

/// A variant to be checked.
#[derive(Debug)]
struct Job<'a> {
    program: &'a Program,
    variant: &'a Row,
    /// How long it can take, by its recording.
    takes: Duration,
}

impl<'a> Job<'a> {
    fn new(project: &Project, program: &'a Program, variant: &'a Row) -> Self {
        // Without a recording it fails at once. What measures is run briefly.
        let kept = recorded::read(&project.recording(&program.lesson, &variant.name)).ok();
        let elapsed = kept.filter(|_| !variant.optimised).map_or(0, |kept| kept.measured.elapsed);
        Self { program, variant, takes: Duration::from_nanos(elapsed) }
    }
}

/// Checks variants, many of them at the same time: no times are compared, and most of a variant's time it waits.
fn check_all(project: &Project, jobs: &mut [Job<'_>], say: &mut dyn FnMut(&str)) -> bool {
    // The longest begin first, so that nobody waits for one of them alone.
    jobs.sort_by_key(|job| Reverse(job.takes));
    let waiting = Mutex::new(jobs.iter());
    let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).next();
    let (report, reports) = mpsc::channel();
    let mut well = true;
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            let (report, next) = (report.clone(), &next);
            scope.spawn(move || {
                while let Some(job) = next() {
                    // Who hears it is there until the last of us is gone.
                    let _ = report.send((job, differences(project, job)));
                }
            });
        }
        drop(report);
        for (job, found) in reports {
            well &= tell(job, found, say);
        }
    });
    well
}

/// Says what a check has found, and gives whether that is nothing.
fn tell(job: &Job<'_>, found: Result<Vec<String>>, say: &mut dyn FnMut(&str)) -> bool {
    let Job { program: Program { lesson, .. }, variant: Row { name, .. }, .. } = job;
    match found {
        Ok(differences) if differences.is_empty() => {
            say(&format!("{lesson} {name}: as recorded"));
            return true;
        }
        Ok(differences) => {
            let again = format!("cargo xtask record {lesson} {name}");
            say(&format!("{lesson} {name}: not as recorded; if that is meant, `{again}` records it again"));
            for difference in differences {
                say(&format!("  {difference}"));
            }
        }
        Err(why) => say(&format!("{lesson} {name}: {why:#}")),
    }
    false
}

/// How a run of today differs from the recording that is kept.
fn differences(project: &Project, job: &Job<'_>) -> Result<Vec<String>> {
    let Job { program, variant: Row { name, optimised, .. }, .. } = job;
    let kept = recorded::read(&project.recording(&program.lesson, name))?;
    // Laid out like the kept one, as that takes this machine's paths out of it.
    let today = keep::laid_out(&program.record(name, Purpose::Shape)?, project.root())?;
    let today = Recording::parse(&today)?;
    let shapes = [&kept, &today].map(Shape::of);
    let [kept, today] = if *optimised { shapes.map(Shape::of_any_machine) } else { shapes };
    Ok(kept.differences(&today))
}

/// The lesson that was asked for, or all of them. A package in a lesson's folder is none: it is measured by hand.
fn chosen_lessons(project: &Project, chosen: Option<&str>) -> Result<Vec<Lesson>> {
    let folder = project.root().join("lessons");
    let mut lessons = project.lessons()?;
    lessons.retain(|lesson| lesson.folder.parent() == Some(&folder));
    let Some(chosen) = chosen else { return Ok(lessons) };
    let names: Vec<_> = lessons.iter().map(|lesson| lesson.table.package.clone()).collect();
    lessons.retain(|lesson| lesson.table.package == chosen);
    ensure!(!lessons.is_empty(), "there is no lesson `{chosen}`; there are {}", names.join(", "));
    Ok(lessons)
}

/// The variants that were asked for by name, or all that end by themselves.
fn chosen_variants(table: Table, names: &[String]) -> Result<Vec<Row>> {
    for name in names {
        let row = table.row(name).map_err(Error::msg)?;
        ensure!(!row.endless, "{} {name} never ends by itself, so it can't be recorded", table.package);
    }
    let is_chosen = |row: &Row| if names.is_empty() { !row.endless } else { names.contains(&row.name) };
    Ok(table.rows.into_iter().filter(is_chosen).collect())
}

/// The recordings in `folder` that belong to no variant of `table` that ends by itself.
fn without_variant(folder: &Path, table: &Table) -> Vec<String> {
    let files = fs::read_dir(folder).into_iter().flatten().flatten().map(|file| file.path());
    let recordings = files.filter(|path| path.extension().is_some_and(|extension| extension == "json"));
    let mut names: Vec<_> = recordings.filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned())).collect();
    names.retain(|name| table.row(name).map_or(true, |row| row.endless));
    names.sort();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let row = |name, endless| {
            format!(
                r#"{{"name": "{name}", "runtime": "std", "watch": "", "source": "", "on_tour": false, "endless": {endless},
                "optimised": false, "handles": "none", "suspends": "", "stops": ""}}"#
            )
        };
        let rows = [row("threads", false), row("tokio", false), row("server", true)].join(",");
        Table::from_json(&format!(r#"{{"package": "lesson-00", "title": "", "variants": [{rows}], "settings": []}}"#))
            .expect("it is one")
    }

    fn chosen(names: &[&str]) -> Result<Vec<String>, String> {
        let names: Vec<_> = names.iter().map(|&name| name.to_owned()).collect();
        let chosen = chosen_variants(table(), &names).map_err(|why| why.to_string())?;
        Ok(chosen.into_iter().map(|row| row.name).collect())
    }

    #[test]
    fn variants_are_chosen_by_name_and_otherwise_all_that_end() {
        assert_eq!(chosen(&["tokio"]), Ok(vec!["tokio".to_owned()]));
        assert_eq!(chosen(&[]), Ok(vec!["threads".to_owned(), "tokio".to_owned()]));
        let why = "lesson-00 has no variant `smol`; it has threads, tokio, server";
        assert_eq!(chosen(&["tokio", "smol"]), Err(why.to_owned()));
        let why = "lesson-00 server never ends by itself, so it can't be recorded";
        assert_eq!(chosen(&["server"]), Err(why.to_owned()));
    }

    #[test]
    fn a_recording_whose_variant_is_gone_is_found() {
        let folder = tempfile::tempdir().expect("the system has a folder for temporary files");
        for name in ["tokio.json", "gone.json", "notes.txt"] {
            fs::write(folder.path().join(name), "").expect("it is ours");
        }
        assert_eq!(without_variant(folder.path(), &table()), ["gone"]);
        assert_eq!(without_variant(&folder.path().join("missing"), &table()), [""; 0]);
    }
}
