//! What the browser gets, besides the pages' text.

use super::server::{Server, small};
use std::fs;

#[test]
fn pages_come_with_their_type_and_load_nothing_from_other_hosts() {
    let server = Server::start(small());
    let page = server.get("/page.html");
    assert_eq!((page.status, page.header("content-type")), (200, Some("text/html; charset=utf-8")));
    assert_eq!(page.header("cache-control"), Some("no-cache"));
    assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
    let policy = page.header("content-security-policy").expect("there is a policy");
    assert!(policy.starts_with("default-src 'self';") && !policy.contains("http"), "{policy}");
    assert_eq!(page.header("access-control-allow-origin"), None);

    let script = server.get("/-serve/reload.js");
    assert_eq!((script.status, script.header("content-type")), (200, Some("text/javascript; charset=utf-8")));
}

#[test]
fn a_folder_leads_to_its_first_page_and_an_unknown_path_to_the_page_that_says_so() {
    let server = Server::start(small());
    assert!(server.get("/chapter/").body.contains("Chapter"));
    let folder = server.get("/chapter");
    assert_eq!((folder.status, folder.header("location")), (307, Some("./chapter/")));
    let unknown = server.get("/no/such/page.html");
    assert_eq!((unknown.status, unknown.header("content-type")), (404, Some("text/html; charset=utf-8")));
    assert!(unknown.body.contains("Document not found"), "{}", unknown.body);
}

#[test]
fn the_printed_page_is_not_reloaded() {
    let server = Server::start(small());
    let page = server.get("/print.html");
    assert!(page.status == 200 && !page.body.contains("/-serve/"));
}

#[test]
fn nothing_is_left_on_the_disk_by_a_build() {
    let server = Server::start(small());
    assert_eq!(server.get("/").status, 200);
    let mut left = fs::read_dir(server.fixture.path("target/serve")).expect("a build was there");
    assert!(left.next().is_none());
}
