//! The small script, by each of its ways.

use std::{fs, path::Path, process::Output};

use lesson_testing::at_once;

use crate::LESSON;

const IN_RUST: [&str; 2] = ["script-pool", "script-async"];

/// Tests of these have `python` in their names, since not every machine has it.
const IN_PYTHON: [&str; 2] = ["python-script-pool", "python-script-async"];

/// These ways, of this folder.
fn run(ways: &[&'static str], folder: &Path) -> Vec<(&'static str, Output)> {
    at_once(ways, |way| LESSON.command([way]).env("FOLDER", folder).output().expect("the lesson can be started"))
}

#[test]
fn what_is_known_is_counted_right() {
    count_what_is_known(&IN_RUST);
}

#[test]
fn what_is_known_is_counted_right_in_python() {
    count_what_is_known(&IN_PYTHON);
}

/// Each kind of space, text that is no UTF-8, lines without an end, and what is left out.
fn count_what_is_known(ways: &[&'static str]) {
    let folder = tempfile::tempdir().expect("there is room for temporary files");
    let write = |name: &str, text: &[u8]| fs::write(folder.path().join(name), text).expect("it is ours");
    fs::create_dir_all(folder.path().join("sub/empty")).expect("it is ours");
    fs::create_dir(folder.path().join(".hidden")).expect("it is ours");
    write("spaces", b"one two\tthree\x0bfour\x0cfive\r\nsix  \n\n");
    write("no-utf-8", b"\xff\xfe seven\n\xe2\x82 eight\n");
    write("no-end", b"nine");
    write("empty", b"");
    write("sub/other", "zehn \u{a0} elf\u{2028}\n".as_bytes());
    write(".hidden/file", b"not counted\n");
    write(".file", b"not counted\n");
    #[cfg(unix)]
    std::os::unix::fs::symlink(folder.path().join("spaces"), folder.path().join("link")).expect("it is ours");
    for (way, output) in run(ways, folder.path()) {
        // The spaces of Unicode are none here, as they are none for bytes in Python.
        assert_eq!(String::from_utf8_lossy(&output.stdout), "5 files, 6 lines, 14 words\n", "{way}: {output:?}");
        assert!(output.status.success() && output.stderr.is_empty(), "{way}: {output:?}");
    }
}

#[test]
fn both_ways_count_these_sources_alike() {
    count_alike(&IN_RUST);
}

#[test]
fn all_ways_count_these_sources_alike_in_python_too() {
    count_alike(&[IN_RUST, IN_PYTHON].concat());
}

fn count_alike(ways: &[&'static str]) {
    let outputs = run(ways, &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    let (_, first) = &outputs[0];
    assert!(first.stdout.ends_with(b" words\n"), "{first:?}");
    assert!(outputs.iter().all(|(_, output)| output.stdout == first.stdout), "{outputs:?}");
}

#[test]
fn an_empty_folder_has_no_words() {
    count_nothing(&IN_RUST);
}

#[test]
fn an_empty_folder_has_no_words_in_python() {
    count_nothing(&IN_PYTHON);
}

fn count_nothing(ways: &[&'static str]) {
    let folder = tempfile::tempdir().expect("there is room for temporary files");
    for (way, output) in run(ways, folder.path()) {
        assert_eq!(String::from_utf8_lossy(&output.stdout), "0 files, 0 lines, 0 words\n", "{way}: {output:?}");
    }
}

#[test]
fn a_folder_that_is_not_there_is_a_sentence() {
    miss_a_folder(&IN_RUST, "lesson-05: cannot list FOLDER=");
}

#[test]
fn a_folder_that_is_not_there_is_a_sentence_in_python() {
    miss_a_folder(&IN_PYTHON, "cannot read ");
}

fn miss_a_folder(ways: &[&'static str], begin: &str) {
    let folder = tempfile::tempdir().expect("there is room for temporary files").path().join("gone");
    for (way, output) in run(ways, &folder) {
        assert_eq!(output.status.code(), Some(1), "{way}: {output:?}");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(errors.lines().count(), 1, "{way}: {errors}");
        assert!(errors.starts_with(begin), "{way}: {errors}");
        assert!(errors.contains("gone: No such file or directory") || cfg!(windows), "{way}: {errors}");
    }
}

/// The line of a table, word by word.
fn row<'a>(text: &'a str, name: &str) -> Vec<&'a str> {
    let line = text.lines().find(|line| line.split_whitespace().next() == Some(name));
    line.unwrap_or_else(|| panic!("{name}: {text}")).split_whitespace().collect()
}

/// The figure in a column of a row.
fn figure(text: &str, way: &str, column: usize) -> f64 {
    row(text, way)[column].parse().expect("it is a figure")
}

/// What the page says of them, but for the time.
#[test]
fn the_comparison_counts_threads() {
    let text = compare();
    if cfg!(target_os = "linux") {
        assert!(figure(&text, "script-pool", 3) <= 5.0, "its own and four: {text}");
        assert!(figure(&text, "script-async", 3) > figure(&text, "script-pool", 3), "workers too: {text}");
    }
}

#[test]
fn the_comparison_counts_lines_of_code_in_python_too() {
    let text = compare();
    let [pool, twin] = IN_RUST.map(|way| figure(&text, way, 1));
    let [python, python_twin] = IN_PYTHON.map(|way| figure(&text, way, 1));
    assert!(python < python_twin && python < pool.min(twin), "{text}");
}

/// The table, of a folder of our own.
fn compare() -> String {
    let folder = tempfile::tempdir().expect("there is room for temporary files");
    for number in 0..100 {
        fs::write(folder.path().join(number.to_string()), "two words\n".repeat(400)).expect("it is ours");
    }
    let output = LESSON.command(["scripts"]).env("FOLDER", folder.path()).output().expect("the lesson can be started");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{output:?}");
    assert!(text.starts_with("all of them say: 100 files, 40000 lines, 80000 words\n"), "{text}");
    text.into_owned()
}

#[test]
fn the_comparison_fails_in_a_sentence() {
    let output = LESSON.command(["scripts"]).env("FOLDER", "/no/such/folder").output().expect("it can be started");
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let errors = String::from_utf8_lossy(&output.stderr);
    // Without Python there is a sentence on that, too.
    let errors: Vec<_> = errors.lines().filter(|line| !line.contains(" is left out: ")).collect();
    assert!(
        errors.len() == 1 && errors[0].starts_with("lesson-05: cannot list FOLDER=/no/such/folder: "),
        "{errors:?}"
    );
}
