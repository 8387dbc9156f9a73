//! The tables of figures: that there is one for each cell. What they say depends on the machine.

use crate::LESSON;
use lesson_testing::figures;

#[test]
fn a_cell_for_each_strategy_and_size() {
    let recording = LESSON.with(&[("ITEMS", "3")]).record("strategies");
    let results = figures(&recording);
    let strategies = ["sequential", "threads", "thread-pool", "tokio", "async-std", "smol"];
    let rows = strategies.iter().flat_map(|strategy| [1, 3].map(|items| format!("{strategy}, {items}")));
    for row in rows {
        let figure = |column| recording.result(&row, column);
        assert!(figure("elapsed") >= Some(0.1), "{row}: {results:?}");
        if cfg!(target_os = "linux") {
            assert!(figure("memory") > Some(1.0), "{row}: {results:?}");
            assert!(figure("threads") >= Some(1.0), "{row}: {results:?}");
        }
    }
    let elapsed = results.iter().filter(|(_, column, _)| *column == "elapsed");
    assert_eq!(elapsed.count(), 12, "{results:?}");
}

#[test]
fn what_the_server_can_do() {
    let recording = LESSON.with(&[("ITEMS", "40")]).record("server-capacity");
    let results = figures(&recording);
    let served: Vec<_> = results.iter().filter(|(_, column, _)| *column == "served").collect();
    assert_eq!(served.len(), 9, "{results:?}");
    assert!(served.iter().all(|(_, _, figure)| *figure >= 1.0), "{results:?}");
}
