//! Every combination of answers has advice, and every piece of it names what there is.

use std::{
    fs,
    path::{Path, PathBuf},
};

use lesson_data::table::{self, Table};

use super::{case::Work, *};

fn all_cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for &(work, ..) in WORK.answers {
        for &(at_once, ..) in AT_ONCE.answers {
            for &(is_blocked, ..) in LIBRARIES.answers {
                for &(cancels, ..) in CANCEL.answers {
                    let case = |&(built_on, ..): &(_, _, _)| Case { work, at_once, is_blocked, cancels, built_on };
                    cases.extend(BUILT_ON.answers.iter().map(case));
                }
            }
        }
    }
    cases
}

/// The root of the workspace.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The names of the variants of a lesson, as its table has them.
fn variants(lesson: &str) -> Vec<String> {
    let number = lesson.strip_prefix("lesson-").expect("it is a package of ours");
    let folders = fs::read_dir(root().join("lessons")).expect("it can be listed");
    let mut folders = folders.map(|entry| entry.expect("it can be read").path());
    let is_it = |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(number));
    let table = folders.find(is_it).unwrap_or_else(|| panic!("there is no {lesson}")).join(table::FILE);
    let table = Table::from_json(&fs::read_to_string(table).expect("a lesson has a table")).expect("it is one");
    table.rows.into_iter().map(|row| row.name).collect()
}

#[test]
fn each_combination_of_answers_has_an_answer_with_reasons() {
    let cases = all_cases();
    assert_eq!(cases.len(), 5 * 3 * 2 * 2 * 5);
    for case in cases {
        let Advice { answer, reasons } = advise(case);
        assert!(!answer.is_empty() && !answer.ends_with('.'), "{case:?}: {answer}");
        assert!(reasons.len() >= 2, "{case:?}: {reasons:?}");
        for (place, reason) in reasons.iter().enumerate() {
            assert!(reasons[..place].iter().all(|other| other.says != reason.says), "{case:?}: twice: {}", reason.says);
        }
    }
}

#[test]
fn each_reason_can_be_run_read_and_looked_up() {
    let recordings = Recordings::of_the_book();
    let mut reasons: Vec<_> = all_cases().into_iter().flat_map(|case| advise(case).reasons).collect();
    reasons.sort_by_key(|reason| reason.says);
    reasons.dedup_by_key(|reason| reason.says);
    for reason in reasons {
        let Reason { says, measured, figures, lesson, variants: names, page, .. } = reason;
        let known = variants(lesson);
        for name in names.split(' ') {
            assert!(known.iter().any(|known| known == name), "{lesson} has no {name}");
        }
        assert!(root().join("book/src").join(page).with_extension("md").is_file(), "there is no page {page}");
        assert_eq!(measured.matches("{}").count(), figures.len(), "{says}");
        for figure in figures {
            assert!(recordings.read(*figure).is_some(), "no recording says {figure:?}; record it: cargo xtask record");
        }
    }
    assert!(recordings.machine().is_some());
}

/// What was answered counts: none of the questions could be left out.
#[test]
fn each_question_makes_a_difference() {
    let cases = all_cases();
    let differs = |change: fn(Case, Case) -> Case| {
        let by = |one: &Case| cases.iter().any(|other| advise(change(*one, *other)).answer != advise(*one).answer);
        cases.iter().any(by)
    };
    assert!(differs(|one, other| Case { work: other.work, ..one }));
    assert!(differs(|one, other| Case { at_once: other.at_once, ..one }));
    assert!(differs(|one, other| Case { is_blocked: other.is_blocked, ..one }));
    assert!(differs(|one, other| Case { cancels: other.cancels, ..one }));
    assert!(differs(|one, other| Case { built_on: other.built_on, ..one }));
}

/// Whoever has to stop operations hears how, whatever else was answered.
#[test]
fn whoever_has_to_cancel_hears_of_it() {
    for case in all_cases().into_iter().filter(|case| case.cancels) {
        let advice = advise(case);
        assert!(advice.reasons.iter().any(|reason| reason.says.contains("stopped")), "{case:?}: {advice:?}");
    }
}

