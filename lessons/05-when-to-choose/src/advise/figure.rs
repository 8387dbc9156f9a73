//! What the recordings of the book say.
//!
//! They are read when they are needed, from the folder in which the book has them. So no figure stands in the program, and
//! when a recording is made again, the figure is the new one.

use std::{fs, path::PathBuf};

use lesson_data::recording::Recording;

/// A figure of a recording.
#[derive(Debug, Clone, Copy)]
pub struct Figure {
    /// The recording: the lesson and the variant.
    pub of: (&'static str, &'static str),
    pub which: Which,
}

/// Which figure it is.
#[derive(Debug, Clone, Copy)]
pub enum Which {
    /// A cell of the variant's own table: the row and the column. It can hold words.
    Cell(&'static str, &'static str),
    /// What was measured of the run, as the tour's table has it: `elapsed`, `cpu` or `frames`, for example.
    Run(&'static str),
}

/// A folder of recordings.
#[derive(Debug)]
pub struct Recordings {
    folder: PathBuf,
}

impl Recordings {
    /// Those of the book beside these sources.
    pub fn of_the_book() -> Self {
        Self { folder: [env!("CARGO_MANIFEST_DIR"), "..", "..", "book", "recordings"].iter().collect() }
    }

    /// `sentence` with a figure in the place of each `{}`; `None` if it has no figures, or if one of them is not there.
    pub fn fill_in(&self, sentence: &str, figures: &[Figure]) -> Option<String> {
        let mut filled = String::new();
        let mut parts = sentence.split("{}");
        filled += parts.next()?;
        for (part, figure) in parts.zip(figures) {
            filled += &self.read(*figure)?;
            filled += part;
        }
        Some(filled).filter(|_| !figures.is_empty())
    }

    /// What recordings were made on: the system, and its number of CPUs.
    pub fn machine(&self) -> Option<String> {
        let recording = self.recording(("lesson-01", "threads"))?;
        Some(format!("{} ({}) with {} CPUs", recording.os, recording.arch, recording.cpus?))
    }

    /// The figure with its unit, or the words.
    pub fn read(&self, Figure { of, which }: Figure) -> Option<String> {
        let recording = self.recording(of)?;
        match which {
            Which::Cell(row, column) => recording.cell_with_unit(row, column),
            Which::Run(name) => recording.figure(name),
        }
    }

    fn recording(&self, (lesson, variant): (&str, &str)) -> Option<Recording> {
        let text = fs::read_to_string(self.folder.join(lesson).join(format!("{variant}.json"))).ok()?;
        Recording::parse(&text).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OF: (&str, &str) = ("lesson-00", "threads");

    fn recordings() -> (tempfile::TempDir, Recordings) {
        let folder = tempfile::tempdir().expect("there is room for temporary files");
        fs::create_dir(folder.path().join(OF.0)).expect("it is ours");
        let recording = concat!(env!("CARGO_MANIFEST_DIR"), "/../kit/data/fixtures/recording.json");
        fs::copy(recording, folder.path().join("lesson-00/threads.json")).expect("both are ours");
        let recordings = Recordings { folder: folder.path().to_owned() };
        (folder, recordings)
    }

    #[test]
    fn a_sentence_gets_its_figures_with_their_units() {
        let (_folder, recordings) = recordings();
        let figures = [
            Which::Cell("beside", "elapsed"),
            Which::Cell("in a task", "ends"),
            Which::Run("cpu"),
            Which::Run("frames"),
        ]
        .map(|which| Figure { of: OF, which });
        let filled = recordings.fill_in("{}; it ends {}, for {}, {} times", &figures);
        assert_eq!(filled.as_deref(), Some("3.00 ms; it ends in <time>, for 4.5 ms, 2 times"));
    }

    #[test]
    fn a_sentence_whose_figure_is_not_there_is_left_out() {
        let (_folder, recordings) = recordings();
        for of in [OF, ("lesson-00", "gone")] {
            assert_eq!(recordings.fill_in("{}", &[Figure { of, which: Which::Cell("beside", "gone") }]), None);
        }
        assert_eq!(recordings.fill_in("nothing", &[]), None);
    }
}
