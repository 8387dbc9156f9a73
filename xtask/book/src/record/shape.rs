//! The shape of a recording: what must be the same on every machine and every day.
//!
//! How often and how long something ran is none of it, nor which worker of a runtime ran it.

use std::collections::{BTreeMap, BTreeSet};

use lesson_data::recording::{Exit, Kind, Recording};

use crate::transcript;

/// What two runs of one program have in common.
#[derive(Debug)]
pub(super) struct Shape {
    /// A span's name and that of the span around it, and what spans of these names were.
    spans: BTreeMap<(String, Option<String>), BTreeSet<Kind>>,
    frames: Vec<String>,
    several_threads: bool,
    several_processes: bool,
    exit: Exit,
    /// What was measured: the row, the column and the unit of each figure.
    results: BTreeSet<(String, String, String)>,
    /// What was found out: the row and the column, and the words there.
    outcomes: BTreeMap<(String, String), String>,
    lines: Vec<String>,
}

impl Shape {
    pub(super) fn of(recording: &Recording) -> Self {
        let mut spans = BTreeMap::new();
        for span in &recording.spans {
            let parent = span.parent.map(|parent| recording.spans[parent].name.clone());
            spans.entry((span.name.clone(), parent)).or_insert_with(BTreeSet::new).insert(span.kind);
        }
        let is_row = |line: &str, row: &str| line.strip_prefix(row).is_some_and(|figures| figures.starts_with("  "));
        let rows = || {
            let figures = recording.results.iter().map(|result| &result.row);
            figures.chain(recording.outcomes.iter().map(|outcome| &outcome.row))
        };
        let line = |line: &str| match rows().find(|row| is_row(line, row)) {
            Some(row) => format!("{row}  .."),
            None => masked(line),
        };
        Self {
            spans,
            frames: recording.frames.iter().map(|frame| mask_numbers(&frame.text)).collect(),
            several_threads: recording.threads.len() > 1,
            several_processes: recording.threads.iter().any(|thread| thread.process > 0),
            exit: recording.exit,
            results: recording
                .results
                .iter()
                .map(|result| (result.row.clone(), result.column.clone(), result.unit.clone()))
                .collect(),
            outcomes: recording
                .outcomes
                .iter()
                .map(|outcome| ((outcome.row.clone(), outcome.column.clone()), outcome.words.clone()))
                .collect(),
            lines: whoever_is_first(transcript::on_screen(&recording.written()).lines().map(line).collect()),
        }
    }

    /// The same without what depends on how much the machine can do: how many rows there are, which limits are met, and
    /// so every line and frame.
    pub(super) fn of_any_machine(self) -> Self {
        let without_row = |(_, column, unit)| (String::new(), column, unit);
        let results = self.results.into_iter().map(without_row).collect();
        Self { results, frames: Vec::new(), lines: Vec::new(), ..self }
    }

