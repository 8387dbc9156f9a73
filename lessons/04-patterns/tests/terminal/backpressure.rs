//! The channels with and without a bound.

use lesson_testing::{at_once, figures};

use crate::LESSON;

/// Eight in the channel, one in the producer's hand, and one in the consumer's.
const MOST: f64 = 10.0;

#[test]
fn a_bound_is_kept_and_no_bound_fills_the_memory() {
    at_once(&["backpressure", "backpressure-threads", "backpressure-smol"], |variant| {
        let recording = LESSON.record(variant);
        let results = figures(&recording);
        let column = |channel: &str, wanted: &str| {
            let rows = results.iter().filter(|(row, column, _)| row.starts_with(channel) && *column == wanted);
            rows.map(|(_, _, value)| *value).collect::<Vec<_>>()
        };
        assert_eq!(column("bounded", "most held").len(), 5, "{variant}: {results:?}");
        assert!(column("bounded", "most held").iter().all(|&held| held <= MOST), "{variant}: {results:?}");
        let without = column("unbounded", "most held");
        assert!(without[4] > 2.0 * MOST, "{variant}: {results:?}");
        // All of it is memory of 16 KiB each, less what a sleepy thread of the producer may not have touched yet.
        let memory = column("unbounded", "memory");
        if cfg!(target_os = "linux") {
            let held = (without[4] - without[0]) * 16_384.0 / 1e6;
            assert!(memory[4] - memory[0] > held / 2.0, "{variant}: {results:?}");
            assert!(memory[4] < 100.0, "{variant}: {results:?}");
        }
    });
}

#[test]
fn python_backpressure() {
    let output = LESSON.output(["python-backpressure"]);
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).expect("it is text");
    let lines: Vec<_> = text.lines().collect();
    let held = |line: &str| line.split(' ').nth_back(2).and_then(|figure| figure.parse::<f64>().ok());
    assert_eq!(lines.len(), 8, "{lines:?}");
    assert!(lines[..4].iter().all(|line| held(line) <= Some(MOST)), "{lines:?}");
    assert!(held(lines[7]) > Some(2.0 * MOST), "{lines:?}");
}
