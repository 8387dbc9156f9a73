//! What the recordings of the book say.
//!
//! They are read when they are needed, from the folder in which the book has them. So no figure stands in the program, and
//! when a recording is made again, the figure is the new one.

use std::{fs, path::PathBuf};

use serde_json::Value;

/// A figure of a recording.
#[derive(Debug, Clone, Copy)]
pub struct Figure {
    /// The recording: the lesson and the variant.
    pub of: (&'static str, &'static str),
    pub what: What,
}

/// Which figure it is.
#[derive(Debug, Clone, Copy)]
pub enum What {
    /// A cell of the variant's own table: the row and the column. It can hold words.
    Cell(&'static str, &'static str),
    /// How long the run took.
    Elapsed,
    /// The CPU time of the run.
    Cpu,
    /// How many frames a spinner has drawn.
    Frames,
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
        let text = |key: &str| recording[key].as_str();
        Some(format!("{} ({}) with {} CPUs", text("os")?, text("arch")?, recording["cpus"].as_u64()?))
    }

    /// The figure with its unit, or the words.
    pub fn read(&self, Figure { of, what }: Figure) -> Option<String> {
        let recording = self.recording(of)?;
        let cell = |list: &str, row: &str, column: &str| {
            let mut cells = recording[list].as_array()?.iter();
            cells.find(|cell| cell["row"] == row && cell["column"] == column).cloned()
        };
        match what {
            What::Cell(row, column) => {
                if let Some(result) = cell("results", row, column) {
                    let unit = result["unit"].as_str()?;
                    return Some(format!("{} {unit}", result["value"].as_f64()?).trim_end().to_owned());
                }
                cell("outcomes", row, column)?["words"].as_str().map(str::to_owned)
            }
            What::Elapsed => Some(format!("{:.2} s", recording["measured"]["elapsed_ns"].as_f64()? / 1e9)),
            What::Cpu => Some(format!("{:.1} ms", recording["measured"]["cpu_ns"].as_f64()? / 1e6)),
            What::Frames => recording["frames"].as_array().map(|frames| frames.len().to_string()),
        }
    }

    fn recording(&self, (lesson, variant): (&str, &str)) -> Option<Value> {
        let text = fs::read_to_string(self.folder.join(lesson).join(format!("{variant}.json"))).ok()?;
        serde_json::from_str(&text).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OF: (&str, &str) = ("lesson-00", "threads");

    fn recordings() -> (tempfile::TempDir, Recordings) {
        let folder = tempfile::tempdir().expect("there is room for temporary files");
        fs::create_dir(folder.path().join(OF.0)).expect("it is ours");
        let recording = r#"{"frames": [{}, {}], "measured": {"elapsed_ns": 3053804668, "cpu_ns": 5860737},
            "results": [{"row": "a", "column": "c", "value": 16025.0, "unit": ""}, {"row": "b", "column": "c", "value": 0.5, "unit": "s"}],
            "outcomes": [{"row": "a", "column": "d", "words": "runs on"}]}"#;
        fs::write(folder.path().join("lesson-00/threads.json"), recording).expect("it is ours");
        let recordings = Recordings { folder: folder.path().to_owned() };
        (folder, recordings)
    }

    #[test]
    fn a_sentence_gets_its_figures_with_their_units() {
        let (_folder, recordings) = recordings();
        let figures =
            [What::Cell("a", "c"), What::Cell("b", "c"), What::Cell("a", "d"), What::Cpu, What::Frames, What::Elapsed]
                .map(|what| Figure { of: OF, what });
        let filled = recordings.fill_in("{} in {}; it {} for {}, {} times in {}", &figures);
        assert_eq!(filled.as_deref(), Some("16025 in 0.5 s; it runs on for 5.9 ms, 2 times in 3.05 s"));
    }

    #[test]
    fn a_sentence_whose_figure_is_not_there_is_left_out() {
        let (_folder, recordings) = recordings();
        for of in [OF, ("lesson-00", "gone")] {
            assert_eq!(recordings.fill_in("{}", &[Figure { of, what: What::Cell("a", "gone") }]), None);
        }
        assert_eq!(recordings.fill_in("nothing", &[]), None);
    }
}
