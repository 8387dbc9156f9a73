//! A chat for whose clients the system has no thread left.

use rustix::process::{Resource, Signal, getrlimit};

use crate::{
    client::Client,
    server::Server,
    somebody_else::{LessonForAll, limit_threads},
};

#[test]
fn without_threads_others_are_turned_away_and_told() {
    let lesson = LessonForAll::new();
    let start = |command: &mut std::process::Command| Server::run(command, &[]);
    let Some(mut server) = lesson.start("chat-threads", start) else { return };
    let as_before = getrlimit(Resource::Nproc).current.map_or_else(|| "unlimited".to_owned(), |most| most.to_string());
    let mut ada = server.client("ada");

    limit_threads(server.id(), "0");
    for _ in 0..2 {
        Client::connect(server.address).gets("! the chat is full; try again later");
    }
    let complaint = server.complains();
    assert!(
        complaint.starts_with("there is no thread for another client: Resource temporarily unavailable"),
        "{complaint}"
    );
    assert!(complaint.contains("; who is connected is served on (1), others are turned away; "), "{complaint}");
    ada.is_heard();

    limit_threads(server.id(), &as_before);
    server.client("bob").is_heard();
    server.signal(Signal::INT);
    assert_eq!(server.ended().errors, "accepting again\n");
}
