//! The downloads from a server that fails: their report, and Ctrl-C in the middle.

use crate::LESSON;
use lesson_testing::at_once;
#[cfg(unix)]
use lesson_testing::{Screen, lines_without_echo};

const VARIANTS: [&str; 4] = ["bounded-threads", "bounded-tokio", "bounded-async-std", "bounded-smol"];

/// With this seed, among the failures there is no answer that never comes. So the limit can be one that no machine misses.
const SETTINGS: [(&str, &str); 5] =
    [("SEED", "52"), ("ITEMS", "12"), ("BOUND", "6"), ("ERRORS", "0.5"), ("TIMEOUT", "600000")];

#[test]
fn the_same_seed_gives_the_same_report() {
    let expected = [
        "12 items: 7 ok, 4 not found, 1 failed",
        "30914 bytes in 17 attempts",
        "  item 1: not found, after 1 attempt",
        "  item 3: not found, after 1 attempt",
        "  item 6: not found, after 1 attempt",
        "  item 9: not found, after 1 attempt",
        "  item 11: connection lost, after 3 attempts",
    ];
    for (variant, lines) in at_once(&VARIANTS, |variant| LESSON.with(&SETTINGS).lines(variant)) {
        let (report, rest) = lines.split_at(expected.len());
        assert_eq!(report, expected, "{variant}");
        let most = rest[0].strip_prefix("17 requests, at most ").and_then(|rest| rest.split(' ').next()?.parse().ok());
        assert!(most <= Some(6) && most.is_some(), "{variant}: {rest:?}");
        assert!(rest[1].starts_with("  connection lost: "), "{variant}: {rest:?}");
    }
}

#[test]
fn a_pipe_gets_the_report_and_no_progress() {
    let output = LESSON.with(&SETTINGS).output(["bounded-smol"]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.starts_with("12 items: 7 ok"), "{text}");
    assert!(!text.contains(['\r', '\x1b']), "{text}");
}

/// The numbers in `60 items: 20 ok, 1 not found, 0 failed, 39 not done`.
#[cfg(unix)]
fn numbers(line: &str) -> Vec<u32> {
    line.split(' ').filter_map(|word| word.parse().ok()).collect()
}

/// So many that nobody is done before the signal comes.
#[cfg(unix)]
const MANY: [(&str, &str); 2] = [("ITEMS", "2000"), ("BOUND", "4")];

#[cfg(unix)]
fn has_begun(screen: &Screen) -> bool {
    screen.contains(" of 2000: 2 ok")
}

#[cfg(unix)]
#[test]
fn ctrl_c_stops_the_downloads_and_reports() {
    at_once(&VARIANTS, |variant| {
        let run = LESSON.with(&MANY).interrupted_when(variant, has_begun);
        let lines = lines_without_echo(&run.screen);
        let report = numbers(&lines[0]);
        assert!(lines[0].ends_with(" not done") && report.len() == 5, "{variant}: {lines:?}");
        assert!(report[0] == 2_000 && report[1] >= 2, "{variant}: {lines:?}");
        assert_eq!(report[1..].iter().sum::<u32>(), 2_000, "{variant}: {lines:?}");
        // The server has counted the attempts of downloads that were not done, too.
        assert!(lines[1].ends_with(" attempts, those of what is not done left out"), "{variant}: {lines:?}");
        assert!(!run.screen.contains(" of 2000: "), "{variant}: {:?}", run.screen);
    });
}

#[cfg(unix)]
#[test]
fn kill_ends_the_downloads_without_a_report() {
    at_once(&VARIANTS, |variant| {
        let mut session = LESSON.with(&MANY).start([variant]);
        session.wait_until("something to be done", has_begun).expect("it gets there");
        session.signal(rustix::process::Signal::TERM).expect("it is still there");
        let run = session.finish().expect("it ends");
        assert_eq!(run.exit.as_shell(), 143, "{variant}: {:?}", run.screen);
        assert!(run.screen.cursor_visible(), "{variant}: {:?}", run.screen);
        assert_eq!(run.screen.lines(), [""; 0], "{variant}");
    });
}

/// Its server has the terminal open for errors, so this waits for the server too.
#[cfg(unix)]
#[test]
fn ctrl_c_in_python_leaves_no_server() {
    for variant in ["python-sequential", "python-threads", "python-thread-pool", "python-asyncio"] {
        let lines = LESSON.with(&[("ITEMS", "400")]).interrupted_at(variant, "item 1,");
        assert!(
            !lines.iter().any(|line| line.contains("Answer") || line.contains("Traceback")),
            "{variant}: {lines:?}"
        );
    }
}
