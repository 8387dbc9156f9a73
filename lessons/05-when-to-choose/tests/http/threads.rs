//! A server for whose clients the system has no thread left.

use std::os::unix::process::ExitStatusExt;

use rustix::process::{Resource, Signal, getrlimit};

use crate::{
    client::{Client, has_ended},
    server::Server,
    somebody_else::{LessonForAll, limit_threads},
};

#[test]
fn without_threads_it_serves_whom_it_has_and_the_others_wait() {
    let lesson = LessonForAll::new();
    let start = |command: &mut std::process::Command| Server::run(command, &[("DRAIN", "600")]);
    let Some(mut server) = lesson.start("http-threads", start) else { return };
    let as_before = getrlimit(Resource::Nproc).current.map_or_else(|| "unlimited".to_owned(), |most| most.to_string());
    let ask = || {
        let mut client = Client::to(server.address);
        client.send("GET /health HTTP/1.1\r\nhost: test\r\n\r\n");
        client
    };
    let mut first = Client::to(server.address);
    assert_eq!(first.get("/health").text(), "ok\n");

    // Of two who come then, the server has accepted one.
    limit_threads(server.id(), "0");
    let mut waiting = [ask(), ask()];
    let said = server.wait_for("there is no thread for another client: Resource temporarily unavailable");
    assert!(said.contains("; who is connected is served on (1), others wait; "), "{said}");
    assert!(said.ends_with(" or by raising a limit, such as ulimit -u = 0"), "{said}");
    // Meanwhile it tries again more than once, and is silent about it.
    assert_eq!(first.get("/sleep/200").text(), "waited 200 ms\n");
    limit_threads(server.id(), &as_before);
    for client in &mut waiting {
        assert_eq!(client.answer().text(), "ok\n");
        assert_eq!(client.get("/health").text(), "ok\n");
    }
    server.wait_for("accepting again");

    // Ctrl-C while somebody waits.
    limit_threads(server.id(), "0");
    let mut too_late = Client::to(server.address);
    too_late.send("GET /health HTTP/1.1\r\nhost: test\r\n\r\n");
    server.wait_for("is served on (3), others wait");
    server.signal(Signal::INT);
    let end = too_late.rest();
    assert!(has_ended(&end) && end.as_ref().map_or(true, Vec::is_empty), "{end:?}");
    let (status, said) = server.ended();
    assert_eq!(status.signal(), Some(2), "{said}");
    let account = "\nrequests: 6, answered: 6, not answered to the end: 0; connections: 4, cut off: 0\n";
    assert!(said.ends_with(account), "{said}");
    assert_eq!(server.rest_of_errors(), [""; 0]);
}
