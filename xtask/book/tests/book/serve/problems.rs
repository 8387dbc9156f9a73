//! What is wrong with a page stands on that page, and what is wrong with the book on every page, until it is fixed.

use super::{
    http::Answer,
    server::{LISTING, PAGE, Server, page, small},
};
use std::fs;

/// Every address of the small book that shows a page; the first two show the same one.
const PAGES: [&str; 3] = ["/", "/page.html", "/chapter/"];

const SUMMARY: &str = "book/src/SUMMARY.md";

/// What the notice of this page says, a problem each; nothing if it has none.
fn notice(page: &Answer) -> Vec<String> {
    assert_eq!(page.status, 200, "{}", page.body);
    let Some((_, notice)) = page.body.split_once("role=\"alert\"") else { return Vec::new() };
    let (notice, _) = notice.split_once("</ul>").expect("a notice is a list");
    let items = notice.split("<li>").skip(1).filter_map(|item| item.split("</li>").next());
    items.map(str::to_owned).collect()
}

/// That these pages have a notice of one problem, which begins so, and all others none.
fn assert_noticed(server: &Server, concerned: &[&str], beginning: &str) {
    for path in PAGES {
        let problems = notice(&server.get(path));
        if concerned.contains(&path) {
            assert!(problems.len() == 1 && problems[0].starts_with(beginning), "{path}: {problems:?}");
        } else {
            assert!(problems.is_empty(), "{path}: {problems:?}");
        }
    }
}

#[test]
fn a_program_that_no_longer_fits_its_page() {
    let fixture = small();
    let program = |nap: &str, marker: &str| format!("pub fn main() {{\n    sleep({nap}); {marker}\n}}\n");
    fixture.write(LISTING, &program("Duration::from_millis(3_050)", "// (1)"));
    let nap = format!("{{{{#source {LISTING} \"Duration::from_millis(3_050)\"}}}}");
    fixture.write(PAGE, &format!("# Page\n\nIt naps for {nap}.\n\n{{{{#listing {LISTING}}}}}\n\n1. It naps.\n"));
    let server = Server::start(fixture);
    let mut news = server.news();
    news.next();
    assert_noticed(&server, &[], "");

    for (text, beginning) in [
        (
            program("Duration::from_millis(3_000)", "// (1)"),
            "book/src/page.md:3: `Duration::from_millis(3_050)` is not in `lessons/01-demo/src/tokio.rs`; copy it from",
        ),
        (program("Duration::from_millis(3_050)", ""), "book/src/page.md:7: note 1 has no marker; begin a comment in"),
    ] {
        server.fixture.write(LISTING, &text);
        news.next();
        assert_noticed(&server, &["/", "/page.html"], beginning);
        assert!(server.complained().starts_with(beginning), "the terminal names the page");
        assert_eq!(server.complained(), "the page shows this until it is fixed");
        let html = server.get("/page.html").body;
        assert!(html.contains("class=\"listing\""), "the rest of the page is there: {html}");
    }
    server.fixture.write(LISTING, &program("Duration::from_millis(3_050)", "// (1)"));
    news.next();
    assert_noticed(&server, &[], "");
}

#[test]
fn a_shortcode_that_stands_for_nothing_stays_as_it_is_written() {
    let fixture = small();
    fixture.write(PAGE, "# Page\n\nSee <b>{{#listing lessons/<*no*>`.rs}}</b>.\n\n{{#nothing *a*}}\n1. One.\n");
    let html = Server::start(fixture).get("/page.html").body;
    let plain = html.replace("&#39;", "'").replace("&quot;", "\"");
    for code in ["{{#listing lessons/&lt;*no*&gt;`.rs}}", "{{#nothing *a*}}"] {
        assert!(plain.contains(&format!("<code class=\"unexpanded\">{code}</code>")), "{code}: {plain}");
    }
    assert!(html.contains("<li>One.</li>") && !html.contains("<*no*>"), "{html}");
}

#[test]
fn a_problem_is_named_on_the_terminal_once() {
    let fixture = small();
    fixture.write(PAGE, &page("It took 3 s."));
    let server = Server::start(fixture);
    let mut news = server.news();
    news.next();
    assert!(server.complained().starts_with("book/src/page.md:3: `3 s` comes from nowhere"));
    assert_eq!(server.complained(), "the page shows this until it is fixed");

    // Another page goes on, and in this one the problem moves.
    server.fixture.write("book/src/chapter/README.md", "# Chapter\n\nMore.\n");
    news.next();
    assert!(server.get("/chapter/").body.contains("More."));
    server.fixture.write(PAGE, &page("Well.\n\nIt took 3 s."));
    news.next();
    assert_noticed(&server, &["/", "/page.html"], "book/src/page.md:5: `3 s`");

    server.fixture.write("book/src/chapter/README.md", "# Chapter\n\n[Lost](lost.md)\n");
    assert!(server.complained().starts_with("book/src/chapter/README.md:3: the link `lost.html` leads to nothing"));
}

