//! What becomes of sockets when their loop, their task or their thread ends.

use std::{io::Read, net::SocketAddr, rc::Rc};

use event_loop::{EventLoop, net::TcpStream, spawn, yield_now};
use futures_util::{AsyncReadExt, AsyncWriteExt};

use crate::support::{listen, pair, run, run_on, std_client};

/// A task that waits for a client for ever, and the client.
fn waits_for_ever(event_loop: &EventLoop) -> std::net::TcpStream {
    run_on(event_loop, async {
        let (mut listener, address) = listen();
        let client = std_client(address);
        spawn(async move {
            let (mut stream, _) = listener.accept().await.expect("the client has come");
            stream.write_all(b"welcome").await.expect("there is room for it");
            stream.read(&mut [0]).await.map(drop)
        })
        .detach();
        for _ in 0..10 {
            yield_now().await;
        }
        client
    })
}

#[test]
fn dropping_the_loop_closes_its_sockets() {
    let event_loop = EventLoop::new();
    let mut client = waits_for_ever(&event_loop);
    let mut heard = [0; 7];
    client.read_exact(&mut heard).expect("the task has written");
    drop(event_loop);
    assert_eq!(client.read(&mut heard).expect("no error"), 0, "the connection is closed");
}

#[test]
fn what_was_written_arrives_although_the_socket_is_dropped() {
    run(async {
        let (mut ours, mut theirs) = pair().await;
        ours.write_all(b"last words").await.expect("there is room for it");
        drop(ours);
        let mut heard = String::new();
        theirs.read_to_string(&mut heard).await.expect("no error");
        assert_eq!(heard, "last words");
    });
}

#[test]
fn a_cancelled_task_closes_its_socket() {
    run(async {
        let (mut ours, mut theirs) = pair().await;
        let task = spawn(async move { ours.read(&mut [0]).await });
        yield_now().await;
        assert!(task.cancel().await.is_err());
        assert_eq!(theirs.read(&mut [0]).await.expect("no error"), 0);
    });
}

/// Sockets that outlive their loop can be asked, and dropped.
#[test]
fn a_socket_may_outlive_its_loop() {
    let event_loop = EventLoop::new();
    let (listener, address, streams) = run_on(&event_loop, async {
        let (listener, address) = listen();
        (listener, address, pair().await)
    });
    drop(event_loop);
    assert_eq!(listener.local_addr().ok(), Some(address));
    drop((listener, streams));
}

#[test]
#[should_panic(expected = "a socket can be awaited only on the event loop on which it was made")]
fn a_socket_of_another_loop_says_so() {
    let (mut stream, _other_end) = run(pair());
    run(async { stream.read(&mut [0]).await.map(drop) }).expect("it never gets there");
}

/// Also one that need not wait.
#[test]
#[should_panic(expected = "a socket can be awaited only on the event loop on which it was made")]
fn a_socket_of_another_loop_says_so_although_it_is_ready() {
    let (mut stream, _other_end) = run(pair());
    run(async { stream.write(b"x").await.map(drop) }).expect("it never gets there");
}

/// Another executor does not renew the budget, so a socket that is ready would be refused for ever.
#[test]
#[should_panic(expected = "call this inside `EventLoop::block_on`")]
fn a_socket_under_another_executor_says_what_to_do() {
    let (mut stream, _other_end) = run(pair());
    futures_util::future::FutureExt::now_or_never(stream.write(b"x"));
}

#[test]
#[should_panic(expected = "call this inside `EventLoop::block_on`")]
fn a_listener_under_another_executor_says_what_to_do() {
    let (mut listener, _) = run(async { listen() });
    futures_util::future::FutureExt::now_or_never(listener.accept());
}

#[test]
#[should_panic(expected = "call this inside `EventLoop::block_on`")]
fn a_socket_without_a_loop_says_what_to_do() {
    drop(event_loop::net::TcpListener::bind(crate::support::ANY_PORT));
}

/// A place in the reactor's table is used again. What the system says of the one is nothing to the other.
#[test]
fn sockets_that_come_and_go() {
    run(async {
        let (mut listener, address) = listen();
        let server = spawn(async move {
            loop {
                let Ok((mut stream, _)) = listener.accept().await else { continue };
                spawn(async move { stream.write_all(b"x").await }).detach();
            }
        });
        for round in 0..500 {
            let mut stream = connect(address).await;
            if round % 3 == 0 {
                continue; // Gone before the answer comes.
            }
            stream.read_exact(&mut [0]).await.expect("the server answers");
        }
        drop(server);
    });
}

async fn connect(address: SocketAddr) -> TcpStream {
    TcpStream::connect(address).await.expect("somebody listens")
}

/// The handle keeps it, and its reactor, when the loop has gone.
#[test]
fn a_result_that_holds_a_socket() {
    let event_loop = EventLoop::new();
    let task = event_loop.spawn(async { Rc::new(pair().await) });
    let sockets = run_on(&event_loop, task).expect("no panic");
    let kept = event_loop.spawn(async move { sockets });
    run_on(&event_loop, yield_now());
    drop(event_loop);
    drop(kept);
}
