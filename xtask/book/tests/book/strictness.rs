//! What the build does not let pass, each in a small book of its own.

use crate::fixture::{Fixture, RECORDING, REJECTED, SWEEP};
use mdbook_driver::MDBook;
use mdbook_preprocessor::PreprocessorContext;
use xtask_book::{preprocessor, project::Project};

const TOKIO: &str = "lessons/01-demo/src/tokio.rs";

#[test]
fn a_listing_of_no_file() {
    Fixture::with("# A\n\n{{#listing lessons/01-demo/src/smol.rs}}\n")
        .fails(&["book/src/page.md:3: `lessons/01-demo/src/smol.rs` could not be read"]);
}

#[test]
fn a_listing_of_a_file_that_no_test_runs() {
    for path in ["notes.rs", "lessons/../notes.rs", "/lessons/notes.rs"] {
        Fixture::with(&format!("{{{{#listing {path}}}}}\n"))
            .file("notes.rs", "fn main() {}")
            .fails(&[&format!("book/src/page.md:1: `{path}` is not in lessons/, where the tests run it")]);
    }
}

#[test]
fn an_unknown_anchor() {
    Fixture::with(&format!("{{{{#listing {TOKIO}#mian}}}}\n"))
        .fails(&[&format!("book/src/page.md:1: `{TOKIO}` has no anchor `mian`; it has main")]);
}

#[test]
fn code_of_ours_in_a_fence() {
    Fixture::with("Text.\n\n```rust\nfn main() {}\n```\n\n```python\npass\n```\n\n```sh\ncargo run\n```\n").fails(&[
        "book/src/page.md:3: no test runs a ```rust fence; show a file with `{{#listing PATH}}`",
        "book/src/page.md:7: no test runs a ```python fence",
    ]);
}

#[test]
fn an_include_of_mdbook() {
    Fixture::with(&format!("{{{{#include ../../{TOKIO}}}}}\n"))
        .fails(&["book/src/page.md:1: `{{#include}}` includes what nothing checks"]);
}

#[test]
fn an_unknown_shortcode_and_one_that_is_never_closed() {
    Fixture::with("{{#listting a.rs}}\n\n{{#listing a.rs\n").fails(&[
        "book/src/page.md:1: there is no shortcode `listting`; there is listing,",
        "book/src/page.md:3: the shortcode is never closed; close it",
    ]);
}

#[test]
fn a_listing_within_a_sentence() {
    Fixture::with(&format!("As in {{{{#listing {TOKIO}}}}} above.\n"))
        .fails(&[&format!("book/src/page.md:1: `{{{{#listing {TOKIO}}}}}` shares its line")]);
}

#[test]
fn an_unknown_lesson_variant_recording_and_figure() {
    Fixture::with(
        "{{#timeline lesson-09 tokio}}\n\n{{#transcript lesson-01 tokyo}}\n\n{{#timeline lesson-01 python-asyncio}}\n\n\
         It took {{#measured lesson-01 tokio elapsd}}.\n",
    )
    .file("book/recordings/lesson-01/tokio.json", RECORDING)
    .fails(&[
        "book/src/page.md:1: there is no lesson `lesson-09`; there is lesson-01",
        "book/src/page.md:3: lesson-01 has no variant `tokyo`; it has tokio, python-asyncio",
        "book/src/page.md:5: there is no recording of lesson-01 python-asyncio; make one",
        "book/src/page.md:7: the recording of lesson-01 tokio has no figure `elapsd`",
    ]);
}

#[test]
fn results_that_were_not_measured() {
    Fixture::with(
        "{{#results lesson-01 tokyo}}\n\n{{#results lesson-01 python-asyncio}}\n\n\
         It drew {{#result lesson-01 tokio \"in a tsak\" frames}} frames.\n\n\
         It drew {{#result lesson-01 tokio \"in a task\" frmaes}} frames.\n\n\
         It drew {{#result lesson-01 tokio in a task frames}} frames.\n\n\
         {{#column lesson-01 frmaes tokio}}\n\n{{#column lesson-01 frames tokio/then}}\n\n{{#results lesson-01 tokio/../../x}}\n",
    )
    .file("book/recordings/lesson-01/tokio.json", RECORDING)
    .fails(&[
        "book/src/page.md:1: lesson-01 has no variant `tokyo`; it has tokio, python-asyncio",
        "book/src/page.md:3: there is no recording of lesson-01 python-asyncio; make one",
        "book/src/page.md:5: the recording of lesson-01 tokio has no row `in a tsak` in its results; it has `in a task`",
        "book/src/page.md:7: the recording of lesson-01 tokio has no column `frmaes` in its results; it has `frames`, ",
        "book/src/page.md:9: `{{#result lesson-01 tokio in a task frames}}` is not understood; write `{{#result ",
        "book/src/page.md:11: the recording of lesson-01 tokio has no column `frmaes` in its results; it has `frames`, ",
        "book/src/page.md:13: there is no recording of lesson-01 tokio/then; make one",
        "book/src/page.md:15: there is no recording of lesson-01 tokio/../../x; make one",
    ]);
}