#[test]
fn a_page_that_is_not_in_the_table_of_contents_comes_last_in_it() {
    let server = Server::start(small());
    let mut news = server.news();
    news.next();
    server.fixture.write("book/src/chapter/new.md", "# New\n\nIts text.\n");
    news.next();
    assert_noticed(&server, &[], "");
    let new = server.get("/chapter/new.html");
    let problem = "book/src/chapter/new.md:1: this page is not in SUMMARY.md; add it there, or delete it";
    assert_eq!(notice(&new), [problem]);
    assert!(new.body.contains("Its text."), "{}", new.body);
    let contents = server.get("/toc.html").body;
    let (_, last) = contents.split_once("Not in SUMMARY.md").expect("it has a part of its own");
    assert!(last.contains("href=\"chapter/new.html\"") && last.contains("chapter/new.md"), "{last}");
    assert_eq!(server.complained(), problem);

    let named = "- [Page](page.md)\n- [Chapter](chapter/README.md)\n- [New](chapter/new.md)\n";
    server.fixture.write(SUMMARY, named);
    news.next();
    assert_eq!(notice(&server.get("/chapter/new.html")), [""; 0]);
    assert!(!server.get("/toc.html").body.contains("Not in SUMMARY.md"));
}

#[test]
fn what_is_wrong_with_no_page_is_shown_on_all() {
    let server = Server::start(small());
    let mut news = server.news();
    news.next();
    let good = fs::read_to_string(server.fixture.path(SUMMARY)).expect("it is there");

    server.fixture.write(SUMMARY, &format!("{good}- [Lost](lost.md)\n  - [Found](found.md)\n"));
    news.next();
    for path in PAGES {
        let problems = notice(&server.get(path));
        let is_missing = |line: usize, page: &str| {
            let beginning = format!("{SUMMARY}:{line}: there is no page `{page}`; write it");
            problems.iter().any(|problem| problem.starts_with(&beginning))
        };
        assert!(problems.len() == 2 && is_missing(5, "lost.md") && is_missing(6, "found.md"), "{path}: {problems:?}");
    }
    server.fixture.write(SUMMARY, &good);
    news.next();

    fs::write(server.fixture.path(PAGE), b"# Page\n\nCaf\xe9.\n").expect("a file can be written");
    news.next();
    for path in ["/", "/chapter/"] {
        let problems = notice(&server.get(path));
        let beginning = "book/src/page.md:1: this page could not be read (";
        assert!(problems.len() == 1 && problems[0].starts_with(beginning), "{path}: {problems:?}");
    }
}

#[test]
fn a_book_that_is_not_understood_is_shown_as_that_until_it_is() {
    let server = Server::start(small());
    let mut news = server.news();
    news.next();
    for (file, text, what) in [
        ("book/book.toml", "[book\n", "`book/book.toml` is not understood"),
        ("book/book.toml", "[build]\nuse-default-preprocessors = 3\n", "`book/book.toml` is not understood"),
        (SUMMARY, "- [Page](page.md)\n- [Again](page.md)\n", "`book/src/SUMMARY.md` is not understood"),
    ] {
        let good = fs::read_to_string(server.fixture.path(file)).expect("it is there");
        server.fixture.write(file, text);
        let broken = news.next();
        for path in PAGES.into_iter().chain(["/no-such-page.html"]) {
            let shown = server.get(path);
            assert_eq!(shown.status, 500);
            assert!(shown.body.contains(what), "{}", shown.body);
            assert!(shown.body.contains(&format!("data-edition=\"{broken}\" data-report")), "{}", shown.body);
        }
        assert_eq!(server.get("/favicon.ico").status, 404, "a report stands for pages only");
        assert!(server.complained().contains(what), "the terminal shows it");
        while server.complained() != "every page shows this until it is fixed" {}

        server.fixture.write(file, &good);
        news.next();
        assert_noticed(&server, &[], "");
    }
}

#[test]
fn a_book_that_is_not_understood_from_the_start_is_served_all_the_same() {
    let fixture = small();
    fs::remove_file(fixture.path(SUMMARY)).expect("it is there");
    let server = Server::start(fixture);
    let shown = server.get("/");
    assert_eq!(shown.status, 500);
    assert!(shown.body.contains("`book/src/SUMMARY.md` could not be read ("), "{}", shown.body);
    let mut news = server.news();
    news.next();
    server.fixture.write(SUMMARY, "- [Page](page.md)\n- [Chapter](chapter/README.md)\n");
    news.next();
    assert_noticed(&server, &[], "");
}
