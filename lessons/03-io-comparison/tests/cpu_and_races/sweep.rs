//! The sweep over the number of workers: its answers. Its times are the machine's.

use crate::{FEW, LESSON};
use lesson_testing::figures;

const WORKERS: [u32; 4] = [1, 2, 4, 8];

/// Every row and column of these ways, and the right number of primes in each row.
fn is_right(ways: &[&str], settings: &[(&str, &str)]) {
    let recording = LESSON.with(settings).record("cpu-sweep");
    let results = figures(&recording);
    let rows = ways.iter().flat_map(|way| WORKERS.map(|workers| format!("{way}, {workers}")));
    let expected: Vec<_> =
        rows.flat_map(|row| ["elapsed", "speedup", "primes"].map(|column| (row.clone(), column))).collect();
    let names: Vec<_> = results.iter().map(|&(row, column, _)| (row.to_owned(), column)).collect();
    assert_eq!(names, expected);
    for (row, column, value) in results {
        if column == "primes" {
            assert!((value - 2.0).abs() < f64::EPSILON, "{row}: {value} primes");
        } else {
            assert!(value >= 0.0, "{row}: {column} {value}");
        }
    }
}

/// No interpreter is called so.
const NO_PYTHON: (&str, &str) = ("LESSON_PYTHON", "no-python");

#[test]
fn every_number_of_workers_finds_the_primes() {
    is_right(&["threads", "rayon", "processes"], &[("NUMBERS", FEW), NO_PYTHON]);
}

#[test]
fn python_workers_find_them_too() {
    let ways = ["threads", "rayon", "processes", "python threads", "python processes"];
    is_right(&ways, &[("NUMBERS", FEW)]);
}

/// Each number of the list has a worker, or shares one; eight workers for one number are fine as well.
#[test]
fn one_number_is_enough() {
    let lines = LESSON.with(&[("NUMBERS", "97"), NO_PYTHON]).lines("cpu-sweep");
    assert!(lines[0].starts_with("Python's rows are left out: LESSON_PYTHON=no-python is no"), "{lines:?}");
    assert_eq!(lines.len(), 2 + 3 * WORKERS.len(), "{lines:?}");
}