#[test]
fn a_plot_of_what_cannot_be_drawn() {
    Fixture::with(
        "{{#plot lesson-01 tokyo elapsed requests}}\n\n{{#plot lesson-01 tokio runs requests}}\n\n\
         {{#plot lesson-01 tokio \"peak memory\"}}\n\n{{#plot lesson-01 tokio runs requests log-x log-x}}\n\n\
         See {{#plot lesson-01 tokio \"peak memory\" requests}}\n",
    )
    .file("book/recordings/lesson-01/tokio.json", SWEEP)
    .fails(&[
        "book/src/page.md:1: lesson-01 has no variant `tokyo`; it has tokio, python-asyncio",
        "book/src/page.md:3: the recording of lesson-01 tokio has `runs` in a row `in all`, which names no line and number",
        "book/src/page.md:5: `{{#plot lesson-01 tokio \"peak memory\"}}` is not understood; write `{{#plot LESSON ",
        "book/src/page.md:7: `{{#plot lesson-01 tokio runs requests log-x log-x}}` is not understood; write ",
        "book/src/page.md:9: `{{#plot lesson-01 tokio \"peak memory\" requests}}` shares its line",
    ]);
}

#[test]
fn a_program_that_nothing_rejects() {
    Fixture::with("{{#rejected lessons/01-demo/src/tokio.rs}}\n\n{{#rejected lessons/01-demo/rejected/mended.rs}}\n")
        .file("lessons/01-demo/rejected/mended.rs", "fn main() {}\n")
        .fails(&[
            "book/src/page.md:1: `lessons/01-demo/src/tokio.rs` is in no folder `rejected`, where a test has it checked",
            "book/src/page.md:3: `lessons/01-demo/rejected/mended.rs` compiles; show it with `{{#listing",
        ]);
    Fixture::with("{{#rejected lessons/01-demo/rejected/borrows.rs}}\n")
        .file("lessons/01-demo/rejected/borrows.rs", &REJECTED.replace("E0597: ", "E0597 "))
        .fails(&["book/src/page.md:1: `lessons/01-demo/rejected/borrows.rs` says `E0597 `message` does not"]);
}

#[test]
fn a_table_of_a_tour_that_was_not_recorded() {
    Fixture::with("{{#figures lesson-01}}\n").fails(&["book/src/page.md:1: there is no recording of lesson-01 tokio"]);
}

#[test]
fn a_recording_that_is_none() {
    Fixture::with("{{#timeline lesson-01 tokio}}\n")
        .file("book/recordings/lesson-01/tokio.json", "[]")
        .fails(&["book/src/page.md:1: "]);
}

#[test]
fn notes_and_markers_that_do_not_match() {
    Fixture::with(&format!("{{{{#listing {TOKIO}}}}}\n\n1. Starts.\n"))
        .fails(&[&format!("book/src/page.md:1: marker (2) in `{TOKIO}` has no note")]);
    Fixture::with(&format!("{{{{#listing {TOKIO}}}}}\n\n1. Starts.\n2. Naps.\n3. Ends.\n"))
        .fails(&["book/src/page.md:5: note 3 has no marker; begin a comment in "]);
}

#[test]
fn a_number_that_nobody_measured() {
    Fixture::with("The spinner naps\nfor 100 ms, and `100 ms` is code.\n")
        .fails(&["book/src/page.md:2: `100 ms` comes from nowhere; take it from a recording"]);
}

#[test]
fn a_time_that_is_not_in_the_source() {
    Fixture::with(&format!("It naps for {{{{#source {TOKIO} \"Duration::from_secs(3)\"}}}}.\n"))
        .fails(&[&format!("book/src/page.md:1: `Duration::from_secs(3)` is not in `{TOKIO}`; copy it from there")]);
    Fixture::with(&format!("It naps for {{{{#source {TOKIO} \"supervisor()\"}}}}.\n"))
        .fails(&["book/src/page.md:1: `supervisor()` names no time"]);
}

