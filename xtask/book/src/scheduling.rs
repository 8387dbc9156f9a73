//! What our own event loop did, step by step, in the words of a page.

use std::{collections::HashMap, fmt::Write};

use anyhow::{Result, bail};
use lesson_data::{
    recording::{Reason, Recording, Step},
    units::milliseconds,
};

use crate::{figures, html::escape};

/// The first `count` steps as a list, each with the time since the first, and a caption that says on which machine and
/// when. Its looks are in `book/theme/scheduling.css`. It has no empty line, which would end the HTML inside Markdown.
pub fn steps(recording: &Recording, count: usize) -> Result<String> {
    let Recording { lesson, variant, scheduling, .. } = recording;
    if count == 0 || scheduling.len() < count {
        bail!(
            "the recording of {lesson} {variant} has {} steps of an event loop; name a number from 1 to that many, or \
             a variant that runs on one",
            scheduling.len()
        );
    }
    let names = names(recording);
    let begin = scheduling[0].at;
    let mut list = format!(
        "<figure class=\"scheduling\">\n<figcaption>The first {count} steps. {}</figcaption>\n<ol>\n",
        escape(&figures::machine(recording))
    );
    for step in &scheduling[..count] {
        let class = if step.message == "turn" { " class=\"turn\"" } else { "" };
        let (at, what) = (milliseconds(step.at - begin), sentence(step, &names, scheduling[0].thread));
        let _ = writeln!(list, "<li{class}><span class=\"at\">{at}</span> {}</li>", escape(&what));
    }
    list.push_str("</ol>\n</figure>\n");
    Ok(list)
}

/// What each task runs: the outermost function in which the recording sees it polled.
fn names(recording: &Recording) -> HashMap<u64, &str> {
    let mut names = HashMap::new();
    for (place, step) in recording.scheduling.iter().enumerate() {
        let Some(task) = step.task.filter(|_| step.message == "polling") else { continue };
        // Nothing but this poll happens on the thread until the loop speaks of this task again.
        let end = recording.scheduling[place + 1..]
            .iter()
            .find(|later| later.task == Some(task) && later.thread == step.thread && later.message != "woken")
            .map_or(u64::MAX, |later| later.at);
        let polled = recording.entries.iter().find(|entry| {
            entry.thread == step.thread && entry.reason == Reason::Poll && (step.at..end).contains(&entry.from)
        });
        if let Some(polled) = polled {
            names.entry(task).or_insert(recording.spans[polled.span].name.as_str());
        }
    }
    names
}

fn sentence(step: &Step, names: &HashMap<u64, &str>, thread_of_the_loop: usize) -> String {
    let name = |task: u64| match names.get(&task) {
        Some(name) => format!("task {task} ({name})"),
        None => format!("task {task}"),
    };
    let task = step.task.map(name).unwrap_or_default();
    let by = match step.by {
        Some(by) => name(by),
        None if step.thread == thread_of_the_loop => "the loop".to_owned(),
        None => "another thread".to_owned(),
    };
    let count = |count: Option<u64>, one: &str, several: &str| match count {
        Some(1) => format!("1 {one}"),
        count => format!("{} {several}", count.unwrap_or_default()),
    };
    match step.message.as_str() {
        "spawned" => format!("{task} is spawned by {by}"),
        "woken" => format!("{task} is put into the queue by {by}"),
        "turn" => format!("a turn begins, with {} in the queue", count(step.ready, "task", "tasks")),
        "polling" => format!("{task} is polled"),
        "waits" => format!("{task} has to wait"),
        "idle" => {
            format!("nothing is ready, and {} set: the loop sleeps", count(step.timers, "timer is", "timers are"))
        }
        "finished" => format!("{task} is done"),
        "cancelled" => format!("{task} is dropped, since it was cancelled"),
        "panicked" => format!("{task} is dropped, since it panicked"),
        other => format!("{task} {other}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use roxmltree::Document;

    #[test]
    fn each_step_is_a_sentence_with_its_time() {
        let list = steps(&sample::with_scheduling(), 5).expect("there are as many");
        let document = Document::parse(&list).unwrap_or_else(|error| panic!("{error}\n{list}"));
        let lines: Vec<String> = document
            .descendants()
            .filter(|node| node.has_tag_name("li"))
            .map(|line| line.descendants().filter_map(|node| node.is_text().then(|| node.text()).flatten()).collect())
            .collect();
        let expected = [
            "0.00 ms a turn begins, with 1 task in the queue",
            "10.00 ms task 2 (spin) is polled",
            "10.10 ms task 3 is put into the queue by task 2 (spin)",
            "12.00 ms task 2 (spin) has to wait",
            "13.00 ms task 2 (spin) is put into the queue by another thread",
        ];
        assert_eq!(lines, expected);
    }

    #[test]
    fn more_steps_than_there_were_are_refused() {
        let why = steps(&sample::bare(), 1).expect_err("the sample has none").to_string();
        assert!(why.starts_with("the recording of lesson-00 demo has 0 steps of an event loop; name "), "{why}");
        assert!(steps(&sample::with_scheduling(), 6).is_err());
        assert!(steps(&sample::with_scheduling(), 0).is_err());
    }
}
