//! What ran where: a lane for each thread, and in it a row for each function that ran there.

use std::collections::HashMap;

use crate::{
    recording::{Recording, Why},
    units::{milliseconds, seconds},
};

/// The row that shows frames.
const FRAMES: &str = "frames";

/// What ran on one thread.
#[derive(Debug)]
pub(super) struct Lane {
    pub(super) name: String,
    pub(super) rows: Vec<Row>,
}

/// One function on one thread; or the frames that were drawn there.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) name: String,
    pub(super) entries: Vec<Stay>,
    pub(super) frames: Vec<u64>,
}

/// A stretch of time inside a function.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stay {
    pub(super) from: u64,
    pub(super) to: u64,
    pub(super) why: Why,
}

impl Stay {
    pub(super) fn length(self) -> u64 {
        self.to - self.from
    }
}

/// The lanes of a recording, in the order of its threads.
pub(super) fn of(recording: &Recording) -> Vec<Lane> {
    let mut lanes: Vec<_> = names(recording).into_iter().map(|name| Lane { name, rows: Vec::new() }).collect();
    for entry in &recording.entries {
        let to = entry.to.unwrap_or(recording.measured.elapsed).max(entry.from);
        let stay = Stay { from: entry.from, to, why: entry.why };
        lanes[entry.thread].row(&recording.spans[entry.span].name).entries.push(stay);
    }
    let mut output = Lane { name: "output".to_owned(), rows: Vec::new() };
    for frame in &recording.frames {
        let lane = frame.thread.map_or(&mut output, |thread| &mut lanes[thread]);
        lane.row(FRAMES).frames.push(frame.at);
    }
    if !output.rows.is_empty() {
        lanes.push(output);
    }
    lanes
}

/// A name for each thread, no two the same.
fn names(recording: &Recording) -> Vec<String> {
    let several = recording.threads.iter().any(|thread| thread.process > 0);
    let mut taken = HashMap::new();
    let name = |thread: &crate::recording::Thread| {
        let process = if several { format!("process {}, ", thread.process + 1) } else { String::new() };
        let name = format!("{process}thread {}", thread.name);
        let times = taken.entry(name.clone()).and_modify(|times| *times += 1).or_insert(1);
        if *times == 1 { name } else { format!("{name} {times}") }
    };
    recording.threads.iter().map(name).collect()
}

impl Lane {
    /// The row called `name`, made when it is first asked for.
    fn row(&mut self, name: &str) -> &mut Row {
        let place = self.rows.iter().position(|row| row.name == name).unwrap_or_else(|| {
            self.rows.push(Row { name: name.to_owned(), entries: Vec::new(), frames: Vec::new() });
            self.rows.len() - 1
        });
        &mut self.rows[place]
    }
}

impl Row {
    /// How often and how long the function was entered.
    pub(super) fn in_words(&self) -> String {
        let of = |wanted: Why| self.entries.iter().filter(move |stay| stay.why == wanted);
        let mut parts = Vec::new();
        let polls = of(Why::Poll).count();
        if polls > 0 {
            let all = milliseconds(of(Why::Poll).map(|stay| stay.length()).sum());
            let longest = milliseconds(of(Why::Poll).map(|stay| stay.length()).max().unwrap_or(0));
            parts.push(format!("polled {}, {all} in all, {longest} at most", often(polls)));
        }
        let calls = of(Why::Call).count();
        if calls > 0 {
            let all = milliseconds(of(Why::Call).map(|stay| stay.length()).sum());
            parts.push(format!("called {}, {all} in all", often(calls)));
        }
        if let Some(last) = of(Why::Drop).next_back() {
            parts.push(format!("dropped at {}", seconds(last.from)));
        }
        if !self.frames.is_empty() {
            parts.push(format!("{} drawn", self.frames.len()));
        }
        parts.join("; ")
    }
}

fn often(times: usize) -> String {
    match times {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        _ => format!("{times} times"),
    }
}
