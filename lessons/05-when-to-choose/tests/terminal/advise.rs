//! The guide, asked by a person, beforehand, and by nobody.

use std::process::{Command, Output, Stdio};

use lesson_testing::{Exit, Session};

use crate::LESSON;

/// Each variable, and its answers.
const ANSWERS: [(&str, &[&str]); 5] = [
    ("WORK", &["server", "client", "files", "computing", "both"]),
    ("AT_ONCE", &["few", "hundreds", "thousands"]),
    ("LIBRARIES", &["async", "blocking"]),
    ("CANCEL", &["yes", "no"]),
    ("BUILT_ON", &["tokio", "async-std", "smol", "asyncio", "none"]),
];

/// The guide, with nobody at its standard input.
fn guide() -> Command {
    let mut command = LESSON.command(["advise"]);
    command.stdin(Stdio::null());
    command
}

/// What it says if it goes well.
fn answer(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    String::from_utf8(output.stdout.clone()).expect("it is text")
}

/// Types `keys` when the question that begins so is asked.
fn type_when_asked(session: &mut Session, question: &str, keys: &str) {
    let is_asked = |screen: &lesson_testing::Screen| {
        let lines = screen.lines();
        lines.iter().any(|line| line.starts_with(question)) && screen.line_with_cursor().trim_end() == ">"
    };
    session.wait_until(question, is_asked).expect("it is asked");
    session.send(keys).expect("the terminal takes keys");
}

#[test]
fn a_person_answers_with_numbers_or_words() {
    let mut session = LESSON.terminal(["advise"]).start().expect("the lesson can be started");
    type_when_asked(&mut session, "What does an operation do", "coffee\r");
    type_when_asked(&mut session, "That is none of the answers", "1\r");
    type_when_asked(&mut session, "How many", "Thousands\r");
    type_when_asked(&mut session, "Which libraries", "async\r");
    type_when_asked(&mut session, "Must an operation", "no\r");
    type_when_asked(&mut session, "Which runtime", "3\r");
    let run = session.finish().expect("it ends by itself");
    assert_eq!(run.exit, Exit::Code(0), "{:?}", run.screen);
    let lines = run.screen.lines();
    assert!(lines.iter().any(|line| line == "Async, on smol."), "{lines:?}");
    assert!(lines.iter().any(|line| line.starts_with("AT_ONCE=thousands ")), "{lines:?}");
    assert!(run.screen.contains("cargo run -p lesson-05 --release -- million"), "{lines:?}");
}

#[test]
fn what_is_set_is_not_asked() {
    let mut session = LESSON
        .terminal(["advise", "--set", "WORK=computing", "--set", "AT_ONCE=few"])
        .start()
        .expect("it can be started");
    type_when_asked(&mut session, "Which libraries", "1\r");
    type_when_asked(&mut session, "Must an operation", "yes\r");
    type_when_asked(&mut session, "Which runtime", "none\r");
    let run = session.finish().expect("it ends by itself");
    assert_eq!(run.exit, Exit::Code(0), "{:?}", run.screen);
    assert!(!run.screen.contains("  2  hundreds"), "{:?}", run.screen);
    assert!(
        run.screen.contains("A pool with a thread for each core; what computes looks at a flag"),
        "{:?}",
        run.screen
    );
}

#[test]
fn the_end_of_input_is_a_sentence_with_the_way_out() {
    let mut session = LESSON.terminal(["advise"]).start().expect("the lesson can be started");
    type_when_asked(&mut session, "What does an operation do", "1\r");
    type_when_asked(&mut session, "How many", "\x04");
    let run = session.finish().expect("it ends");
    assert_eq!(run.exit, Exit::Code(1), "{:?}", run.screen);
    let expected = "lesson-05: nobody answers `How many of them go on at once?`; answer it beforehand, with --set AT_ONCE=few, \
                    --set AT_ONCE=hundreds or --set AT_ONCE=thousands";
    assert_eq!(run.screen.lines().last().map(String::as_str), Some(expected));
}

#[cfg(unix)]
#[test]
fn ctrl_c_at_a_question() {
    let mut session = LESSON.terminal(["advise"]).start().expect("the lesson can be started");
    let is_asked = |screen: &lesson_testing::Screen| screen.line_with_cursor().trim_end() == ">";
    session.wait_until("the first question", is_asked).expect("it is asked");
    session.interrupt().expect("the terminal takes keys");
    let run = session.finish().expect("it ends");
    assert_eq!(run.exit.as_shell(), 130, "{:?}", lesson_testing::lines_without_echo(&run.screen));
    assert!(run.screen.cursor_visible());
}

#[test]
fn a_wrong_setting_is_a_sentence_before_anything_is_asked() {
    // The other four are not answered, and nobody is there to answer them.
    let output = guide().env("BUILT_ON", "twisted").output().expect("the lesson can be started");
    assert_eq!(output.status.code(), Some(2));
    let expected = "lesson-05: BUILT_ON=twisted is none of the answers; write BUILT_ON=tokio, BUILT_ON=async-std, \
                    BUILT_ON=smol, BUILT_ON=asyncio or BUILT_ON=none\n";
    assert_eq!(String::from_utf8_lossy(&output.stderr), expected);
    assert!(output.stdout.is_empty());
}

/// Through the program itself, as a learner asks it: an answer, and reasons with their figures and their commands. All
/// combinations are tested where the advice is written; here are some, with each answer among them.
#[test]
fn what_is_answered_beforehand_has_advice_with_figures() {
    let count: usize = ANSWERS.iter().map(|(_, words)| words.len()).product();
    for number in (0..count).step_by(7) {
        let mut rest = number;
        let answers = ANSWERS.map(|(name, words)| {
            let word = words[rest % words.len()];
            rest /= words.len();
            (name, word)
        });
        let said = answer(&guide().envs(answers).output().expect("the lesson can be started"));
        for (name, word) in answers {
            assert!(said.lines().any(|line| line.starts_with(&format!("{name}={word} "))), "{said}");
        }
        assert!(said.matches("\n  Measure it: cargo run -p lesson-0").count() >= 2, "{said}");
        assert!(said.contains("\n  Measured: ") && !said.contains("{}"), "{said}");
    }
}

#[test]
fn in_a_recording_there_is_an_example() {
    let folder = tempfile::tempdir().expect("there is room for temporary files");
    let mut command = guide();
    let output = command.arg("--record").arg(folder.path().join("run.json")).output().expect("it can be started");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.starts_with("Not interactive, so here is an example"), "{said}");
    assert!(said.contains("\nAT_ONCE=thousands ") && said.contains("\nAsync: on tokio"), "{said}");
}
