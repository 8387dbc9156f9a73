//! The list of variants, the help, and the tour.

use std::fs;

use lesson_testing::Exit;

use crate::LESSON;

#[test]
fn the_table_beside_the_lesson_is_the_programs() {
    LESSON.keeps_its_table(env!("CARGO_MANIFEST_DIR"));
}

#[test]
fn the_help_names_every_setting_of_the_guide() {
    let output = LESSON.output(["--help"]);
    assert!(output.status.success());
    let text = String::from_utf8_lossy(&output.stdout);
    for setting in ["WORK", "AT_ONCE", "LIBRARIES", "CANCEL", "BUILT_ON", "FOLDER"] {
        assert!(text.lines().any(|line| line.split_whitespace().next() == Some(setting)), "{setting}: {text}");
    }
}

#[test]
fn an_unknown_variant_is_a_sentence_that_names_the_nearest() {
    let output = LESSON.output(["advice"]);
    assert_eq!(output.status.code(), Some(2));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(errors.starts_with("error: there is no variant 'advice'; did you mean 'advise'?\n"), "{errors}");
}

/// With fewer spinners, and for less time, than a learner has it.
#[test]
fn the_tour_shows_five_programs_one_of_them_in_python_and_compares_them() {
    let folder = tempfile::tempdir().expect("there is room for temporary files");
    fs::write(folder.path().join("file"), "two words\n").expect("it is ours");
    let terminal = LESSON.terminal([""; 0]).env("FOLDER", folder.path().to_str().expect("it is text"));
    let terminal = terminal.env("SPINNERS", "50").env("SECONDS", "0.3").env("PERIOD", "0.1").size(250, 150);
    let run = terminal.start().expect("the lesson can be started").finish().expect("the tour ends by itself");
    assert_eq!(run.exit, Exit::Code(0), "{:?}", run.screen);
    let lines = run.screen.lines();
    assert_eq!(lines.iter().filter(|line| *line == "1 files, 1 lines, 2 words").count(), 3, "{lines:?}");
    assert!(lines.iter().any(|line| line.starts_with("Not interactive")), "{lines:?}");
    let head = lines.iter().position(|line| line.starts_with("variant ") && line.contains("elapsed"));
    let table = &lines[head.unwrap_or_else(|| panic!("there is a table: {lines:?}"))..];
    for variant in ["million", "script-pool", "script-async", "python-script-pool", "advise"] {
        assert!(table.iter().any(|line| line.split_whitespace().next() == Some(variant)), "{variant}: {table:?}");
    }
    assert!(run.screen.cursor_visible());
}
