//! Who is answered, and with what at most.

use super::{
    http::exchange,
    server::{Server, small},
};

#[test]
fn only_requests_that_name_us_are_answered() {
    let server = Server::start(small());
    let port = server.port;
    let status = |host: &str| exchange(port, &["GET / HTTP/1.1", host, "Connection: close"]).status;
    for host in [format!("127.0.0.1:{port}"), format!("localhost:{port}"), format!("LOCALHOST:{port}")] {
        assert_eq!(status(&format!("Host: {host}")), 200, "{host}");
    }
    for host in [
        format!("evil.example:{port}"),
        format!("localhost.evil.example:{port}"),
        format!("127.0.0.1.evil.example:{port}"),
        format!("evil.example@127.0.0.1:{port}"),
        format!("0.0.0.0:{port}"),
        "localhost".to_owned(),
        "127.0.0.1:1".to_owned(),
        String::new(),
    ] {
        assert_eq!(status(&format!("Host: {host}")), 403, "{host}");
    }
    assert_eq!(exchange(port, &["GET / HTTP/1.0"]).status, 403, "no host at all");
    let ours = format!("Host: 127.0.0.1:{port}");
    let two = exchange(port, &["GET / HTTP/1.1", &ours, "Host: evil.example", "Connection: close"]);
    assert_eq!(two.status, 403, "two hosts");
    let address = format!("GET http://evil.example:{port}/ HTTP/1.1");
    assert_eq!(exchange(port, &[&address, &ours, "Connection: close"]).status, 403, "another host in the address");
    let news = exchange(port, &["GET /-serve/editions HTTP/1.1", "Host: evil.example", "Connection: close"]);
    assert_eq!(news.status, 403, "the news is guarded too");
}

#[test]
fn no_path_leads_out_of_the_book() {
    let fixture = small();
    fixture.write("target/secret.txt", "secret");
    fixture.write("book/secret.txt", "secret");
    let server = Server::start(fixture);
    let root = server.fixture.root().display().to_string().replace('\\', "/");
    for path in [
        "/../secret.txt",
        "/../../secret.txt",
        "/%2e%2e/secret.txt",
        "/%2e%2e%2f%2e%2e%2fsecret.txt",
        "/..%2f..%2fsecret.txt",
        "/..%5c..%5csecret.txt",
        "/chapter/../../secret.txt",
        "/./page.html",
        "//page.html",
        "/%00",
        "/page.html%00",
        "/%ff",
        "/%",
        &format!("/{root}/book/secret.txt"),
        &format!("{root}/book/secret.txt").replace('/', "%2f"),
    ] {
        // One that does not begin with a slash is no request, and is refused before it gets to us.
        let answer = server.get(path);
        assert!(matches!(answer.status, 400 | 404) && !answer.body.contains("secret"), "{path}: {answer:?}");
    }
}

#[test]
fn pages_are_only_read() {
    let server = Server::start(small());
    let host = format!("Host: 127.0.0.1:{}", server.port);
    for method in ["POST", "PUT", "DELETE", "OPTIONS", "TRACE"] {
        let request = format!("{method} / HTTP/1.1");
        let answer = exchange(server.port, &[&request, &host, "Content-Length: 0", "Connection: close"]);
        assert_eq!((answer.status, answer.header("allow")), (405, Some("GET,HEAD")), "{method}");
    }
    let head = exchange(server.port, &["HEAD / HTTP/1.1", &host, "Connection: close"]);
    assert_eq!((head.status, head.body.as_str()), (200, ""));
    let length = server.get("/").body.len().to_string();
    assert_eq!(head.header("content-length"), Some(length.as_str()));
}