/// What the words of five answers mean.
fn case(words: &str) -> Case {
    fn meant<A: Copy + PartialEq>(question: &Question<A>, word: &str) -> A {
        question.understand(word).unwrap_or_else(|| panic!("{word} is no answer to {}", question.asks))
    }
    let words: Vec<_> = words.split(' ').collect();
    Case {
        work: meant(&WORK, words[0]),
        at_once: meant(&AT_ONCE, words[1]),
        is_blocked: meant(&LIBRARIES, words[2]),
        cancels: meant(&CANCEL, words[3]),
        built_on: meant(&BUILT_ON, words[4]),
    }
}

#[test]
fn the_answers_are_those_of_the_page() {
    for (words, expected) in [
        ("computing hundreds async no none", "A pool with a thread for each core"),
        ("files few async no none", "A pool of threads"),
        ("client few async no none", "Threads, one for each operation"),
        ("client hundreds blocking no none", "Threads: a pool, with a bound that the other side can bear"),
        ("server few async yes tokio", "Async, on tokio"),
        ("server thousands async no smol", "Async, on smol"),
        ("client hundreds async no smol", "Async, on smol, with a bound that the other side can bear"),
        ("server thousands async no async-std", "Async, on smol rather than async-std"),
        (
            "both few async no none",
            "Threads, one for each operation; and what computes gets a pool with a thread for each core",
        ),
        ("both hundreds async no tokio", "Async, on tokio; and what computes gets a pool with a thread for each core"),
        ("server hundreds async no asyncio", "Stay on asyncio"),
        ("server thousands async no asyncio", "Stay on asyncio until one core is not enough, then move to tokio"),
        ("both few async no asyncio", "Stay on asyncio; what computes gets processes, or moves to Rust"),
    ] {
        assert_eq!(advise(case(words)).answer, expected, "{words}");
    }
}

#[test]
fn a_server_on_asyncio_is_told_what_was_measured_of_one() {
    for (words, asks_a_server, asks_for_thousands) in [
        ("server thousands async no asyncio", true, true),
        ("client thousands async no asyncio", false, true),
        ("server few async no asyncio", true, false),
    ] {
        let reasons = advise(case(words)).reasons;
        let is_told = |page| reasons.iter().any(|reason| reason.page == page);
        assert_eq!(is_told("05-when-to-choose/load"), asks_a_server, "{words}");
        assert_eq!(is_told("05-when-to-choose/decision"), asks_for_thousands, "{words}");
    }
}

#[test]
fn an_answer_is_a_number_or_a_word() {
    for (said, meant) in
        [("1", Work::Server), (" 3\n", Work::Files), ("files", Work::Files), ("Computing\r\n", Work::Computing)]
    {
        assert_eq!(WORK.understand(said), Some(meant), "{said:?}");
    }
    for said in ["", "0", "6", "-1", "net", "server files", "99999999999999999999"] {
        assert_eq!(WORK.understand(said), None, "{said:?}");
    }
}

#[test]
fn a_question_is_asked_until_it_has_an_answer() {
    let ask = |typed: &str| {
        let mut asked = Vec::new();
        let answer = WORK.ask(&mut typed.as_bytes(), &mut asked);
        (answer, String::from_utf8(asked).expect("it is text").matches("> ").count())
    };
    assert_eq!(ask("2\n3\n"), (Ok(Work::Client), 1));
    assert_eq!(ask("what?\n0\n\nfiles\n"), (Ok(Work::Files), 4));
    let nobody = "nobody answers `What does an operation do?`; answer it beforehand, with \
                  --set WORK=server, --set WORK=client, --set WORK=files, --set WORK=computing or --set WORK=both";
    assert_eq!(ask("what?\n"), (Err(nobody.to_owned()), 2));
}

#[test]
fn long_text_is_broken_between_words() {
    let text = "word ".repeat(40);
    let wrapped = wrapped(text.trim_end(), "  ");
    assert!(wrapped.lines().all(|line| line.starts_with("  word") && line.chars().count() <= WIDTH), "{wrapped}");
    assert_eq!(wrapped.split_whitespace().count(), 40);
}
