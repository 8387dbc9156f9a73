//! What a writer saves is what the browser shows next.

use super::server::{LISTING, PAGE, Server, page, small};
use std::fs;

#[test]
fn a_page_a_listing_and_the_theme() {
    let server = Server::start(small());
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
fn a_change_that_no_page_shows_reloads_none() {
    let server = Server::start(small());
    let first = server.news().next();
    server.fixture.write("lessons/01-demo/README.md", "# Not in the book\n");
    assert!(server.said().starts_with("built again in "), "it is built, since nobody can know before");
    assert_eq!(server.news().next(), first);
}

#[test]
fn a_page_learns_that_its_server_is_a_new_one() {
    // The book is the same, but the page may have been loaded from another version of it.
    let (one, other) = (Server::start(small()), Server::start(small()));
    assert_ne!(one.news().next(), other.news().next());
}