#[test]
fn a_page_that_is_not_in_the_table_of_contents() {
    Fixture::with("Text.\n")
        .file("book/src/stray/page.md", "Text.\n")
        // An editor's, for as long as somebody writes on the page.
        .file("book/src/.#page.md", "")
        .fails(&["book/src/stray/page.md:1: this page is not in SUMMARY.md"]);
}

#[test]
fn a_table_of_contents_that_names_no_page() {
    Fixture::with("It took 3 s.\n")
        .file("book/src/SUMMARY.md", "# Summary\n\n- [A](page.md)\n- [B](nowhere.md)\n")
        .fails(&["book/src/SUMMARY.md:4: there is no page `nowhere.md`; write it", "book/src/page.md:1: `3 s` comes"]);
}

#[test]
fn links_that_lead_nowhere() {
    Fixture::new()
        .page("one.md", "# One\n\nSee [two](two.md#headnig),\n[three](three.md) and [here](#there).\n")
        .page("two.md", "# Two\n\n## Heading\n\nBack to [one](one.md#one), [two](#heading) or [its start](two.md).\n")
        .fails(&[
            "book/src/one.md:3: the link `two.html#headnig` leads to a place that its page does not have",
            "book/src/one.md:4: the link `#there` leads to a place that its page does not have",
            "book/src/one.md:4: the link `three.html` leads to nothing",
        ]);
}

#[test]
fn a_link_that_is_not_https() {
    Fixture::with("[One](https://example.org), [two](http://example.org), [three](mailto:a@example.org).\n")
        .fails(&["book/src/page.md:1: the link `http://example.org` is not https"]);
}

#[test]
fn images() {
    Fixture::with("![](a.png)\n\n![A](a.png)\n\n![B](b.png)\n\n![C](https://example.org/c.png)\n")
        .file("book/src/a.png", "")
        .fails(&[
            "book/src/page.md:1: the image `a.png` has no alternative text",
            "book/src/page.md:5: the link `b.png` leads to nothing",
            "book/src/page.md:7: `https://example.org/c.png` would be loaded from another host",
        ]);
}

#[test]
fn scripts_and_styles_from_other_hosts() {
    Fixture::with(
        "<script src=\"//example.org/a.js\"></script>\n\n<p style=\"background: url(https://example.org/b.png)\">B</p>\n",
    )
    .fails(&[
        "book/src/page.md:1: `//example.org/a.js` would be loaded from another host",
        "book/src/page.md:3: `https://example.org/b.png` would be loaded from another host",
    ]);
    let style = Fixture::with("Text.\n")
        .file(
            "book/book.toml",
            "[build]\nuse-default-preprocessors = false\n[output.html]\nadditional-css = [\"a.css\"]\n",
        )
        .file("book/a.css", "@import \"https://example.org/a.css\";");
    let problems = style.problems();
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(problems[0].contains("a-") && problems[0].contains("would be loaded from another host"), "{problems:?}");
}

#[test]
fn every_problem_is_in_one_report() {
    Fixture::new()
        .page("b.md", "It took 3 s.\n\n[Nowhere](nowhere.md)\n")
        .page("a.md", "{{#listing nowhere.rs}}\n\n```rust\n```\n")
        .file("book/src/stray.md", "")
        .fails(&[
            "book/src/a.md:1: ",
            "book/src/a.md:3: ",
            "book/src/b.md:1: ",
            "book/src/b.md:3: ",
            "book/src/stray.md:1: ",
        ]);
}

#[test]
fn mdbook_is_told_of_every_page_too() {
    let fixture = Fixture::with("It took 3 s.\n\n{{#listing nowhere.rs}}\n");
    let book = MDBook::load(fixture.root().join("book")).expect("it loads");
    let context = PreprocessorContext::new(book.root, book.config, "html".into());
    let input = serde_json::to_vec(&(context, book.book)).expect("it can be written");
    let mut output = Vec::new();
    let error = preprocessor::run_as_command(&Project::at(fixture.root()), &input[..], &mut output)
        .expect_err("two things are wrong");
    let report = error.to_string();
    let lines: Vec<_> = report.lines().collect();
    assert!(lines.len() == 2 && lines[0].starts_with("book/src/page.md:1: ") && lines[1].contains(":3: "), "{report}");
    assert!(output.is_empty(), "a book with a problem must not go on");
}

#[test]
fn a_link_from_the_top_of_the_host() {
    Fixture::with("# A\n\n[b](/page.html)\n")
        .fails(&["book/src/page.md:3: the link `/page.html` starts at the top of its host"]);
}
