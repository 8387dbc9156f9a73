//! Ctrl-C, Ctrl-Z, `kill` and a resized window, in the middle of a run.

use std::{
    io::{BufRead, BufReader, Read},
    process::{Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use crate::{LESSON, PATH, PYTHON, RUST};
use lesson_testing::{Exit, Run, Screen, TURNS, Terminal, at_once, is_turning, lines_without_echo};
use rustix::process::{Pid, Signal, kill_process};

/// Longer than anything here takes on the slowest machine.
const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn ctrl_c_in_rust() {
    at_once(&RUST, |variant| LESSON.ends_on_ctrl_c(variant));
}

#[test]
fn ctrl_c_in_python() {
    at_once(&PYTHON, |variant| LESSON.ends_on_ctrl_c(variant));
}

/// Sends `signal` to the process that was started, and to it alone, once a spinner turns.
fn ended_by(signal: Signal, arguments: &[&str]) -> Run {
    let mut session = LESSON.start(arguments);
    session.wait_until("the spinner to turn", is_turning).expect("it turns");
    session.signal(signal).expect("it is running");
    session.finish().expect("it ends")
}

#[test]
fn ctrl_c_on_the_tour_ends_the_tour() {
    let mut session = LESSON.start([""; 0]);
    session.wait_until("the spinner to turn", is_turning).expect("it turns");
    session.interrupt().expect("the terminal takes keys");
    let run = session.finish().expect("Ctrl-C ends the tour");
    assert_eq!(run.exit, Exit::Signal(2), "{:?}", run.screen);
    assert!(lines_without_echo(&run.screen).last().is_some_and(|line| line.starts_with("spinner object: ")));
    assert!(run.screen.cursor_visible(), "{:?}", run.screen);
}

/// A signal to the tour alone reaches the variant too. `finish` waits until nobody holds the terminal any more.
#[test]
fn a_signal_to_the_tour_ends_its_variant_as_well() {
    for (signal, exit) in [(Signal::INT, 130), (Signal::TERM, 143)] {
        let run = ended_by(signal, &[]);
        assert_eq!(run.exit.as_shell(), exit, "{:?}", run.screen);
        assert!(run.screen.lines().last().is_some_and(|line| line.starts_with("spinner object: ")), "{:?}", run.screen);
        assert!(run.screen.cursor_visible(), "{:?}", run.screen);
    }
}

#[test]
fn kill_leaves_a_clean_line_too() {
    let run = ended_by(Signal::TERM, &["tokio"]);
    assert_eq!(run.exit, Exit::Signal(15));
    assert_eq!(run.screen.lines().len(), 1, "{:?}", run.screen);
    assert!(run.screen.cursor_visible(), "{:?}", run.screen);
}

/// As a person sees it: a shell with job control, and the lesson as its job.
#[test]
fn ctrl_z_gives_the_terminal_back_and_fg_goes_on() {
    let script = r#"set -m; "$0" threads; echo "stopped with $?"; read line; fg; echo "ended with $?""#;
    let mut session = Terminal::new("bash").args(["-c", script, PATH]).size(250, 60).start().expect("there is a shell");
    session.wait_until("the spinner to turn", is_turning).expect("it turns");
    assert!(!session.screen().cursor_visible());
    session.suspend().expect("the terminal takes keys");
    session.wait_until("the job to stop", |screen| screen.contains("stopped with 148")).expect("it stops");
    let screen = session.screen();
    assert!(screen.cursor_visible(), "{screen:?}");
    assert!(!screen.contains("thinking!"), "{screen:?}");
    session.send("\r").expect("the terminal takes keys");
    session.wait_until("the spinner to turn again", is_turning).expect("it turns");
    assert!(!session.screen().cursor_visible());
    let run = session.finish().expect("it ends");
    assert!(run.screen.contains("ended with 0"), "{:?}", run.screen);
    assert!(run.screen.lines().contains(&"Answer: 42".to_owned()), "{:?}", run.screen);
    assert!(run.screen.cursor_visible());
}

/// A job in the background does not have the terminal: the shell's prompt stands there.
#[test]
fn after_bg_no_frame_is_drawn() {
    let script = r#"set -m; "$0" $1; echo "stopped with $?"; bg; wait; echo "ended with $?""#;
    for arguments in ["threads", "processes", "tokio", "smol --timeline", "python-asyncio", "python-threads --timeline"]
    {
        let mut session = Terminal::new("bash")
            .args(["-c", script, PATH, arguments])
            .size(250, 60)
            .start()
            .expect("there is a shell");
        session.wait_until("the spinner to turn", is_turning).expect("it turns");
        session.suspend().expect("the terminal takes keys");
        let run = session.finish().expect("it ends");
        let output = String::from_utf8_lossy(&run.output);
        let (_, after) = output.split_once("stopped with 148").expect("it was stopped");
        assert!(!after.contains("thinking!"), "{arguments}: {after:?}");
        assert!(after.contains("Answer: 42") && after.contains("ended with 0"), "{arguments}: {after:?}");
        assert!(run.screen.cursor_visible(), "{arguments}: {:?}", run.screen);
    }
}

#[test]
fn a_window_that_shrinks_cuts_the_frames() {
    let mut session = LESSON.terminal(["tokio"]).size(80, 24).start().expect("the lesson can be started");
    session.wait_until("the spinner to turn", is_turning).expect("it turns");
    session.resize(6, 24).expect("the window can be resized");
    let is_cut = |screen: &Screen| TURNS.iter().any(|turn| screen.line_with_cursor() == turn[..5]);
    session.wait_until("a frame that fits", is_cut).expect("frames are cut");
    let run = session.finish().expect("it ends");
    assert_eq!(run.exit, Exit::Code(0));
    assert!(!run.screen.text().ends_with("thin"), "{:?}", run.screen);
}

/// The child holds the pipe that we read. It closes when nobody is left to write, so reading to its end waits for the
/// child, and a child that went on for ever would be noticed.
#[test]
fn a_killed_parent_leaves_no_orphan() {
    let mut parent =
        Command::new(PATH).arg("processes").stdout(Stdio::piped()).spawn().expect("the lesson can be started");
    let mut output = BufReader::new(parent.stdout.take().expect("it is piped"));
    let mut line = String::new();
    output.read_line(&mut line).expect("it can be read");
    // The page has its reader kill by these numbers.
    let ids = line.strip_prefix("spinner object: Child { id: ").and_then(|ids| ids.strip_suffix(" }\n"));
    let (child, named_parent) = ids.and_then(|ids| ids.split_once(", parent: ")).expect("it names both processes");
    assert_eq!(named_parent, parent.id().to_string());
    assert!(child.parse::<u32>().is_ok() && child != named_parent, "{line}");
    parent.kill().expect("it is running");
    parent.wait().expect("it has ended");

    let (ended, wait) = mpsc::channel();
    thread::spawn(move || {
        let read = output.read_to_string(&mut String::new());
        let _ = ended.send(read);
    });
    let read = wait.recv_timeout(PATIENCE).expect("the spinner's process ends with its parent");
    assert_eq!(read.expect("it can be read"), 0);
}

/// The same at a terminal: an orphan would go on drawing, and keep the cursor. The row is the shell's by then, so what
/// stands there stays.
#[test]
fn a_killed_parent_gives_the_cursor_back() {
    // The shell outlives the lesson, so that the terminal does.
    let script = r#""$0" processes & echo "lesson $!"; wait; echo "over"; read line"#;
    let mut session = Terminal::new("sh").args(["-c", script, PATH]).size(250, 60).start().expect("there is a shell");
    session.wait_until("the spinner to turn", is_turning).expect("it turns");
    let lines = session.screen().lines();
    let lesson = lines.iter().find_map(|line| line.strip_prefix("lesson ")?.parse().ok().and_then(Pid::from_raw));
    kill_process(lesson.expect("the shell told it"), Signal::KILL).expect("it is running");
    session
        .wait_until("the cursor", |screen| screen.cursor_visible() && screen.contains("over"))
        .expect("it comes back");
    session.send("\r").expect("the terminal takes keys");
    let run = session.finish().expect("the shell ends");
    assert!(run.screen.text().ends_with("over"), "nothing of the shell's is erased: {:?}", run.screen);
}
