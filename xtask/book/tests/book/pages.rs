//! What shortcodes become, as far as the HTML that a reader gets.

use crate::fixture::{Fixture, RECORDING, REJECTED, SWEEP};

const TOKIO: &str = "lessons/01-demo/src/tokio.rs";
const ASYNCIO: &str = "lessons/01-demo/python/asyncio.py";

#[test]
fn a_listing_with_notes() {
    let html =
        Fixture::with(&format!("Text.\n{{{{#listing {TOKIO}#main}}}}\n1. Starts.\n2. Naps.\n")).html("page.html");
    let expected = "<figure class=\"listing\">\n<figcaption><code>lessons/01-demo/src/tokio.rs</code> <code \
                    class=\"command\">cargo run -p lesson-01 -- tokio</code></figcaption>\n<pre><code \
                    class=\"language-rust\">pub fn main() {\n    supervisor(); // <span class=\"marker\">(1)</span> Starts \
                    it.\n    // See (1).\n    sleep(Duration::from_millis(100)); // <span \
                    class=\"marker\">(2)</span>\n}\n</code></pre>\n\n</figure>\n<ol>\n<li>Starts.</li>";
    assert!(html.contains(expected), "{html}");
}

#[test]
fn a_pair_has_notes_for_both_sides() {
    let html = Fixture::with(&format!("{{{{#pair {ASYNCIO}#nap {TOKIO}}}}}\n\n1. Both.\n2. Rust.\n")).html("page.html");
    let (_, pair) = html.split_once("<div class=\"pair\">").expect("there is a pair");
    let (python, rust) = pair.split_once("</figure>").expect("there are two listings");
    assert!(python.contains("language-python\">await asyncio") && python.contains("-- python-asyncio<"), "{python}");
    assert!(rust.contains("language-rust") && !rust.contains("virtual_time"), "{rust}");
    assert!(rust.contains("</div>\n\n<ol>"), "{rust}");
}

#[test]
fn recordings() {
    let html = Fixture::with(
        "{{#timeline lesson-01 tokio}}\n\n{{#transcript lesson-01 tokio}}\n\n{{#figures lesson-01}}\n\n\
         {{#measured lesson-01 tokio elapsed}} is what it took.\n\n{{#results lesson-01 tokio}}\n\n\
         It drew {{#result lesson-01 tokio \"in a task\" frames}} frames, at most \
         {{#result lesson-01 tokio \"in a task\" \"longest gap\"}} apart.\n",
    )
    .file("book/recordings/lesson-01/tokio.json", RECORDING)
    .html("page.html");
    assert!(html.contains("<svg") && html.contains("<table>"), "{html}");
    assert!(
        html.contains(
            "<pre><code class=\"nohighlight\" role=\"region\" aria-label=\"What the program wrote\" tabindex=\"0\">\
             Answer: 42\n<span class=\"columns\">in a task  0  421.5</span>\n</code></pre>"
        ),
        "{html}"
    );
    assert!(html.contains("<p>3.01\u{a0}s is what it took.</p>"), "{html}");
    assert!(html.contains("<th scope=\"row\">in a task</th><td>0</td><td>421.5</td>"), "{html}");
    assert!(html.contains("<p>It drew 0 frames, at most 421.5\u{a0}ms apart.</p>"), "{html}");
}

#[test]
fn a_plot() {
    let html = Fixture::with(
        "Text.\n\n{{#plot lesson-01 tokio \"peak memory\" \"requests at once\" log-x}}\n\nMore *text*.\n",
    )
    .file("book/recordings/lesson-01/tokio.json", SWEEP)
    .html("page.html");
    assert!(
        html.contains("<figure class=\"plot\">\n<figcaption><strong>tokio</strong>: peak memory by requests"),
        "{html}"
    );
    for part in [
        "<title>peak memory (MB), by requests at once, logarithmic</title>",
        "tasks: 2.5 MB at 1, 3.0 MB at 10. threads: 2.5 MB at 1.</desc>",
        "<tr><th scope=\"row\">10</th><td>3.0</td><td>n/a</td></tr>",
        "<p>More <em>text</em>.</p>",
    ] {
        assert!(html.contains(part), "{part}:\n{html}");
    }
}

#[test]
fn kept_runs_side_by_side() {
    let html = Fixture::with(
        "{{#column lesson-01 \"peak memory\" tokio/before tokio/after}}\n\nIt took \
         {{#result lesson-01 tokio/after \"tasks, 10\" \"peak memory\"}}.\n",
    )
    .file("book/recordings/lesson-01/tokio/before.json", SWEEP)
    .file(
        "book/recordings/lesson-01/tokio/after.json",
        &SWEEP.replace("tasks, 1\"", "tasks, 2\"").replace("tasks, 1 ", "tasks, 2 "),
    )
    .html("page.html");
    for part in [
        "<tr><td></td><th scope=\"col\">before</th><th scope=\"col\">after</th></tr>",
        "<th scope=\"row\">tasks, 2</th><td>n/a</td><td>2.5</td>",
        "<th scope=\"row\">tasks, 10</th><td>3.0</td><td>3.0</td>",
        "<p>It took 3.0\u{a0}MB.</p>",
    ] {
        assert!(html.contains(part), "{part}:\n{html}");
    }
}

#[test]
fn a_program_that_is_rejected() {
    let html = Fixture::with("{{#rejected lessons/01-demo/rejected/borrows.rs}}\n\n1. Why.\n")
        .file("lessons/01-demo/rejected/borrows.rs", REJECTED)
        .html("page.html");
    let expected = "</figure>\n<p><code>error[E0597]: `message` does not live long enough</code></p>\n\n</div>";
    assert!(html.contains(expected), "{html}");
    assert!(html.contains("//~ E0597") && html.contains("<span class=\"marker\">(1)</span>"), "{html}");
}

#[test]
fn a_time_from_a_source() {
    let html = Fixture::with(&format!("It naps for {{{{#source {TOKIO} \"Duration::from_millis(100)\"}}}}.\n"));
    assert!(html.html("page.html").contains("It naps for 100\u{a0}ms."));
}

#[test]
fn shortcodes_in_code_are_left_alone() {
    let html = Fixture::with("Write `{{#listing PATH}}`:\n\n```text\n{{#listing PATH}}\n```\n").html("page.html");
    assert_eq!(html.matches("{{#listing PATH}}").count(), 2, "{html}");
}

#[test]
fn links_to_a_readme_lead_to_its_folder() {
    let html = Fixture::new()
        .page("a/README.md", "# A\n")
        .page("b.md", "[A](a/README.md#a), [A][], `README.md`\n\n[A]: a/README.md\n")
        .html("b.html");
    assert!(
        html.contains("href=\"a/index.html#a\"")
            && html.contains("href=\"a/index.html\"")
            && html.contains("<code>README.md</code>"),
        "{html}"
    );
}
