//! Ctrl-C in the middle of a run.

use lesson_testing::{at_once, is_turning, lines_without_echo};

use crate::LESSON;

#[test]
fn ctrl_c_background() {
    let variants = ["background-threads", "background-tokio", "background-async-std", "background-smol"];
    at_once(&variants, interrupted_while_it_turns);
}

#[test]
fn ctrl_c_python_background() {
    interrupted_while_it_turns("python-background");
}

fn interrupted_while_it_turns(variant: &str) {
    let run = LESSON.interrupted_when(variant, is_turning);
    assert_eq!(lines_without_echo(&run.screen), [""; 0], "{variant}");
}

/// How often it is tried. A program can be over before the key arrives, on a machine that has better things to do.
const ATTEMPTS: usize = 20;

/// The others end too: those with a task that naps, those with a call that blocks, and those with several threads.
/// `handles` and `panics` are over before anybody could press a key.
#[test]
fn ctrl_c_others() {
    let signs = [
        ("cancel-drop", "it is gone"),
        ("cancel-abort", "it is gone"),
        ("cancel-token", "says goodbye"),
        ("cleanup", "its line is erased"),
        ("structured-threads", "still held: 0"),
        ("structured-async-std", "still held: 0"),
        ("timeout", "std, a channel"),
        ("race", "std, a channel"),
    ];
    let names = signs.map(|(variant, _)| variant);
    at_once(&names, |variant| {
        let (_, sign) = signs.into_iter().find(|(name, _)| *name == variant).expect("it is one of them");
        interrupted_after(sign, variant);
    });
}

/// The worker has been cancelled by then, and the thread with the call still waits for somebody to hang up.
#[test]
fn ctrl_c_python_cancel() {
    interrupted_after("cancel has returned", "python-cancel");
}

fn interrupted_after(sign: &str, variant: &str) {
    for _ in 0..ATTEMPTS {
        let mut session = LESSON.start([variant]);
        session.wait_until(sign, |screen| screen.contains(sign)).expect("it gets there");
        // A terminal whose program is over takes no keys.
        let _ = session.interrupt();
        let run = session.finish().expect("it ends");
        assert!(run.screen.cursor_visible(), "{variant}");
        match run.exit.as_shell() {
            130 => return,
            other => assert_eq!(other, 0, "{variant}: {:?}", run.screen),
        }
    }
    panic!("{variant} was over before the key arrived, {ATTEMPTS} times");
}
