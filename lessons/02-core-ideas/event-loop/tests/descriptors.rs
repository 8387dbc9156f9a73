//! Whatever happens to sockets, their descriptors are given back.
//!
//! A program of its own, since tests beside this one would have descriptors too.

#![cfg(all(target_os = "linux", not(event_loop_loom)))]

use std::{
    fs,
    future::{pending, poll_fn},
    task::{Poll, Waker},
    thread,
    time::Duration,
};

use event_loop::{
    EventLoop,
    net::{TcpListener, TcpStream},
    spawn, timeout, yield_now,
};
use futures_util::{AsyncReadExt, AsyncWriteExt};

fn descriptors() -> usize {
    fs::read_dir("/proc/self/fd").expect("Linux has it").count()
}

/// Sockets that are dropped in order, with a task that is cancelled, with a wait that is given up, and with the loop.
fn use_many() {
    EventLoop::new().block_on(async {
        let mut listener = TcpListener::bind(([127, 0, 0, 1], 0).into()).expect("there is a free port");
        let address = listener.local_addr().expect("it has one");
        for round in 0..50 {
            let mut client = TcpStream::connect(address).await.expect("somebody listens");
            let (mut server, _) = listener.accept().await.expect("the client has come");
            let task = spawn(async move {
                let _ = server.read(&mut [0; 2]).await;
                pending::<()>().await;
            });
            client.write_all(b"x").await.expect("there is room for it");
            yield_now().await;
            match round % 3 {
                0 => task.detach(),
                1 => drop(task.cancel().await),
                _ => drop(timeout(Duration::ZERO, client.read(&mut [0])).await),
            }
        }
    });
}

/// A waker may outlive its loop, and the loop's reactor. It has been called while the loop slept there.
fn keep_a_waker() -> Waker {
    EventLoop::new().block_on(async {
        let _listener = TcpListener::bind(([127, 0, 0, 1], 0).into()).expect("there is a free port");
        let mut other = None;
        let kept = poll_fn(|cx| match other.take() {
            None => {
                let waker = cx.waker().clone();
                other = Some(thread::spawn(move || waker.wake()));
                Poll::Pending
            }
            Some(thread) => {
                thread.join().expect("it does not panic");
                Poll::Ready(cx.waker().clone())
            }
        });
        kept.await
    })
}

#[test]
fn are_all_given_back() {
    let before = descriptors();
    let mut kept = Vec::new();
    for _ in 0..3 {
        use_many();
        kept.push(keep_a_waker());
        assert_eq!(descriptors(), before);
    }
}
