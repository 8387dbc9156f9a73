//! What the runtimes do, as the book says it. The day one of them changes its mind, these tests say so.

use crate::LESSON;

/// The cells of `variant`'s table that hold words, row by row.
fn cells<const N: usize>(variant: &str) -> Vec<(String, [String; N])> {
    let recording = LESSON.record(variant);
    let mut rows: Vec<(String, Vec<String>)> = Vec::new();
    for cell in &recording.outcomes {
        let (row, words) = (&cell.row, &cell.words);
        match rows.last_mut().filter(|(name, _)| name == row) {
            Some((_, cells)) => cells.push(words.clone()),
            None => rows.push((row.clone(), vec![words.clone()])),
        }
    }
    let row = |(name, cells): (String, Vec<String>)| (name, cells.try_into().expect("every cell has words"));
    rows.into_iter().map(row).collect()
}

fn expect<const N: usize>(variant: &str, expected: &[(&str, [&str; N])]) {
    let expected: Vec<_> = expected.iter().map(|(row, cells)| ((*row).to_owned(), cells.map(str::to_owned))).collect();
    assert_eq!(cells::<N>(variant), expected);
}

#[test]
fn what_a_handle_does() {
    let (later, at_once) = ("after we go on", "before we go on");
    let (err, none) = ("Err", "None");
    let (reported, goes_on) = ("only reported", "goes on in joiner");
    expect(
        "handles",
        &[
            ("std::thread", ["runs on", "no such call", "no such call", err, reported]),
            ("tokio current_thread", ["runs on", err, later, err, reported]),
            ("tokio multi_thread", ["runs on", err, later, err, reported]),
            ("async-std", ["runs on", none, at_once, goes_on, reported]),
            ("smol LocalExecutor", ["cancelled", none, at_once, goes_on, reported]),
            ("smol::spawn", ["cancelled", none, at_once, goes_on, reported]),
            ("event-loop", ["cancelled", err, at_once, err, reported]),
        ],
    );
}

#[test]
fn who_learns_of_a_panic() {
    let (told, passed_on) = ("whoever joins, by an Err", "whoever waits, by a panic");
    let lives = "goes on";
    expect(
        "panics",
        &[
            ("std::thread, joined", [told, lives]),
            ("std::thread, handle dropped", ["nobody", lives]),
            ("thread::scope", [passed_on, lives]),
            ("std::thread, with a Mutex locked", ["whoever locks next, by an Err", lives]),
            ("tokio task, joined", [told, lives]),
            ("tokio task, in a JoinSet", [told, lives]),
            ("tokio task, handle dropped", ["nobody", lives]),
            ("tokio spawn_blocking, joined", [told, lives]),
            ("async-std task, awaited", [passed_on, lives]),
            ("smol task, awaited", [passed_on, lives]),
            ("smol unblock, awaited", [passed_on, lives]),
            ("event-loop task, joined", [told, lives]),
            ("a future beside another", [passed_on, lives]),
            ("rayon::join", [passed_on, lives]),
            ("rayon::spawn", ["all who use the process", "is aborted"]),
        ],
    );
}

/// The figures of this column, row by row.
fn figures(variant: &str, column: &str) -> Vec<f64> {
    let recording = LESSON.record(variant);
    let figures = recording.results.iter().filter(|figure| figure.column == column);
    figures.map(|figure| figure.value).collect()
}

#[test]
fn every_panic_is_reported() {
    let reports = figures("panics", "reports");
    assert!(reports.len() == 15 && reports.iter().all(|&reports| reports >= 1.0), "{reports:?}");
}

#[test]
fn what_becomes_of_work_that_is_late() {
    let dropped = ["42", "an error", "is dropped"];
    expect(
        "timeout",
        &[
            ("std, a channel", ["42", "an error", "runs on"]),
            ("tokio", dropped),
            ("tokio, work that blocks", ["42", "42", "is done"]),
            ("async-std", dropped),
            ("smol", dropped),
            ("event-loop", dropped),
        ],
    );
}

#[test]
fn what_becomes_of_a_loser() {
    let dropped = ["quick", "is dropped", "runs on"];
    expect(
        "race",
        &[
            ("std, a channel", ["quick", "runs on", "runs on"]),
            ("tokio, select!", dropped),
            ("async-std, or", dropped),
            ("smol, or", dropped),
            ("event-loop, select", dropped),
        ],
    );
}

#[test]
fn a_select_loses_messages_and_three_others_do_not() {
    let in_order = ["in order"];
    expect(
        "cancel-safety",
        &[
            ("read in select!", ["in mid-message"]),
            ("the future stays", in_order),
            ("a task reads", in_order),
            ("the buffer stays", in_order),
        ],
    );
    assert_eq!(figures("cancel-safety", "lost"), [5.0, 0.0, 0.0, 0.0]);
}

#[test]
fn what_has_no_owner_is_left_behind() {
    let (background, children) = ([10.0, 0.0, 10.0, 0.0, 0.0], [20.0, 0.0, 20.0, 0.0]);
    assert_eq!(figures("left-behind", "left"), [&background[..], &children[..]].concat());
}

#[test]
fn the_tables_are_all_that_is_printed() {
    for (variant, rows) in [("handles", 7), ("panics", 15), ("race", 5), ("left-behind", 9), ("cancel-safety", 4)] {
        assert_eq!(LESSON.lines(variant).len(), 1 + rows, "{variant}");
    }
}

#[test]
fn python_timeout_is_an_error_unless_the_work_swallows_it() {
    let expected = ["in time: 42", "too late: an error", "too late, and the work swallows it: 42"];
    assert_eq!(LESSON.lines("python-timeout"), expected);
}

#[test]
fn python_cancel_safety_loses_what_it_cancels() {
    let expected = [
        "cancelled at each tick: 6 sent, 1 received, 5 lost, ended in mid-message",
        "kept: 6 sent, 6 received, 0 lost, ended in order",
    ];
    assert_eq!(LESSON.lines("python-cancel-safety"), expected);
}
