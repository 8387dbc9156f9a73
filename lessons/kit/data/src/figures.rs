//! The figures that follow from one recording, for the tour's table and the book's.

use crate::{
    recording::Recording,
    units::{MEGABYTE, MILLISECOND, SECOND, grouped, scaled},
};

/// What a cell says when the platform gave no figure, or the run had none.
pub const NO_FIGURE: &str = "n/a";

/// A figure that a recording may have.
#[derive(Debug, Clone, Copy)]
pub struct Figure {
    /// Its name.
    pub name: &'static str,
    /// What stands above its column in a page.
    pub title: &'static str,
    /// Its unit, empty for a count.
    pub unit: &'static str,
    /// What stands above its column in a terminal, where there is less room.
    pub head: &'static str,
    /// What it means, for the terminal's legend.
    pub meaning: Option<&'static str>,
    /// The figure in this unit, rounded.
    pub of: fn(&Recording) -> Option<String>,
}

/// Every figure, in the order of the tables.
pub const ALL: [Figure; 7] = [
    Figure {
        name: "elapsed",
        title: "elapsed",
        unit: "s",
        head: "elapsed",
        meaning: Some("seconds from the start of the process to its end"),
        of: |recording| Some(scaled(recording.measured.elapsed, SECOND, 2)),
    },
    Figure {
        name: "cpu",
        title: "CPU",
        unit: "ms",
        head: "CPU ms",
        meaning: Some("milliseconds of CPU time, user and system, of child processes too"),
        of: |recording| Some(scaled(recording.measured.cpu?, MILLISECOND, 1)),
    },
    Figure {
        name: "memory",
        title: "memory",
        unit: "MB",
        head: "MB",
        meaning: Some("the most memory resident at once, in millions of bytes (sampled)"),
        of: |recording| Some(scaled(recording.measured.peak_memory?, MEGABYTE, 1)),
    },
    Figure {
        name: "threads",
        title: "OS threads",
        unit: "",
        head: "threads",
        meaning: Some("the most OS threads seen at once (sampled every 5 ms)"),
        of: |recording| Some(recording.measured.peak_threads?.to_string()),
    },
    Figure {
        name: "frames",
        title: "frames",
        unit: "",
        head: "frames",
        meaning: None,
        of: |recording| Some(recording.frames.len().to_string()),
    },
    Figure {
        name: "gap",
        title: "longest gap",
        unit: "ms",
        head: "gap ms",
        meaning: Some("the longest time between two frames, in milliseconds"),
        of: |recording| Some(scaled(recording.longest_gap()?, MILLISECOND, 1)),
    },
    Figure {
        name: "stop",
        title: "stop",
        unit: "ms",
        head: "stop ms",
        meaning: Some("from the slow function's return to the spinner's end, in milliseconds"),
        of: |recording| Some(scaled(recording.stop_latency("slow", "spin")?, MILLISECOND, 2)),
    },
];

impl Recording {
    /// The figure called `name` with its unit, as `3.01 s`. `None` if none of [`ALL`] is called so, or the run has none.
    #[must_use]
    pub fn figure(&self, name: &str) -> Option<String> {
        let figure = ALL.iter().find(|figure| figure.name == name)?;
        Some(format!("{} {}", grouped(&(figure.of)(self)?), figure.unit).trim_end().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use crate::recording::tests::sample;

    #[test]
    fn a_figure_has_its_unit() {
        let mut recording = sample();
        recording.measured.peak_threads = Some(1_300);
        for (name, value) in [
            ("elapsed", Some("1.00 s")),
            ("cpu", Some("4.5 ms")),
            ("memory", None),
            ("threads", Some("1,300")),
            ("frames", Some("2")),
            ("gap", Some("250.0 ms")),
            ("stop", Some("101.00 ms")),
            ("speed", None),
        ] {
            assert_eq!(recording.figure(name).as_deref(), value, "{name}");
        }
    }
}
