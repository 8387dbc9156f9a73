//! Python's server under the same load.

use std::{env, fs};

use crate::{rows, run, text};

/// With a module in the place of uvloop, whether that is installed or not.
fn load(uvloop: &str) -> String {
    let folder = tempfile::tempdir().expect("there is room for temporary files");
    fs::write(folder.path().join("uvloop.py"), uvloop).expect("it is ours");
    let found = env::var("LESSON_PYTHON").unwrap_or_default();
    let path = folder.path().to_str().expect("it is text");
    let settings = [("CLIENTS", "7"), ("SECONDS", "0.05"), ("LESSON_PYTHON", &found), ("PYTHONPATH", path)];
    let output = run("load", &settings);
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    text(&output)
}

/// The rates of the closed and of the open loop.
fn rates(text: &str, server: &str) -> [f64; 2] {
    let rows = rows(text, &format!("{server}, 7"), 2);
    [rows[0][0], rows[1][0]]
}

#[test]
fn a_load_gives_python_a_row_for_each_event_loop_and_a_rate_of_its_own() {
    let text = load("from asyncio import new_event_loop");
    let in_rust = ["http-threads", "http-pool", "http-tokio", "http-async-std", "http-smol"];
    for servers in [&in_rust[..], &["asyncio", "uvloop"]] {
        let rates: Vec<_> = servers.iter().map(|server| rates(&text, server)).collect();
        let slowest = rates.iter().map(|[closed, _]| *closed).fold(f64::INFINITY, f64::min);
        for [_, open] in rates {
            // Both are rounded.
            assert!((open - slowest * 0.6).abs() < 1.0, "{text}");
        }
    }
    for server in ["asyncio", "uvloop"] {
        let word = format!("{server} serves more than http-threads ");
        let words = [word, format!("{server} does not serve more"), format!("whether {server} serves more")];
        assert!(words.iter().any(|words| text.contains(words)), "{text}");
    }
}

#[test]
fn a_load_leaves_uvloop_out_where_python_has_none() {
    let text = load("raise ImportError");
    assert!(!text.contains("uvloop"), "{text}");
    let [closed, open] = rates(&text, "asyncio");
    assert!(closed > 0.0 && open > 0.0, "{text}");
}
