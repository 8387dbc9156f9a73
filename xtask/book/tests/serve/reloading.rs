//! What a writer saves is what the browser shows next.

use crate::server::{Fixture, LISTING, PAGE, page};
use std::fs;

#[test]
fn a_page_a_listing_and_the_theme() {
    let server = Fixture::new().serve();
    let mut news = server.news();
    let first = news.next();
    assert!(server.get("/page.html").body.contains(&format!("data-edition=\"{first}\"")), "a page knows its edition");

    server.fixture.write(PAGE, &page("The second sentence."));
    let second = news.next();
    assert_ne!(first, second);
    let html = server.get("/page.html").body;
    assert!(html.contains("The second sentence.") && html.contains(&format!("data-edition=\"{second}\"")), "{html}");

    server.fixture.write(LISTING, "pub fn main() { something_else(); }\n");
    news.next();
    assert!(server.get("/page.html").body.contains("something_else"));

    // The style first, since the settings name it: what is built between the two is either.
    server.fixture.write("book/theme/own.css", "main { color: teal; }\n");
    let settings = fs::read_to_string(server.fixture.path("book/book.toml")).expect("it is there");
    server.fixture.write("book/book.toml", &format!("{settings}[output.html]\nadditional-css = [\"theme/own.css\"]\n"));
    let style = |html: &str| {
        let (before, _) = html.split_once(".css\">")?;
        let name = html.match_indices("href=\"theme/own").map(|(at, _)| &html[at + 6..]).next()?;
        (!before.is_empty()).then(|| name.split('"').next().unwrap_or_default().to_owned())
    };
    let name = loop {
        news.next();
        if let Some(name) = style(&server.get("/page.html").body) {
            break name;
        }
    };
    let css = server.get(&format!("/{name}"));
    assert_eq!((css.status, css.header("content-type")), (200, Some("text/css; charset=utf-8")));
    assert!(css.body.contains("teal"), "{}", css.body);
}

#[test]
fn a_fault_is_shown_in_the_page_and_on_the_terminal_until_it_is_mended() {
    let server = Fixture::new().serve();
    let mut news = server.news();
    news.next();

    server.fixture.write(PAGE, &page("See <b>{{#listing lessons/<none>.rs}}</b>."));
    let broken = news.next();
    let what = "book/src/page.md:3: `";
    assert!(server.complained().starts_with(what), "the terminal shows it");
    for path in ["/", "/page.html", "/chapter/", "/no-such-page.html"] {
        let shown = server.get(path);
        assert_eq!(shown.status, 500);
        assert!(shown.body.contains(what) && shown.body.contains("&lt;none&gt;"), "{}", shown.body);
        assert!(!shown.body.contains("<none>"), "it is escaped: {}", shown.body);
        assert!(shown.body.contains(&format!("data-edition=\"{broken}\" data-report")), "{}", shown.body);
    }
    assert_eq!(server.get("/favicon.ico").status, 404, "a report stands for pages only");

    server.fixture.write(PAGE, &page("Mended."));
    news.next();
    let mended = server.get("/page.html");
    assert_eq!(mended.status, 200);
    assert!(mended.body.contains("Mended."), "{}", mended.body);
    assert!(server.said().starts_with("built again in "));
}

#[test]
fn a_book_that_is_broken_from_the_start_is_served_all_the_same() {
    let fixture = Fixture::new();
    fixture.write("book/src/SUMMARY.md", "- [Page](page.md)\n- [Lost](lost.md)\n");
    let server = fixture.serve();
    let shown = server.get("/");
    assert_eq!(shown.status, 500);
    assert!(shown.body.contains("book/src/SUMMARY.md:2: there is no page `lost.md`"), "{}", shown.body);
    // And a dead link, which only the built page shows.
    let mut news = server.news();
    news.next();
    server.fixture.write("book/src/SUMMARY.md", "- [Page](page.md)\n- [Chapter](chapter/README.md)\n");
    server.fixture.write(PAGE, "# Page\n\n[Lost](lost.md)\n");
    let shown = loop {
        news.next();
        let shown = server.get("/");
        if shown.body.contains("page.md:") {
            break shown;
        }
    };
    assert!(shown.body.contains("book/src/page.md:3: the link `lost.html` leads to nothing"), "{}", shown.body);
    server.fixture.write(PAGE, &page("Found."));
    news.next();
    assert_eq!(server.get("/").status, 200);
}

#[test]
fn a_change_that_no_page_shows_reloads_none() {
    let server = Fixture::new().serve();
    let first = server.news().next();
    server.fixture.write("lessons/01-demo/README.md", "# Not in the book\n");
    assert!(server.said().starts_with("built again in "), "it is built, since nobody can know before");
    assert_eq!(server.news().next(), first);
}

#[test]
fn a_page_learns_that_its_server_is_a_new_one() {
    // The book is the same, but the page may have been loaded from another version of it.
    let (one, other) = (Fixture::new().serve(), Fixture::new().serve());
    assert_ne!(one.news().next(), other.news().next());
}
