//! The small script, by each of its ways.

use std::{fs, path::Path, process::Output};

use lesson_terminal::contract::at_once;

use crate::LESSON;

const WAYS: [&str; 4] = ["script-pool", "script-async", "python-script-pool", "python-script-async"];

/// Every way, of this folder.
fn all_of(folder: &Path) -> Vec<(&'static str, Output)> {
    at_once(&WAYS, |way| LESSON.command(way).env("FOLDER", folder).output().expect("the lesson can be started"))
}

/// Counts that are known: each kind of space, text that is no UTF-8, lines without an end, and what is left out.
#[test]
fn all_ways_count_the_same() {
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
    for (way, output) in all_of(folder.path()) {
        // The spaces of Unicode are none here, as they are none for bytes in Python.
        assert_eq!(String::from_utf8_lossy(&output.stdout), "5 files, 6 lines, 14 words\n", "{way}: {output:?}");
        assert!(output.status.success() && output.stderr.is_empty(), "{way}: {output:?}");
    }
}

#[test]
fn all_ways_count_these_sources_alike() {
    let outputs = all_of(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    let (_, first) = &outputs[0];
    assert!(first.stdout.ends_with(b" words\n"), "{first:?}");
    assert!(outputs.iter().all(|(_, output)| output.stdout == first.stdout), "{outputs:?}");
}

#[test]
fn an_empty_folder_has_no_words() {
    let folder = tempfile::tempdir().expect("there is room for temporary files");
    for (way, output) in all_of(folder.path()) {
        assert_eq!(String::from_utf8_lossy(&output.stdout), "0 files, 0 lines, 0 words\n", "{way}: {output:?}");
    }
}

#[test]
fn a_folder_that_is_not_there_is_a_sentence() {
    let folder = tempfile::tempdir().expect("there is room for temporary files").path().join("gone");
    for (way, output) in all_of(&folder) {
        assert_eq!(output.status.code(), Some(1), "{way}: {output:?}");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(errors.lines().count(), 1, "{way}: {errors}");
        assert!(errors.contains("gone: No such file or directory") || cfg!(windows), "{way}: {errors}");
    }
}

/// The line of a table, word by word.
fn row<'a>(text: &'a str, name: &str) -> Vec<&'a str> {
    let line = text.lines().find(|line| line.split_whitespace().next() == Some(name));
    line.unwrap_or_else(|| panic!("{name}: {text}")).split_whitespace().collect()
}

/// What the page says of them, but for the time.
#[test]
fn the_comparison_counts_lines_and_threads() {
    let folder = tempfile::tempdir().expect("there is room for temporary files");
    for number in 0..100 {
        fs::write(folder.path().join(number.to_string()), "two words\n".repeat(400)).expect("it is ours");
    }
    let output = LESSON.command("scripts").env("FOLDER", folder.path()).output().expect("the lesson can be started");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{output:?}");
    assert!(text.starts_with("all of them say: 100 files, 40000 lines, 80000 words\n"), "{text}");
    let figure = |way: &str, column: usize| row(&text, way)[column].parse::<f64>().expect("it is a figure");
    let [pool, twin, python, python_twin] = WAYS.map(|way| figure(way, 1));
    assert!(python < python_twin && python < pool.min(twin), "lines of code: {text}");
    if cfg!(target_os = "linux") {
        assert!(figure("script-pool", 3) <= 5.0, "its own and four: {text}");
        assert!(figure("script-async", 3) > figure("script-pool", 3), "workers too: {text}");
    }
}

#[test]
fn the_comparison_fails_in_a_sentence() {
    let output = LESSON.command("scripts").env("FOLDER", "/no/such/folder").output().expect("it can be started");
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(errors.starts_with("lesson-05: cannot list FOLDER=/no/such/folder: "), "{errors}");
    assert_eq!(errors.lines().count(), 1, "{errors}");
}
