//! Every combination of answers has advice, and every piece of it names a variant that there is.

use std::{fs, path::Path};

use super::*;

fn all_answers() -> impl Iterator<Item = [usize; QUESTIONS.len()]> {
    let counts = QUESTIONS.map(|question| question.answers.len());
    (0..counts.iter().product()).map(move |mut number: usize| {
        counts.map(|count| {
            let answer = number % count + 1;
            number /= count;
            answer
        })
    })
}

/// The names of the variants of a lesson, as its table has them.
fn variants(lesson: &str) -> Vec<String> {
    let number = lesson.strip_prefix("lesson-").expect("it is a package of ours");
    let lessons = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("lessons are in a folder");
    let folder = fs::read_dir(lessons).expect("it can be listed").map(|entry| entry.expect("it can be read").path());
    let mut folder =
        folder.filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(number)));
    let table = folder.next().unwrap_or_else(|| panic!("{lesson} is in {}", lessons.display())).join("src/main.rs");
    let table = fs::read_to_string(table).expect("a lesson has a table");
    let names = table.split("Variant::rust(").skip(1);
    names.filter_map(|rest| rest.split('"').nth(1).map(str::to_owned)).collect()
}

#[test]
fn each_combination_of_answers_has_an_answer_with_reasons_that_can_be_run() {
    let mut answers = 0;
    for chosen in all_answers() {
        let advice = advise(Case::from_answers(chosen));
        assert!(!advice.answer.is_empty() && advice.reasons.len() >= 2, "{chosen:?}: {advice:?}");
        for reason in advice.reasons {
            let Evidence { lesson, variant } = reason.evidence;
            for name in variant.split(' ') {
                assert!(variants(lesson).iter().any(|known| known == name), "{lesson} has no {name}");
            }
        }
        answers += 1;
    }
    assert_eq!(answers, 3 * 3 * 2 * 2 * 3);
}

#[test]
fn the_answers_are_those_that_the_chapter_gives() {
    for (chosen, expected) in [
        ([1, 1, 1, 2, 3], "Threads, one for each operation"),
        ([1, 3, 1, 2, 1], "Async, on tokio"),
        ([1, 3, 1, 1, 2], "Async, on smol rather than async-std"),
        ([1, 1, 2, 2, 3], "Threads: a pool, bounded by what the other side can bear"),
        ([2, 1, 1, 2, 1], "A pool of threads"),
        ([3, 2, 1, 2, 1], "A pool with a thread for each core"),
    ] {
        assert_eq!(advise(Case::from_answers(chosen)).answer, expected, "{chosen:?}");
    }
}

#[test]
fn a_question_is_asked_until_it_has_an_answer() {
    let answer = |typed: &str| QUESTIONS[0].ask(&mut typed.as_bytes());
    assert_eq!(answer("what?\n0\n4\n\n 2 \n3\n"), Ok(2));
    assert_eq!(answer("4\n"), Ok(1));
}
