//! A server for whose clients the system has no thread left.

use std::{
    env, fs,
    io::{Error, ErrorKind},
    os::unix::{
        fs::PermissionsExt,
        process::{CommandExt, ExitStatusExt},
    },
    process::Command,
};

use rustix::process::{Resource, Signal, getrlimit, getuid};

use crate::{
    client::{Client, has_ended},
    server::Server,
};

/// Somebody other than root, for whom there is no limit to threads. No such user need exist.
const SOMEBODY: u32 = 61_234;

fn not_as_root(command: &mut Command) -> &mut Command {
    if getuid().is_root() { command.uid(SOMEBODY).gid(SOMEBODY) } else { command }
}

/// Whether this root may not become somebody else, as in some containers. Where nothing may be skipped, that is a failure.
fn is_all_there_is(error: &Error) -> bool {
    let may_skip = env::var_os("CI").is_none();
    may_skip && getuid().is_root() && matches!(error.kind(), ErrorKind::PermissionDenied | ErrorKind::InvalidInput)
}

/// Limits the threads of a server's user, as far as that server is concerned. It can be undone.
fn limit_threads(server: &Server, most: &str) {
    // Only who has its user may do this, or a root that is more than some containers have.
    let (limit, id) = (format!("--nproc={most}:"), server.id().to_string());
    let limited = not_as_root(Command::new("prlimit").args([&limit, "--pid", &id])).status();
    assert!(limited.expect("util-linux is there").success());
}

#[test]
fn without_threads_it_serves_whom_it_has_and_the_others_wait() {
    // The workspace may be for its owner alone.
    let folder = tempfile::tempdir().expect("there is room for a folder");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("it is ours");
    let lesson = folder.path().join("lesson-05");
    fs::copy(env!("CARGO_BIN_EXE_lesson-05"), &lesson).expect("there is room for it");

    let mut command = Command::new(lesson);
    let mut server = match Server::run(not_as_root(command.arg("http-threads")), &[("DRAIN", "600")]) {
        Ok(server) => server,
        Err(error) if is_all_there_is(&error) => {
            eprintln!("skipped: root can't be anybody else here: {error}");
            return;
        }
        Err(error) => panic!("the lesson cannot be started: {error}"),
    };
    let as_before = getrlimit(Resource::Nproc).current.map_or_else(|| "unlimited".to_owned(), |most| most.to_string());
    let ask = || {
        let mut client = Client::to(server.address);
        client.send("GET /health HTTP/1.1\r\nhost: test\r\n\r\n");
        client
    };
    let mut first = Client::to(server.address);
    assert_eq!(first.get("/health").text(), "ok\n");

    // Of two who come then, the server has accepted one.
    limit_threads(&server, "0");
    let mut waiting = [ask(), ask()];
    let said = server.wait_for("there is no thread for another client: Resource temporarily unavailable");
    assert!(said.contains("; who is connected is served on (1), others wait; "), "{said}");
    assert!(said.ends_with(" or by raising a limit, such as ulimit -u = 0"), "{said}");
    // Meanwhile it tries again more than once, and is silent about it.
    assert_eq!(first.get("/sleep/200").text(), "waited 200 ms\n");
    limit_threads(&server, &as_before);
    for client in &mut waiting {
        assert_eq!(client.answer().text(), "ok\n");
        assert_eq!(client.get("/health").text(), "ok\n");
    }
    server.wait_for("accepting again");

    // Ctrl-C while somebody waits.
    limit_threads(&server, "0");
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
