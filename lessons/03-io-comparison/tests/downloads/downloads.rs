//! The downloads that don't fail: the same bytes, whoever fetches them.

use crate::LESSON;
use lesson_testing::at_once;

const VARIANTS: [&str; 10] = [
    "sequential",
    "threads",
    "thread-pool",
    "tokio",
    "async-std",
    "smol",
    "python-sequential",
    "python-threads",
    "python-thread-pool",
    "python-asyncio",
];

const ITEMS: usize = 6;

/// The item and its size in `0.21 s: item 3, 4012 bytes`.
fn download(line: &str) -> (usize, String) {
    let (_, rest) = line.split_once(" s: item ").unwrap_or_else(|| panic!("{line:?} tells of a download"));
    let (item, bytes) = rest.split_once(", ").unwrap_or_else(|| panic!("{line:?} tells of a size"));
    (item.parse().expect("it is a number"), bytes.to_owned())
}

#[test]
fn rust_and_python_download_the_same() {
    let runs = at_once(&VARIANTS, |variant| LESSON.with(&[("ITEMS", "6"), ("SEED", "3")]).lines(variant));
    let expected: Vec<_> = runs[0].1.iter().take(ITEMS).map(|line| download(line)).collect();
    assert!(expected.iter().map(|(item, _)| *item).eq(0..ITEMS), "{expected:?}");
    let answer = runs[0].1.last().expect("it says something").clone();
    assert!(answer.starts_with("Answer: ") && answer.ends_with(" bytes"), "{answer}");

    for (variant, lines) in runs {
        assert_eq!(lines.last(), Some(&answer), "{variant}");
        let (downloads, counted) = lines.split_at(lines.len() - 2);
        let mut downloads: Vec<_> = downloads.iter().map(|line| download(line)).collect();
        if variant.ends_with("thread-pool") {
            downloads.sort(); // They are shown as they come.
        }
        assert_eq!(downloads, expected, "{variant}");
        assert!(counted[0].starts_with("6 requests, at most "), "{variant}: {lines:?}");
        if variant.ends_with("sequential") {
            assert_eq!(counted[0], "6 requests, at most 1 at once", "{variant}");
        }
    }
}

fn shows_them_in_order(variant: &str) {
    let lines = LESSON.with(&[("ITEMS", "20"), ("SEED", "3"), ("ORDERED", "1")]).lines(variant);
    let items = lines[..20].iter().map(|line| download(line).0);
    assert!(items.eq(0..20), "{variant}: {lines:?}");
    assert!(lines[20].starts_with("20 requests, at most "), "{variant}: {lines:?}");
}

#[test]
fn a_pool_can_show_them_in_order() {
    shows_them_in_order("thread-pool");
}

#[test]
fn a_pool_of_python_can_show_them_in_order() {
    shows_them_in_order("python-thread-pool");
}

/// The clock can't say more than that, on a machine that may do other things: each answer takes a tenth of a second.
#[test]
fn one_after_the_other_takes_as_long_as_all() {
    let lines = LESSON.with(&[("ITEMS", "8")]).lines("sequential");
    let elapsed = lines[7].split(' ').next().and_then(|seconds| seconds.parse::<f64>().ok());
    assert!(elapsed >= Some(0.8), "{lines:?}");
}
