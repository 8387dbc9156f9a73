//! The sample of a recording, for the tests of what is made of one.

use lesson_data::recording::Recording;

/// The sample's JSON.
pub const TEXT: &str = include_str!("../../../lessons/kit/data/fixtures/recording.json");

/// A run of a second: `slow` lasts half of it, and `spin` is polled twice and dropped on another thread.
pub fn bare() -> Recording {
    let mut recording = with_scheduling();
    recording.output.pop();
    Recording { results: vec![], outcomes: vec![], scheduling: vec![], ..recording }
}

/// The same run, with a table of what it measured.
pub fn with_results() -> Recording {
    Recording { scheduling: vec![], ..with_scheduling() }
}

/// The same run, with a table, and on an event loop of ours on the first worker.
pub fn with_scheduling() -> Recording {
    Recording::parse(TEXT).expect("the sample is a recording")
}
