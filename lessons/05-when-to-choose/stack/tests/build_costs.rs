//! The measuring of builds, on the smallest service. Cargo keeps what it builds, so only
//! the first time takes a minute.

use std::process::Command;

use lesson_testing::Program;

#[test]
fn a_service_is_built_and_measured() {
    let run = Command::new(env!("CARGO_BIN_EXE_lesson-05-stack"))
        .arg("build-costs")
        .envs([("SERVICES", "threads"), ("ROUNDS", "1")])
        .env("FOLDER", env!("CARGO_TARGET_TMPDIR"))
        .output()
        .expect("it has been built");
    let said = String::from_utf8_lossy(&run.stdout).into_owned();
    assert!(run.status.success(), "{said}{}", String::from_utf8_lossy(&run.stderr));
    let row = said.lines().find_map(|line| line.strip_prefix("stack-threads "));
    let row = row.unwrap_or_else(|| panic!("{said}"));
    let figures: Vec<f64> =
        row.split_whitespace().map(|cell| cell.parse().expect("a figure")).collect();
    let [crates, first, from, to, release, program] = figures[..] else {
        panic!("{said}")
    };
    assert!(crates > 10.0 && program > 0.1, "{said}");
    assert!(from <= first && first <= to && release > 0.0, "{said}");
}

#[test]
fn a_wrong_setting_is_a_sentence() {
    for (name, value, why) in [
        ("SERVICES", "threads,axum", "names `axum`; there are threads, smol, tokio"),
        ("ROUNDS", "many", "ROUNDS=many is no number from 1 to 99"),
    ] {
        let mut run = Command::new(env!("CARGO_BIN_EXE_lesson-05-stack"));
        let run =
            run.arg("build-costs").env(name, value).output().expect("it is built");
        let said = String::from_utf8_lossy(&run.stderr).into_owned();
        assert!(run.status.code() == Some(2) && said.contains(why), "{said}");
    }
}

#[test]
fn the_table_beside_the_program_is_the_programs() {
    let program = Program::at(env!("CARGO_BIN_EXE_lesson-05-stack"));
    program.keeps_its_table(env!("CARGO_MANIFEST_DIR"));
}
