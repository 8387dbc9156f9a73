//! What becomes of blocking calls in the runtimes' pools.

use std::process::Output;

use crate::LESSON;

#[test]
fn each_pool_answers_as_its_documentation_says() {
    let Output { stdout, stderr, status } = LESSON.output(["blocking-pools"]);
    let text = String::from_utf8_lossy(&stdout);
    assert!(status.success() && stderr.is_empty(), "{text}{}", String::from_utf8_lossy(&stderr));
    let rows: Vec<Vec<_>> = text.lines().skip(1).map(|row| row.split("  ").map(str::trim).collect()).collect();
    let rows: Vec<Vec<_>> =
        rows.into_iter().map(|row| row.into_iter().filter(|cell| !cell.is_empty()).collect()).collect();
    let file = "waits for a thread";
    let end = "runs to its end";
    let expected = [
        vec!["tokio", "512", end, "never begins", "begins", file, "waits for the call"],
        vec!["async-std", "500", end, "never begins", "begins", file, "n/a"],
        vec!["smol", "500", end, "never begins", "never begins", file, "n/a"],
    ];
    assert_eq!(rows, expected, "{text}");
}
