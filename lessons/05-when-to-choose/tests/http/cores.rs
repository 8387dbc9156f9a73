//! Servers whose tasks have as many threads as they are told.

use std::{fs, os::unix::process::ExitStatusExt, thread};

use rustix::process::Signal;

use crate::{client::Client, server::Server};

/// Each server, and what says how many threads its tasks have.
const SERVERS: [(&str, &str); 3] = [
    ("http-tokio", "TOKIO_WORKER_THREADS"),
    ("http-async-std", "ASYNC_STD_THREAD_COUNT"),
    ("http-smol", "SMOL_THREADS"),
];

fn clients(server: &Server) -> Vec<Client> {
    let mut clients: Vec<_> = (0..12).map(|_| Client::to(server.address)).collect();
    for client in &mut clients {
        assert_eq!(client.get("/health").text(), "ok\n");
    }
    clients
}

#[test]
fn a_runtime_has_as_many_threads_as_it_is_told() {
    for (variant, setting) in SERVERS {
        let threads = |count| {
            let server = Server::start(variant, &[(setting, count)]);
            let _clients = clients(&server);
            let path = format!("/proc/{}/task", server.id().as_raw_nonzero());
            fs::read_dir(path).expect("it runs").count()
        };
        assert_eq!(threads("3"), threads("1") + 2, "{variant}");
    }
}

#[test]
fn on_several_threads_it_stops_as_on_one() {
    thread::scope(|scope| {
        for (variant, setting) in SERVERS {
            scope.spawn(move || {
                let settings = [(setting, "3"), ("DRAIN", "600"), ("PATIENCE", "600")];
                let mut server = Server::start(variant, &settings);
                let mut clients = clients(&server);
                for client in &mut clients[..4] {
                    let path = "GET /stream/200000 HTTP/1.1\r\nhost: test\r\n\r\n";
                    client.send(path).head().expect("it is open");
                }
                server.signal(Signal::TERM);
                for client in &mut clients {
                    let _ = client.rest(); // It may be reset.
                }
                let (status, said) = server.ended();
                assert_eq!(status.signal(), Some(15), "{said}");
                let all = "\nrequests: 16, answered: 16, not answered to the end: 0; ";
                assert!(said.contains(all), "{variant}: {said}");
                assert!(said.ends_with("connections: 12, cut off: 0\n"), "{variant}: {said}");
            });
        }
    });
}
