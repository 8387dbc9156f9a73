//! The lesson's command line, and the files that it writes.

use std::{collections::BTreeSet, fs, path::Path};

use crate::LESSON;
use lesson_testing::{
    Exit,
    Reason::{self, Call, Drop, Poll},
    Recording,
};
use serde_json::Value;

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn an_unknown_variant_gets_the_nearest_one_and_exit_code_2() {
    let output = LESSON.output(["smoll"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        text(&output.stderr).contains("there is no variant 'smoll'; did you mean 'smol'?"),
        "{}",
        text(&output.stderr)
    );
    assert_eq!(text(&output.stdout), "");
}

#[test]
fn an_impossible_request_is_exit_code_2() {
    for arguments in
        [&["--timelin", "smol"][..], &["--record", "x"], &["smol", "tokio", "--record", "x"], &["all", "--trace", "x"]]
    {
        let output = LESSON.output(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(text(&output.stderr).starts_with("error: "), "{arguments:?}: {}", text(&output.stderr));
    }
}

#[test]
fn the_table_beside_the_lesson_is_the_programs() {
    LESSON.keeps_its_table(env!("CARGO_MANIFEST_DIR"));
}

#[test]
fn a_recording_that_cannot_be_kept_is_said_before_the_run() {
    let output = LESSON.output(["smol", "--record", "/no/such/folder/run.json"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(text(&output.stdout), "", "nothing has run");
    let errors = text(&output.stderr);
    assert!(errors.starts_with("lesson-01: cannot write /no/such/folder/run.json: "), "{errors}");
    assert_eq!(errors.lines().count(), 1, "{errors}");
}

#[test]
fn without_python_its_variants_say_so_and_are_left_out() {
    let lesson = LESSON.with(&[("LESSON_PYTHON", "/no/such/python")]);
    let run = lesson.run(["python-asyncio", "threads-event"]);
    let lines = run.screen.lines();
    let left_out: Vec<_> = lines.iter().filter(|line| line.starts_with("python-asyncio is left out: ")).collect();
    assert_eq!(left_out.len(), 1, "{lines:?}");
    assert!(left_out[0].contains("LESSON_PYTHON=/no/such/python is no CPython 3.11 or newer"), "{lines:?}");
    assert!(!lines.iter().any(|line| line.starts_with("python-asyncio  ")), "{lines:?}");
    assert_eq!(run.exit, Exit::Code(0));

    let alone = lesson.output(["python-asyncio"]);
    assert_eq!(alone.status.code(), Some(2));
    assert_eq!(text(&alone.stderr).lines().count(), 1, "{}", text(&alone.stderr));
}

/// The cells of the row that begins with `variant`, in the table of figures.
fn cells(screen: &[String], variant: &str) -> Vec<String> {
    let head = screen.iter().position(|line| line.starts_with("variant ") && line.ends_with("stop ms"));
    let rows = &screen[head.expect("there is a table of figures")..];
    let row = rows.iter().find(|line| line.starts_with(&format!("{variant} ")));
    row.expect("the variant has a row").split_whitespace().map(str::to_owned).collect()
}

fn figure(cell: &str) -> f64 {
    cell.parse().unwrap_or_else(|_| panic!("{cell} is a figure"))
}

#[test]
fn the_tour_ends_with_a_table_of_figures() {
    let run =
        LESSON.terminal(["tokio", "threads-event"]).size(80, 24).start().expect("it starts").finish().expect("it ends");
    let lines = run.screen.lines();
    for (variant, frames) in [("tokio", 2), ("threads-event", 2)] {
        let cells = cells(&lines, variant);
        assert_eq!(cells[1], "42", "{lines:?}");
        assert!(figure(&cells[2]) >= 3.05, "{lines:?}");
        assert!(cells[6].parse::<u32>().is_ok_and(|count| count >= frames), "{lines:?}");
        assert!(figure(&cells[7]) >= 100.0, "{lines:?}");
        assert!(figure(&cells[8]) >= 0.0, "{lines:?}");
        #[cfg(target_os = "linux")]
        {
            assert!(figure(&cells[3]) > 0.0 && figure(&cells[4]) > 0.0, "{lines:?}");
            let threads = if variant == "tokio" { "1" } else { "2" };
            assert_eq!(cells[5], threads, "{lines:?}");
        }
    }
    assert_eq!(run.exit, Exit::Code(0));
    assert!(lines.iter().all(|line| line.chars().count() <= 80), "{lines:?}");
}

#[test]
fn a_narrow_terminal_gets_the_figures_one_below_the_other() {
    let run = LESSON.terminal(["tokio", "smol"]).size(40, 24).start().expect("it starts").finish().expect("it ends");
    let lines = run.screen.lines();
    let row = lines.iter().position(|line| line == "smol").expect("the variant has its place");
    assert_eq!(lines[row + 1], "  answer  42", "{lines:?}");
}

#[test]
fn python_joins_the_tour() {
    let run = LESSON.run(["python-threads", "python-asyncio"]);
    let lines = run.screen.lines();
    for variant in ["python-threads", "python-asyncio"] {
        let cells = cells(&lines, variant);
        assert_eq!(cells[1], "42", "{lines:?}");
        assert!(cells[6].parse::<u32>().is_ok_and(|frames| frames >= 2), "frames are counted: {lines:?}");
        assert!(figure(&cells[8]) >= 0.0, "{lines:?}");
    }
    assert!(!lines.iter().any(|line| line.contains("thinking!")), "{lines:?}");
}

/// Runs `variant`, and gives the recording, the events of the Chrome trace, and what stood on the screen.
fn record(variant: &str) -> (Recording, Vec<Value>, Vec<String>) {
    let folder = tempfile::tempdir().expect("there is room for temporary files");
    let path = |name: &str| folder.path().join(name);
    let (record, trace) = (path("run.json"), path("trace.json"));
    let name = |path: &Path| path.to_str().expect("the name is UTF-8").to_owned();
    let run = LESSON.run([variant, "--timeline", "--record", &name(&record), "--trace", &name(&trace)]);
    assert_eq!(run.exit, Exit::Code(0), "{:?}", run.screen);
    let read = |path| fs::read_to_string(path).expect("it was kept");
    let recording = Recording::parse(&read(&record)).expect("it is a recording");
    let mut trace: Value = serde_json::from_str(&read(&trace)).expect("it is JSON");
    assert_eq!(fs::read_dir(&folder).expect("it is ours").count(), 2, "nothing else is left there");
    let Value::Array(events) = trace["traceEvents"].take() else { panic!("there are events in {trace}") };
    (recording, events, run.screen.lines())
}

/// Why a thread was inside the only span called `name`.
fn reasons(recording: &Recording, name: &str) -> Vec<Reason> {
    recording.reasons(name).concat()
}

#[test]
fn tokio_multi_shows_which_thread_polled_what() {
    let (recording, trace, screen) = record("tokio-multi");
    assert_eq!((recording.variant.as_str(), recording.exit.code), ("tokio-multi", Some(0)));

    // Main polls what it was given; workers poll what was spawned.
    let names = |span| -> BTreeSet<&str> {
        let entries = recording.spans_named(span).flat_map(|(_, entries)| entries);
        let polls = entries.filter(|entry| entry.reason == Poll);
        polls.map(|entry| recording.threads[entry.thread].name.as_str()).collect()
    };
    assert_eq!(names("supervisor"), BTreeSet::from(["main"]));
    assert_eq!(names("slow"), BTreeSet::from(["main"]));
    assert_eq!(names("spin"), BTreeSet::from(["tokio-rt-worker"]));

    // Every entry but the last into the spinner was a poll; the last was its drop, after the abort.
    let spin = reasons(&recording, "spin");
    let (last, polls) = spin.split_last().expect("it was entered");
    assert_eq!(*last, Drop);
    assert!(polls.iter().all(|reason| *reason == Poll), "{spin:?}");
    assert_eq!(polls.len(), recording.frames.len(), "a poll draws a frame");

    let output = recording.written();
    assert!(output.starts_with("spinner object: ") && output.ends_with("Answer: 42\n"), "{output:?}");

    // The trace has one track for each thread, and nothing outside of them.
    let thread = |event: &Value| event["tid"].as_u64().unwrap_or_else(|| panic!("{event} has a thread"));
    let tracks: BTreeSet<_> = trace.iter().filter(|event| event["name"] == "thread_name").map(thread).collect();
    assert_eq!(tracks.len(), recording.threads.len());
    let bars: Vec<_> = trace.iter().filter(|event| event["ph"] == "X").collect();
    assert_eq!(bars.len(), recording.entries.len());
    assert!(bars.iter().all(|bar| tracks.contains(&thread(bar)) && bar["dur"].is_number()));

    assert!(screen.iter().any(|line| line == "thread main"), "{screen:?}");
    assert!(screen.iter().any(|line| line == "thread tokio-rt-worker"), "{screen:?}");
}

#[test]
fn one_thread_is_one_lane() {
    let (recording, ..) = record("tokio");
    assert_eq!(recording.threads.len(), 1);
    assert_eq!(reasons(&recording, "slow"), [Poll, Poll, Drop]);
}

#[test]
fn threads_are_calls() {
    let (recording, ..) = record("threads");
    for span in ["supervisor", "slow", "spin"] {
        assert_eq!(reasons(&recording, span), [Call], "{span}");
    }
    assert_eq!(recording.threads.len(), 2);

    // The flag is seen at the end of a nap: however the run went, a whole tick lies between the last frame and the end.
    let (_, spin) = recording.spans_named("spin").next().expect("it ran");
    let last_frame = recording.frames.last().expect("it drew");
    assert!(spin[0].to.expect("it returned") - last_frame.at >= 100_000_000);
}

#[test]
fn a_child_process_is_part_of_the_recording() {
    let (recording, ..) = record("processes");
    let processes: Vec<_> = recording.threads.iter().map(|thread| thread.process).collect();
    assert_eq!(processes, [0, 1]);
    assert_eq!(recording.frames[0].thread, Some(1));
}

#[test]
fn python_is_recorded_too() {
    let (recording, ..) = record("python-asyncio");
    assert_eq!(recording.threads.len(), 1);
    assert_eq!(reasons(&recording, "slow"), [Poll, Poll]);
    // Resumed once for each frame, and once more to have CancelledError raised in it.
    assert_eq!(reasons(&recording, "spin").len(), recording.frames.len() + 1);

    let (recording, ..) = record("python-threads");
    assert_eq!(recording.threads.len(), 2);
    assert_eq!(reasons(&recording, "spin"), [Call]);
    let (_, entries) = recording.spans_named("spin").next().expect("it ran");
    for frame in &recording.frames {
        let span = frame.span.map(|span| recording.spans[span].name.as_str());
        assert_eq!((frame.thread, span), (Some(entries[0].thread), Some("spin")), "{frame:?}");
    }
}
