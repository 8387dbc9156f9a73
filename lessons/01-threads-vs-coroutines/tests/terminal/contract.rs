//! Every variant, run in a terminal as a learner runs it, looks the same from outside.

use crate::support::CONTRACT;

#[test]
fn threads() {
    CONTRACT.holds_the_contract("threads");
}

#[test]
fn threads_event() {
    CONTRACT.holds_the_contract("threads-event");
}

#[test]
fn processes() {
    CONTRACT.holds_the_contract("processes");
}

#[test]
fn tokio() {
    CONTRACT.holds_the_contract("tokio");
}

#[test]
fn tokio_multi() {
    CONTRACT.holds_the_contract("tokio-multi");
}

#[test]
fn async_std() {
    CONTRACT.holds_the_contract("async-std");
}

#[test]
fn smol() {
    CONTRACT.holds_the_contract("smol");
}

#[test]
fn python_threads() {
    CONTRACT.holds_the_contract("python-threads");
}

#[test]
fn python_asyncio() {
    CONTRACT.holds_the_contract("python-asyncio");
}

#[test]
fn rust_and_python_draw_the_same_frames() {
    let rust = CONTRACT.holds_the_contract("threads").frames;
    for python in ["python-threads", "python-asyncio"] {
        let python = CONTRACT.holds_the_contract(python).frames;
        let both = rust.len().min(python.len());
        assert_eq!(rust[..both], python[..both]);
    }
}
