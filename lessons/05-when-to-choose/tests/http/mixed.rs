//! A route that waits and computes: where it computes decides which clients wait for it.

use std::{fs, thread};

use crate::{
    client::Client,
    server::{self, Server, also_on_python},
};

also_on_python! {
    what_computes_in_a_task_holds_the_others_up_and_elsewhere_it_does_not
    it_answers_as_if_it_had_done_either
}

/// Up to where primes are counted. It takes much longer than a light request, in Python too.
const BELOW: u32 = 10_000_000;

/// More than there are threads for tasks.
const CLIENTS: usize = 4;

/// Few threads for tasks, on a machine with however many cores.
const FEW: [(&str, &str); 2] = [("TOKIO_WORKER_THREADS", "2"), ("ASYNC_STD_THREAD_COUNT", "2")];

/// When so much has been computed, in hundredths of a second, nothing waits any more.
const BEGUN: u64 = 10;

/// The same on Python, which has one thread for tasks, and needs less for the whole count.
const BEGUN_ON_PYTHON: u64 = 4;

/// CPU time of a server, in hundredths of a second.
fn cpu_time(server: &Server) -> u64 {
    let path = format!("/proc/{}/stat", server.id().as_raw_nonzero());
    let told = fs::read_to_string(path).expect("it runs");
    // The name of the program comes before, in brackets.
    let (_, figures) = told.rsplit_once(')').expect("it has a name");
    let figure = figures.split_whitespace().nth(11).and_then(|figure| figure.parse().ok());
    figure.expect("it is a number")
}

/// Whether a light request is answered before any of those that compute when it comes.
fn is_light_first(variant: &str, path: &str) -> bool {
    let server = Server::start(variant, &FEW);
    let mut clients = [(); CLIENTS + 1].map(|()| Client::to(server.address));
    for client in &mut clients {
        client.get("/health");
    }
    let [mut light, mut heavy @ ..] = clients;
    let before = cpu_time(&server);
    for client in &mut heavy {
        client.send(format!("GET /{path}/{BELOW} HTTP/1.1\r\nhost: test\r\n\r\n"));
        client.stream.set_nonblocking(true).expect("it is a socket");
    }
    let begun = if variant == server::PYTHON { BEGUN_ON_PYTHON } else { BEGUN };
    while cpu_time(&server) < before + begun {
        thread::yield_now();
    }
    assert_eq!(light.get("/health").text(), "ok\n");
    // What was answered before the light request is there when its answer is.
    heavy.iter().all(|client| client.stream.peek(&mut [0]).is_err())
}

#[test]
fn what_computes_in_a_task_holds_the_others_up_and_elsewhere_it_does_not() {
    for variant in server::all() {
        let is_on_threads = server::ON_THREADS.contains(variant);
        assert!(is_light_first(variant, "mixed"), "{variant}");
        assert_eq!(is_light_first(variant, "naive"), is_on_threads, "{variant}");
    }
}

#[test]
fn it_answers_as_if_it_had_done_either() {
    server::each(&[], |server| {
        let mut client = Client::to(server.address);
        for path in ["mixed", "naive"] {
            let text = client.get(&format!("/{path}/1000")).text().to_owned();
            assert_eq!(text, "168 primes below 1000\n", "{path}");
        }
        let most = client.get("/mixed/10000001");
        assert_eq!(most.text(), "this takes a whole number from 0 to 10000000\n");
    });
}
