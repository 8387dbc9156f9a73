//! The bars: nothing torn, nothing left.

#[cfg(unix)]
use lesson_testing::lines_without_echo;
use lesson_testing::{Exit, Screen};

use crate::LESSON;

/// The log lines, sorted: each copy goes at its own pace.
fn logs() -> Vec<String> {
    let names = ["async-std", "smol", "thread", "tokio"];
    let mut lines: Vec<_> =
        names.iter().flat_map(|name| [20, 40, 60].map(|chunk| format!("{name}: {chunk} of 60"))).collect();
    lines.push("all are done".to_owned());
    lines.sort();
    lines
}

#[test]
fn the_lines_are_all_that_is_left() {
    let mut lines = LESSON.lines("progress");
    assert_eq!(lines.last().map(String::as_str), Some("all are done"), "{lines:?}");
    lines.sort();
    assert_eq!(lines, logs());
}

/// Whether the spinner and all four bars stand there.
fn are_drawn(screen: &Screen) -> bool {
    let names = ["thread", "tokio", "async-std", "smol"];
    screen.contains(" thinking!") && names.iter().all(|name| screen.contains(&format!("{name} [#")))
}

/// What stands on the screen at any time is whole: a log line, the spinner or a bar.
fn is_whole(line: &str) -> bool {
    let (spinner, bar) = (line.ends_with(" thinking!"), line.trim_start().split_once(" ["));
    let log = logs().iter().any(|log| log == line);
    let bar = bar.is_some_and(|(name, rest)| {
        ["thread", "tokio", "async-std", "smol"].contains(&name) && rest.matches("/60").count() == 1
    });
    let spinner = spinner && line.len() == "| thinking!".len();
    log || bar || spinner || line.is_empty()
}

#[test]
fn lines_scroll_by_above_the_bars() {
    let mut session = LESSON.start(["progress"]);
    session.wait_until("all bars", are_drawn).expect("they are drawn");
    let mut torn = None;
    let seen = session.wait_until("the last line", |screen| {
        // While the picture is drawn a line can be blank or cut, but it never has two things on it.
        torn = torn.take().or_else(|| {
            let two = |line: &String| line.contains(" of 60") && !is_whole(line);
            screen.lines().into_iter().find(two)
        });
        screen.contains("all are done")
    });
    seen.expect("it gets there");
    assert_eq!(torn, None);
    assert_eq!(session.finish().expect("it ends").exit, Exit::Code(0));
}

#[test]
fn a_pipe_gets_the_lines_alone() {
    let output = LESSON.output(["progress"]);
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).expect("it is text");
    let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
    lines.sort();
    assert_eq!(lines, logs());
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

/// How often it is tried. All can be done before the key arrives, on a machine that has better things to do.
#[cfg(unix)]
const ATTEMPTS: usize = 20;

#[cfg(unix)]
#[test]
fn ctrl_c_leaves_nothing_of_the_bars() {
    for _ in 0..ATTEMPTS {
        let mut session = LESSON.start(["progress"]);
        session.wait_until("all bars", are_drawn).expect("they are drawn");
        // A terminal whose program is over takes no keys.
        let _ = session.interrupt();
        let run = session.finish().expect("it ends");
        let lines = lines_without_echo(&run.screen);
        assert!(lines.iter().all(|line| line.is_empty() || logs().contains(line)), "{lines:?}");
        assert!(run.screen.cursor_visible());
        match run.exit.as_shell() {
            130 => return,
            other => assert_eq!(other, 0, "{:?}", run.screen),
        }
    }
    panic!("it was over before the key arrived, {ATTEMPTS} times");
}

/// That is what `progress` is for.
#[test]
fn plain_lines_leave_bars_behind() {
    let run = LESSON.run(["progress-torn"]);
    assert_eq!(run.exit, Exit::Code(0), "{:?}", run.screen);
    let lines = run.screen.lines();
    assert!(lines.iter().any(|line| line.contains("thinking!") || line.contains("/30")), "{lines:?}");
    // And a line that was printed is lost: it stood where a bar was thought to be.
    assert!(!lines.contains(&"10 of 30".to_owned()), "{lines:?}");
}