    /// How `today` differs from this one, a sentence for each difference.
    pub(super) fn differences(&self, today: &Self) -> Vec<String> {
        let mut differences = Vec::new();
        for (place, kinds) in &self.spans {
            match today.spans.get(place) {
                None => differences.push(format!("{} no longer runs", in_words(place))),
                Some(now) if now != kinds => {
                    differences.push(format!("{} is {}, and was {}", in_words(place), all(now), all(kinds)));
                }
                Some(_) => {}
            }
        }
        let new = today.spans.keys().filter(|place| !self.spans.contains_key(*place));
        differences.extend(new.map(|place| format!("{} is new", in_words(place))));
        differences.extend(other_frame(&self.frames, &today.frames));
        let figure = |(row, column, unit): &(String, String, String)| {
            let row = if row.is_empty() { String::new() } else { format!("`{row}`, ") };
            format!("the figure {row}`{column}`{}{unit}", if unit.is_empty() { "" } else { " in " })
        };
        let gone = self.results.difference(&today.results);
        differences.extend(gone.map(|result| format!("{} is no longer measured", figure(result))));
        let new = today.results.difference(&self.results);
        differences.extend(new.map(|result| format!("{} is new", figure(result))));
        let mut tell = |what: &str, was: &str, now: &str| {
            if was != now {
                differences.push(format!("{what} {now}, and was {was}"));
            }
        };
        let cells: BTreeSet<_> = self.outcomes.keys().chain(today.outcomes.keys()).collect();
        for cell @ (row, column) in cells {
            let words = |outcomes: &BTreeMap<_, String>| {
                outcomes.get(cell).map_or("not there".to_owned(), |words| format!("`{words}`"))
            };
            tell(&format!("what is found for `{row}`, `{column}` is"), &words(&self.outcomes), &words(&today.outcomes));
        }
        let number = |several| if several { "several" } else { "one" };
        tell("the number of threads that took part is", number(self.several_threads), number(today.several_threads));
        tell("the number of processes is", number(self.several_processes), number(today.several_processes));
        tell("the end is", &self.exit.to_string(), &today.exit.to_string());
        for line in 0..self.lines.len().max(today.lines.len()) {
            let text = |lines: &[String]| lines.get(line).map_or("not there".to_owned(), |text| format!("`{text}`"));
            tell(&format!("line {} of the output is", line + 1), &text(&self.lines), &text(&today.lines));
        }
        differences
    }
}

fn in_words((name, parent): &(String, Option<String>)) -> String {
    match parent {
        Some(parent) => format!("`{name}` inside `{parent}`"),
        None => format!("`{name}` at the top"),
    }
}

fn all(kinds: &BTreeSet<Kind>) -> String {
    kinds.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or ")
}

/// The first frame that does not follow in the order of those that were recorded. There may be more of them or fewer.
fn other_frame(recorded: &[String], today: &[String]) -> Option<String> {
    match (recorded, today) {
        ([], []) => return None,
        ([], _) => return Some("frames are drawn, and none were".to_owned()),
        (_, []) => return Some("no frames are drawn any more".to_owned()),
        _ => {}
    }
    let period = period(recorded);
    let is_new = |(place, frame): (usize, &String)| !recorded[..place].contains(frame);
    if !recorded[..period].iter().enumerate().all(is_new) {
        // Several spinners, each from its start: what follows on a frame depends on how far the one before came.
        let place = today.iter().position(|frame| !recorded.contains(frame))?;
        return Some(format!("frame {} is `{}`, which was never drawn", place + 1, today[place]));
    }
    // Frames that do not repeat cannot say how they would go on.
    let known = if period < recorded.len() { today.len() } else { recorded.len() };
    let place = (0..today.len().min(known)).find(|&place| today[place] != recorded[place % period])?;
    Some(format!("frame {} is `{}`, and was `{}`", place + 1, today[place], recorded[place % period]))
}

/// After how many frames they begin again.
fn period(frames: &[String]) -> usize {
    let repeats = |&period: &usize| frames.iter().zip(&frames[period..]).all(|(one, later)| one == later);
    (1..frames.len()).find(repeats).unwrap_or(frames.len())
}

/// `lines`, where those that stand together and say how far somebody has come (`smol: 20 of 60`) have an order of their
/// own, since who is first differs from run to run.
fn whoever_is_first(mut lines: Vec<String>) -> Vec<String> {
    let is_number = |word: &str| !word.is_empty() && word.chars().all(|c| c.is_ascii_digit());
    let says_how_far = |line: &str| {
        let (before, all) = line.rsplit_once(" of ").unwrap_or_default();
        is_number(all) && before.rsplit(' ').next().is_some_and(is_number)
    };
    for together in lines.chunk_by_mut(|one, next| says_how_far(one) == says_how_far(next)) {
        if says_how_far(&together[0]) {
            together.sort();
        }
    }
    lines
}

