//! What ran where: a lane for each thread of a recording, and in it a row for each function that ran there.

use std::collections::HashMap;

use crate::{
    recording::{Reason, Recording},
    units::{milliseconds, seconds},
};

/// What ran on one thread.
#[derive(Debug)]
pub struct Lane {
    /// The thread, as people call it; no two lanes are called the same.
    pub name: String,
    /// In the order in which they began.
    pub rows: Vec<Row>,
}

/// One function on one thread; or the frames that were drawn there.
#[derive(Debug)]
pub struct Row {
    /// The function's name.
    pub name: String,
    /// When the thread was inside the function.
    pub stays: Vec<Stay>,
    /// When frames were drawn, in nanoseconds since the run began.
    pub frames: Vec<u64>,
}

/// A stretch of time inside a function, in nanoseconds since the run began.
#[derive(Debug, Clone, Copy)]
pub struct Stay {
    /// When the thread went in.
    pub from: u64,
    /// When it came out, or the run ended.
    pub to: u64,
    /// What it did there.
    pub reason: Reason,
}

impl Stay {
    /// How long it lasted, in nanoseconds.
    #[must_use]
    pub fn length(self) -> u64 {
        self.to - self.from
    }
}

impl Recording {
    /// What each thread is called: by its name, with its process where there are several, counted from 1, and with a
    /// number where one of the same name came before.
    #[must_use]
    pub fn thread_names(&self) -> Vec<String> {
        let has_several_processes = self.threads.iter().any(|thread| thread.process > 0);
        let mut counts = HashMap::new();
        let names = self.threads.iter().map(|thread| {
            let process =
                if has_several_processes { format!("process {}, ", thread.process + 1) } else { String::new() };
            let name = format!("{process}thread {}", thread.name);
            let count = counts.entry(name.clone()).and_modify(|count| *count += 1).or_insert(1);
            if *count == 1 { name } else { format!("{name} {count}") }
        });
        names.collect()
    }

    /// The lanes of the threads, in their order, and one more for frames of which no thread is known.
    #[must_use]
    pub fn lanes(&self) -> Vec<Lane> {
        let lane = |name| Lane { name, rows: Vec::new() };
        let mut lanes: Vec<_> = self.thread_names().into_iter().map(lane).collect();
        for entry in &self.entries {
            let to = entry.to.unwrap_or(self.measured.elapsed).max(entry.from);
            let stay = Stay { from: entry.from, to, reason: entry.reason };
            lanes[entry.thread].row(&self.spans[entry.span].name).stays.push(stay);
        }
        let mut output = lane("output".to_owned());
        for frame in &self.frames {
            let lane = frame.thread.map_or(&mut output, |thread| &mut lanes[thread]);
            lane.row("frames").frames.push(frame.at);
        }
        lanes.extend(Some(output).filter(|output| !output.rows.is_empty()));
        lanes
    }
}

impl Lane {
    /// The row called `name`, made when it is first asked for.
    fn row(&mut self, name: &str) -> &mut Row {
        let place = self.rows.iter().position(|row| row.name == name).unwrap_or_else(|| {
            self.rows.push(Row { name: name.to_owned(), stays: Vec::new(), frames: Vec::new() });
            self.rows.len() - 1
        });
        &mut self.rows[place]
    }
}

impl Row {
    /// How often and how long the function was entered, in words.
    #[must_use]
    pub fn in_words(&self) -> String {
        let of = |wanted: Reason| self.stays.iter().filter(move |stay| stay.reason == wanted);
        let in_all = |reason| milliseconds(of(reason).map(|stay| stay.length()).sum());
        let mut parts = Vec::new();
        let polls = of(Reason::Poll).count();
        if polls > 0 {
            let longest = milliseconds(of(Reason::Poll).map(|stay| stay.length()).max().unwrap_or(0));
            parts.push(format!("polled {}, {} in all, {longest} at most", often(polls), in_all(Reason::Poll)));
        }
        let calls = of(Reason::Call).count();
        if calls > 0 {
            parts.push(format!("called {}, {} in all", often(calls), in_all(Reason::Call)));
        }
        if let Some(last) = of(Reason::Drop).next_back() {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::tests::sample;

    fn lanes(recording: &Recording) -> Vec<(String, Vec<String>)> {
        let rows = |rows: &[Row]| rows.iter().map(|row| format!("{}: {}", row.name, row.in_words())).collect();
        recording.lanes().into_iter().map(|lane| (lane.name, rows(&lane.rows))).collect()
    }

    #[test]
    fn a_lane_for_each_thread_and_a_row_for_each_function() {
        let expected: [(&str, &[&str]); 3] = [
            ("thread main", &["slow: called once, 500.00 ms in all"]),
            ("thread worker", &["spin: polled twice, 2.00 ms in all, 1.00 ms at most", "frames: 2 drawn"]),
            ("thread worker 2", &["spin: dropped at 0.60 s"]),
        ];
        let expected = expected.map(|(lane, rows)| (lane.to_owned(), rows.iter().map(ToString::to_string).collect()));
        assert_eq!(lanes(&sample()), expected);
    }

    #[test]
    fn several_processes_are_told_apart() {
        let mut recording = sample();
        recording.threads[1].process = 1;
        let names = ["process 1, thread main", "process 2, thread worker", "process 1, thread worker"];
        assert_eq!(recording.thread_names(), names);
    }

    #[test]
    fn what_never_ended_lasts_until_the_end_and_frames_without_a_thread_have_a_lane() {
        let mut recording = sample();
        recording.entries[0].to = None;
        recording.frames.iter_mut().for_each(|frame| frame.thread = None);
        let lanes = lanes(&recording);
        assert_eq!(lanes[0].1, ["slow: called once, 1000.00 ms in all"]);
        assert_eq!(lanes[3], ("output".to_owned(), vec!["frames: 2 drawn".to_owned()]));
    }
}
