//! What the variants without a spinner print, the same in a terminal and in a pipe.

use crate::LESSON;
use lesson_testing::Exit;

/// The lines that `variant` prints, in a terminal and in a pipe.
fn lines(variant: &str) -> Vec<String> {
    LESSON.lines_of_both(variant, without_time)
}

/// A line of a job without its time, which need not be the same twice.
fn without_time(line: &str) -> String {
    line.split_once(" s: ").map_or(line, |(_, name)| name).to_owned()
}

const CRANKED: [&str; 9] = [
    "  | thinking!",
    "  poll 1: Pending",
    "  / thinking!",
    "  poll 2: Pending",
    "  - thinking!",
    "  poll 3: Pending",
    "  \\ thinking!",
    "  poll 4: Pending",
    "  poll 5: Ready(4)",
];

#[test]
fn by_hand_and_by_the_compiler_every_poll_answers_the_same() {
    let lines = lines("by-hand");
    assert_eq!((lines[0].as_str(), &lines[1..10]), ("by hand:", &CRANKED.map(str::to_owned)[..]));
    assert_eq!((lines[10].as_str(), &lines[11..20]), ("async fn:", &CRANKED.map(str::to_owned)[..]));
    let size = |line: &str| line.split_whitespace().last().and_then(|size| size.parse::<u32>().ok());
    assert_eq!(lines.len(), 23, "{lines:?}");
    assert!(size(&lines[22]) > size(&lines[21]), "the compiler's is the larger: {lines:?}");
}

#[test]
fn python_by_hand_answers_alike() {
    let expected: Vec<_> = CRANKED
        .iter()
        .map(|line| line.replace("poll", "send").replace("Pending", "'pending'").replace("Ready", "StopIteration"))
        .collect();
    let lines = lines("python-by-hand");
    assert_eq!((lines[0].as_str(), &lines[1..]), ("coroutine:", &expected[..]));
}

#[test]
fn what_is_not_polled_says_nothing() {
    let expected = [
        "called and dropped:",
        "called and awaited:",
        "  it waits for its first poll",
        "  hello, polled by main",
        "called and spawned:",
        "  it waits for its turn",
        "  hello, polled by the runtime",
    ];
    assert_eq!(lines("lazy"), expected);
}

#[test]
fn what_python_does_not_await_says_nothing_and_is_warned_of() {
    let output = LESSON.output(["python-lazy"]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.starts_with("called and dropped:\ncalled and awaited:\n  it waits"), "{text}");
    assert!(text.ends_with("\n  hello, polled by the event loop\n"), "{text}");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(errors.contains("RuntimeWarning: coroutine 'greet' was never awaited"), "{errors}");
}

/// The names in the order in which `variant` prints them: first all results in order, then as they come.
fn jobs(variant: &str) -> (Vec<String>, Vec<String>) {
    let lines = lines(variant);
    assert_eq!((lines[0].as_str(), lines[4].as_str()), ("results in order:", "results as they come:"), "{lines:?}");
    // The first result in order, and the last as they come, are those of the longest job.
    for longest in [&lines[1], &lines[7]] {
        let seconds = longest.split_whitespace().next().and_then(|seconds| seconds.parse::<f64>().ok());
        assert!(seconds >= Some(1.5), "{lines:?}");
    }
    let names = |lines: &[String]| lines.iter().map(|line| without_time(line)).collect::<Vec<_>>();
    (names(&lines[1..4]), names(&lines[5..]))
}

const IN_ORDER: [&str; 3] = ["first", "second", "third"];
const AS_COMPLETED: [&str; 3] = ["second", "third", "first"];

#[test]
fn tasks_on_one_thread() {
    for variant in ["tasks-tokio", "tasks-smol"] {
        let (in_order, as_completed) = jobs(variant);
        assert_eq!(in_order, IN_ORDER, "{variant}");
        // On one thread this holds on any machine: timers are called in the order of their times, even if all are late.
        assert_eq!(as_completed, AS_COMPLETED, "{variant}");
    }
}

#[test]
fn tasks_on_several_threads() {
    let (in_order, mut as_completed) = jobs("tasks-async-std");
    assert_eq!(in_order, IN_ORDER);
    // Two threads that are both late can finish in either order.
    as_completed.sort();
    assert_eq!(as_completed, IN_ORDER);
}

#[test]
fn python_tasks() {
    let (in_order, as_completed) = jobs("python-tasks");
    assert_eq!(in_order, IN_ORDER);
    assert_eq!(as_completed, AS_COMPLETED);
}

#[test]
fn a_server_and_its_client_take_turns() {
    let expected = ["> Hello?", "< Hello?", "> Is anybody there?", "< Is anybody there?", "> Goodbye!", "< Goodbye!"];
    assert_eq!(lines("reactor"), expected);
}

/// How late a nap is depends on the machine. That tokio rounds up doesn't.
#[test]
fn a_wheel_rounds_up() {
    let lines = LESSON.lines("timers");
    let median = |row: usize| lines[row].split_whitespace().rev().nth(1).and_then(|figure| figure.parse::<u32>().ok());
    assert_eq!(lines.len(), 5, "{lines:?}");
    let wheel = median(2).expect("it is a number of microseconds");
    assert!(lines[2].starts_with("tokio current_thread: a wheel"), "{lines:?}");
    // A slot is a millisecond, and the nap is a tenth of it. Waking late can make it end in the middle of a slot.
    assert!(wheel >= 200, "{lines:?}");
}

#[test]
fn the_table_beside_the_lesson_is_the_programs() {
    LESSON.keeps_its_table(env!("CARGO_MANIFEST_DIR"));
}

#[test]
fn the_tour_says_where_there_is_no_figure() {
    let run = LESSON.run(["by-hand", "lazy", "block-on"]);
    assert_eq!(run.exit, Exit::Code(0), "{:?}", run.screen);
    let lines = run.screen.lines();
    let row = |variant: &str| {
        let rows = lines.iter().filter(|line| line.starts_with(&format!("{variant} ")));
        rows.map(|row| row.split_whitespace().collect::<Vec<_>>()).find(|cells| cells.len() == 9)
    };
    let by_hand = row("by-hand").expect("it has a row");
    assert_eq!((by_hand[1], &by_hand[6..]), ("n/a", &["0", "n/a", "n/a"][..]), "{lines:?}");
    let block_on = row("block-on").expect("it has a row");
    assert!(block_on[1] == "42" && !block_on.contains(&"n/a"), "{lines:?}");
}
