//! What each variant promises, checked on the program that a learner runs, in a terminal as the learner has one.

mod contract;
mod frozen;
#[cfg(unix)]
mod interruption;
mod numbers;
mod processes;
mod races;
mod sweep;

use lesson_testing::Program;

/// The lesson, where the number is a prime whose check takes a tenth of a second in Rust, and several in Python.
const LESSON: Program =
    Program::at(env!("CARGO_BIN_EXE_lesson-03")).answering("prime").with(&[("NUMBER", "100000000000031")]);

/// The largest prime that can be asked for. Its check takes far longer than any test should.
const LARGEST: &str = "18446744073709551557";

/// Few numbers, and soon checked: two of them are prime.
const FEW: &str = "97,561,1009";

/// The variants in Rust with a spinner. All but the first let it turn.
const SPINNERS: [&str; 8] = [
    "cpu-blocks",
    "cpu-yield",
    "cpu-offload-tokio",
    "cpu-offload-async-std",
    "cpu-offload-smol",
    "cpu-threads",
    "cpu-rayon",
    "cpu-processes",
];

/// Those in Python.
const IN_PYTHON: [&str; 3] = ["python-cpu-blocks", "python-cpu-offload", "python-cpu-processes"];
