//! The tables of figures: that there is one for each cell. What they say depends on the machine.

use crate::support::results;

#[test]
fn a_cell_for_each_strategy_and_size() {
    let results = results("strategies", "3");
    let strategies = ["sequential", "threads", "thread-pool", "tokio", "async-std", "smol"];
    let rows = strategies.iter().flat_map(|strategy| [1, 3].map(|items| format!("{strategy}, {items}")));
    for row in rows {
        let figure =
            |column: &str| results.iter().find(|(name, of, _)| *name == row && of == column).map(|found| found.2);
        assert!(figure("elapsed") >= Some(0.1), "{row}: {results:?}");
        if cfg!(target_os = "linux") {
            assert!(figure("memory") > Some(1.0), "{row}: {results:?}");
            assert!(figure("threads") >= Some(1.0), "{row}: {results:?}");
        }
    }
    let elapsed = results.iter().filter(|(_, column, _)| column == "elapsed");
    assert_eq!(elapsed.count(), 12, "{results:?}");
}

#[test]
fn what_the_server_can_do() {
    let results = results("server-capacity", "40");
    let served: Vec<_> = results.iter().filter(|(_, column, _)| column == "served").collect();
    assert_eq!(served.len(), 9, "{results:?}");
    assert!(served.iter().all(|(_, _, figure)| *figure >= 1.0), "{results:?}");
}