/// `line` without what differs from run to run: ids, addresses, times, and the insides of what `{:?}` or Python's
/// `repr` prints of an object, which show the state that it happens to be in.
fn masked(line: &str) -> String {
    mask_numbers(&mask_inside(&mask_inside(line, '{', '}'), '<', '>'))
}

/// `line` with the text between the first `open` and the last `close` replaced; a name right behind `open` stays.
fn mask_inside(line: &str, open: char, close: char) -> String {
    let Some((before, rest)) = line.split_once(open) else { return line.to_owned() };
    let Some((inside, after)) = rest.rsplit_once(close) else { return line.to_owned() };
    let name: String = inside.chars().take_while(|c| c.is_alphanumeric()).collect();
    format!("{before}{open}{name}..{close}{after}")
}

/// `line` with addresses (`0x7f..`), ids (`Id(7)`, `process 4242`), ports of this machine (`127.0.0.1:4242`), times
/// (`1.5 ms`), counts (`19 frames`) and what depends on who is first (`item 4, 6027 bytes`) replaced. Other numbers are
/// what the program is about.
fn mask_numbers(line: &str) -> String {
    const UNITS: [&str; 14] = [
        "ns", "us", "µs", "ms", "s", "seconds", "frames", "accepted", "answered", "messages", "bytes", "files",
        "lines", "words",
    ];
    const SOMETIMES: [&str; 5] = [" in flight", " at once", " ok", " not found", " failed"];
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let mut masked = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(start) = rest.find(is_part) {
        let (between, word) = rest.split_at(start);
        masked.push_str(between);
        if let Some(address) = word.strip_prefix("0x") {
            masked.push_str("0x..");
            rest = address.trim_start_matches(|c: char| c.is_ascii_hexdigit());
            continue;
        }
        let digits = word.len() - word.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.').len();
        if digits == 0 {
            let end = word.find(|c| !is_part(c)).unwrap_or(word.len());
            masked.push_str(&word[..end]);
            rest = &word[end..];
            continue;
        }
        let (number, after) = word.split_at(digits);
        let unit = after.strip_prefix(' ').unwrap_or(after);
        let unit = &unit[..unit.find(|c| !is_part(c)).unwrap_or(unit.len())];
        let is_id = masked.ends_with("Id(") && after.starts_with(')');
        let names_port = masked.ends_with("127.0.0.1:");
        let names_item = masked.ends_with("item ");
        let names_process = masked.ends_with("process ");
        let is_count = UNITS.contains(&unit) || SOMETIMES.iter().any(|count| after.starts_with(count));
        let is_masked = is_id || names_port || names_item || names_process || is_count;
        masked.push_str(if is_masked { ".." } else { number });
        rest = after;
    }
    masked + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{bare as sample, with_results as sample_with_results};
    use lesson_data::recording::Frame;

    /// What is said when `change` happens to a program.
    fn said(change: impl FnOnce(&mut Recording)) -> Vec<String> {
        let mut today = sample();
        change(&mut today);
        Shape::of(&sample()).differences(&Shape::of(&today))
    }

    fn frames(texts: &[&str]) -> Vec<Frame> {
        texts.iter().map(|&text| Frame { at: 0, thread: None, span: None, text: text.to_owned() }).collect()
    }

    #[test]
    fn counts_times_and_the_machine_are_not_compared() {
        let none = said(|today| {
            today.measured.elapsed *= 7;
            today.measured.peak_threads = Some(99);
            today.rustc = "rustc 1.99.0".to_owned();
            today.os = "windows".to_owned();
            today.recorded += 1_000_000;
            let mut again = today.spans[1].clone();
            again.opened += 5;
            today.spans.push(again);
            today.entries.push(today.entries[1].clone());
            today.threads.push(today.threads[1].clone());
            today.frames.iter_mut().for_each(|frame| frame.at += 77);
            today.output[0].text = "spinner object: Handle { id: Id(8), running: true }\n".to_owned();
        });
        assert_eq!(none, [""; 0]);
    }

    #[test]
    fn of_what_depends_on_the_machine_the_columns_are_compared() {
        let said = |change: fn(&mut Recording)| {
            let mut today = sample_with_results();
            change(&mut today);
            let [was, now] = [&sample_with_results(), &today].map(|run| Shape::of(run).of_any_machine());
            was.differences(&now)
        };
        let other_rows = said(|today| {
            today.results[0].row = "another".to_owned();
            today.output[0].text = "said nothing of this\n".to_owned();
        });
        assert_eq!(other_rows, [""; 0]);
        let other_column = said(|today| today.results.iter_mut().for_each(|result| result.column = "new".to_owned()));
        assert!(other_column.iter().any(|said| said.starts_with("the figure `new`")), "{other_column:?}");
    }

    #[test]
    fn spans_and_their_nesting_are_compared() {
        assert_eq!(
            said(|today| today.spans[1].parent = None),
            ["`spin` inside `slow` no longer runs", "`spin` at the top is new"]
        );
        assert_eq!(
            said(|today| today.spans[0].name = "quick".to_owned()),
            [
                "`slow` at the top no longer runs",
                "`spin` inside `slow` no longer runs",
                "`quick` at the top is new",
                "`spin` inside `quick` is new"
            ]
        );
        assert_eq!(
            said(|today| today.spans[1].kind = Kind::Call),
            ["`spin` inside `slow` is a call, and was a future"]
        );
    }

    #[test]
    fn threads_processes_and_the_end_are_compared() {
        let one = said(|today| {
            today.threads.truncate(1);
            today.entries.truncate(1);
        });
        assert_eq!(one, ["the number of threads that took part is one, and was several"]);
        let processes = said(|today| today.threads[2].process = 1);
        assert_eq!(processes, ["the number of processes is several, and was one"]);
        let end = said(|today| today.exit.code = Some(101));
        assert_eq!(end, ["the end is exit code 101, and was exit code 0"]);
    }

    #[test]
    fn who_is_first_on_the_way_does_not_matter() {
        let lines = |text: &str| whoever_is_first(text.split(", ").map(str::to_owned).collect());
        assert_eq!(lines("b: 1 of 2, a: 1 of 2, done, b"), lines("a: 1 of 2, b: 1 of 2, done, b"));
        assert_eq!(lines("b, a, one of 2"), ["b", "a", "one of 2"]);
    }

    #[test]
    fn lines_that_stay_are_compared() {
        let answer = said(|today| today.output[2].text = "wer: 43\n".to_owned());
        assert_eq!(answer, ["line 2 of the output is `Answer: 43`, and was `Answer: 42`"]);
        let fewer = said(|today| today.output.truncate(1));
        assert_eq!(fewer, ["line 2 of the output is not there, and was `Answer: 42`"]);
        let name = said(|today| today.output[0].text = "spinner object: Task { id: Id(7) }\n".to_owned());
        let difference = "line 1 of the output is `spinner object: Task {..}`, and was `spinner object: Handle {..}`";
        assert_eq!(name, [difference]);
    }

    #[test]
    fn what_was_measured_is_compared_and_how_much_is_not() {
        let said = |change: fn(&mut Recording)| {
            let mut recorded = sample_with_results();
            recorded.output.remove(0); // The table, since it stands below.
            recorded.output[2].text = "wer: 42\nin a task         0  12.25\n".to_owned();
            let mut today = recorded.clone();
            change(&mut today);
            Shape::of(&recorded).differences(&Shape::of(&today))
        };
        let other_figures = said(|today| {
            today.results[1].value = 99.0;
            today.output[2].text = "wer: 42\nin a task        19     99\n".to_owned();
        });
        assert_eq!(other_figures, [""; 0]);
        assert_eq!(
            said(|today| today.results[2].unit = "s".to_owned()),
            [
                "the figure `beside`, `elapsed` in ms is no longer measured",
                "the figure `beside`, `elapsed` in s is new"
            ]
        );
        let fewer = said(|today| today.results.truncate(2));
        assert_eq!(fewer, ["the figure `beside`, `elapsed` in ms is no longer measured"]);
        let cell = "what is found for `in a task`, `ends` is";
        let other = said(|today| today.outcomes[0].words = "late".to_owned());
        assert_eq!(other, [format!("{cell} `late`, and was `in <time>`")]);
        let none = said(|today| today.outcomes.clear());
        assert_eq!(none, [format!("{cell} not there, and was `in <time>`")]);
    }

    #[test]
    fn frames_follow_the_same_cycle_however_many_there_are() {
        let other = |recorded: &[&str], today: &[&str]| {
            let texts = |texts: &[&str]| frames(texts).into_iter().map(|frame| frame.text).collect::<Vec<_>>();
            other_frame(&texts(recorded), &texts(today))
        };
        let spinner = ["|", "/", "-", "\\", "|", "/"];
        assert_eq!(other(&spinner, &spinner[..3]), None);
        assert_eq!(other(&spinner, &["|", "/", "-", "\\", "|", "/", "-", "\\", "|"]), None);
        assert_eq!(other(&spinner, &["|", "/", "\\"]).as_deref(), Some("frame 3 is `\\`, and was `-`"));
        let other_turn = ["|", "/", "-", "\\", "|", "/", "+"];
        assert_eq!(other(&spinner, &other_turn).as_deref(), Some("frame 7 is `+`, and was `-`"));
        assert_eq!(other(&["1", "2"], &["1", "2", "3"]), None, "what never repeated may go on");
        assert_eq!(other(&["1", "2"], &["1", "3"]).as_deref(), Some("frame 2 is `3`, and was `2`"));
        let two_spinners = ["|", "/", "-", "|", "/", "-", "\\", "|"];
        assert_eq!(
            other(&two_spinners, &["|", "/", "|", "/", "-", "|", "\\"]),
            None,
            "each may come less far or further"
        );
        let third = other(&two_spinners, &["|", "/", "+"]);
        assert_eq!(third.as_deref(), Some("frame 3 is `+`, which was never drawn"));
        assert_eq!(other(&spinner, &[]).as_deref(), Some("no frames are drawn any more"));
        assert_eq!(other(&[], &spinner).as_deref(), Some("frames are drawn, and none were"));
        assert_eq!(other(&[], &[]), None);
        assert_eq!(said(|today| today.frames.clear()), ["no frames are drawn any more"]);
    }

    #[test]
    fn what_differs_from_run_to_run_is_masked() {
        for (line, expected) in [
            ("spinner object: JoinHandle { id: Id(3) }", "spinner object: JoinHandle {..}"),
            (
                "spinner object: <Task pending name='Task-2' coro=<spin() running at a.py:16> cb=[x()]>",
                "spinner object: <Task..>",
            ),
            ("<Thread(Thread-1 (spin), started 139872)> waits", "<Thread..> waits"),
            ("at 0x7f3a09, ThreadId(12) took 1.52s, then 30 ms", "at 0x.., ThreadId(..) took ..s, then .. ms"),
            ("in a task: 19 frames", "in a task: .. frames"),
            ("Answer: 42", "Answer: 42"),
            ("3 sheets of v1.2.3; task7 says 4 < 5", "3 sheets of v1.2.3; task7 says 4 < 5"),
            ("", ""),
            ("serving on 127.0.0.1:4242; 3 at 10.0.0.1:80", "serving on 127.0.0.1:..; 3 at 10.0.0.1:80"),
            ("in process 4242", "in process .."),
            ("| 4 in flight, 17 answered", "| .. in flight, .. answered"),
            ("item 4, 6027 bytes; at most 13 at once", "item .., .. bytes; at most .. at once"),
            ("20 of 60: 18 ok, 2 not found, 0 failed", "20 of 60: .. ok, .. not found, .. failed"),
        ] {
            assert_eq!(masked(line), expected);
        }
    }
}
