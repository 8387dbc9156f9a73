//! A crawl as a learner sees it, in a terminal.

use lesson_testing::{Exit, Program, lines_without_echo};

use crate::crawler::{Crawler, is_about_time};

/// The lesson. Nothing but the silent page takes that long.
const LESSON: Program = Program::at(env!("CARGO_BIN_EXE_lesson-05")).with(&[("TIMEOUT", "3000")]);

/// Columns that are too few for a line, and rows enough for a report.
const NARROW: (u16, u16) = (60, 400);
const WIDE: (u16, u16) = (250, 400);

#[test]
fn a_crawl_shows_what_a_pipe_gets() {
    let session = LESSON.terminal(["crawler-tokio"]).size(WIDE.0, WIDE.1).start().expect("it can be started");
    let piped = Crawler::start("crawler-tokio", &[("TIMEOUT", "3000")]);
    let run = session.finish().expect("it ends by itself");
    assert_eq!(run.exit, Exit::Code(0), "{:?}", run.screen);
    assert!(run.screen.cursor_visible());
    let mut shown = run.screen.lines();
    shown.retain(|line| !is_about_time(line));
    assert_eq!(shown, piped.report().without_times());
}

#[test]
fn ctrl_c_in_a_narrow_terminal_gives_a_report() {
    let mut session = LESSON.terminal(["crawler-smol"]).size(NARROW.0, NARROW.1).start().expect("it can be started");
    session.wait_until("a page", |screen| screen.contains("1 step away: ")).expect("it gets there");
    session.interrupt().expect("the terminal takes keys");
    let run = session.finish().expect("Ctrl-C ends it");
    assert_eq!(run.exit.as_shell(), 130, "{:?}", run.screen);
    assert!(run.screen.cursor_visible());
    let lines = lines_without_echo(&run.screen);
    assert!(lines.iter().any(|line| line.contains("stopping; Ctrl-C again")), "{lines:?}");
    assert!(lines.iter().any(|line| line.ends_with(" left undone, since the crawl was stopped")), "{lines:?}");
}
