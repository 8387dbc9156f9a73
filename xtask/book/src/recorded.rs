//! What recordings say, for the shortcodes that ask.

use std::{fs, path::Path};

use anyhow::{Context, Error, Result, anyhow, ensure};
use lesson_data::{recording::Recording, table::Row};

use crate::{figures, project::Project, results, transcript};

/// What the terminal showed when this variant had ended.
pub(crate) fn transcript(project: &Project, lesson: &str, variant: &str) -> Result<String> {
    let command = row(project, lesson, variant)?.command(lesson);
    let screen = transcript::on_screen(&load(project, lesson, variant)?.written());
    // The highlighter would take the elements inside out again, so it is told to stay away.
    Ok(format!(
        "<figure class=\"transcript\">\n<figcaption><code class=\"command\">{command}</code></figcaption>\n\n<pre><code \
         class=\"nohighlight\"{}>{}\n</code></pre>\n</figure>",
        if transcript::scrolls(&screen) { SCROLLS } else { "" },
        transcript::as_html(&screen)
    ))
}

/// What lets a keyboard reach a transcript that may be wider than the page, and says what has been reached.
const SCROLLS: &str = " role=\"region\" aria-label=\"What the program wrote\" tabindex=\"0\"";

/// The table of what was measured of these variants, or if none is named, of those on the lesson's tour, in its order.
pub(crate) fn figures(project: &Project, lesson: &str, variants: &[String]) -> Result<String> {
    let on_tour = project.lesson(lesson)?.table.rows.into_iter().filter(|row| row.on_tour);
    let names = if variants.is_empty() { on_tour.map(|row| row.name).collect() } else { variants.to_vec() };
    let recordings: Result<Vec<_>> = names.iter().map(|name| load(project, lesson, name)).collect();
    Ok(figures::table(&recordings?))
}

/// One figure of this variant's recording, with its unit.
pub(crate) fn figure(project: &Project, lesson: &str, variant: &str, figure: &str) -> Result<String> {
    let recording = load(project, lesson, variant)?;
    recording.figure(figure).with_context(|| {
        format!("the recording of {lesson} {variant} has no figure `{figure}`; name a column of its table")
    })
}

/// One column of the tables of these variants, side by side.
pub(crate) fn column(project: &Project, lesson: &str, column: &str, variants: &[String]) -> Result<String> {
    let name = |variant: &str| variant.rsplit('/').next().unwrap_or_default().to_owned();
    let recordings = variants.iter().map(|variant| Ok((name(variant), load(project, lesson, variant)?)));
    results::side_by_side(&recordings.collect::<Result<Vec<_>>>()?, column)
}

/// The recording of this variant; or one of several that were kept, as `VARIANT/NAME`.
pub(crate) fn load(project: &Project, lesson: &str, variant: &str) -> Result<Recording> {
    row(project, lesson, variant)?;
    let path = project.recording(lesson, variant);
    ensure!(
        path.is_file() && !variant.contains(".."),
        "there is no recording of {lesson} {variant}; make one with `cargo xtask record {lesson} {variant}`"
    );
    read(&path)
}

/// The recording in this file.
///
/// # Errors
///
/// If there is none, or none that is understood here; in one sentence, with the way out.
pub fn read(path: &Path) -> Result<Recording> {
    let text = fs::read_to_string(path).map_err(|error| {
        anyhow!("cannot read the recording {} ({error}); `cargo xtask record` makes it", path.display())
    })?;
    Recording::parse(&text)
        .map_err(|why| anyhow!("{} is no sound recording: {why}; `cargo xtask record` makes it again", path.display()))
}

/// The row of this variant, which may be named as one of its recordings.
fn row(project: &Project, lesson: &str, variant: &str) -> Result<Row> {
    let name = variant.split_once('/').map_or(variant, |(name, _)| name);
    project.lesson(lesson)?.table.row(name).cloned().map_err(Error::msg)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_not_there_says_what_makes_it() {
        let why = read(Path::new("no/such/recording.json")).expect_err("there is no such file").to_string();
        assert!(why.contains("no/such/recording.json") && why.contains("`cargo xtask record`"), "{why}");
    }
}
