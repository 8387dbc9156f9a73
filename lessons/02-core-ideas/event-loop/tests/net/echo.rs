//! Bytes there and back.

use std::{
    cell::Cell,
    future::poll_fn,
    io::{IoSlice, IoSliceMut, Read, Write},
    pin::Pin,
    rc::Rc,
    task::Poll,
    thread,
};

use event_loop::{join_all, net::TcpStream, spawn, yield_now};
use futures_util::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use crate::support::{echo, listen, pair, run, std_client};

#[test]
fn between_two_tasks() {
    run(async {
        let (mut listener, address) = listen();
        let server = spawn(async move { echo(listener.accept().await?.0).await });
        let client = spawn(async move {
            let mut stream = TcpStream::connect(address).await?;
            stream.write_all(b"hello").await?;
            stream.close().await?;
            let mut text = String::new();
            stream.read_to_string(&mut text).await?;
            std::io::Result::Ok(text)
        });
        assert_eq!(client.await.expect("no panic").expect("no error"), "hello");
        assert_eq!(server.await.expect("no panic").expect("no error"), 5);
    });
}

/// Head and body of an answer go out with one call.
#[test]
fn several_buffers_at_once() {
    run(async {
        let (mut ours, mut theirs) = pair().await;
        let slices = [&b"head, "[..], b"", b"body"].map(IoSlice::new);
        assert_eq!(ours.write_vectored(&slices).await.expect("there is room for it"), 10);
        assert_eq!((&ours).write_vectored(&slices).await.expect("there is room for it"), 10);
        ours.close().await.expect("no error");

        let mut whole = [0; 20];
        theirs.read_exact(&mut whole[..1]).await.expect("no error");
        let (head, body) = whole[1..].split_at_mut(5);
        // Two small writes can come one after the other.
        let read = theirs.read_vectored(&mut [head, body].map(IoSliceMut::new)).await.expect("no error");
        assert!(read > 5, "only {read} bytes, which the first buffer could hold");
        theirs.read_exact(&mut whole[1 + read..]).await.expect("no error");
        assert_eq!(whole, *b"head, bodyhead, body");
    });
}

#[test]
fn with_a_client_on_another_thread() {
    run(async {
        let (mut listener, address) = listen();
        let client = thread::spawn(move || {
            let mut stream = std_client(address);
            for round in 0..1_000_u32 {
                stream.write_all(&round.to_be_bytes()).expect("the server reads");
                let mut answer = [0; 4];
                stream.read_exact(&mut answer).expect("the server answers");
                assert_eq!(u32::from_be_bytes(answer), round);
            }
        });
        let (stream, peer) = listener.accept().await.expect("the client comes");
        assert!(peer.ip().is_loopback());
        assert_eq!(echo(stream).await.expect("no error"), 4_000);
        client.join().expect("it does not panic");
    });
}

/// More sockets than some systems allow a process by default.
#[test]
fn with_many_clients_at_once() {
    const CLIENTS: usize = 200;
    #[cfg(unix)]
    {
        use rustix::process::{Resource, getrlimit, setrlimit};
        let mut limit = getrlimit(Resource::Nofile);
        limit.current = limit.current.map(|current| current.max(limit.maximum.map_or(4_096, |most| most.min(4_096))));
        setrlimit(Resource::Nofile, limit).expect("a limit can be raised as far as it goes");
    }
    run(async {
        let (mut listener, address) = listen();
        let connected = Rc::new(Cell::new(0));
        let server = spawn(async move {
            let mut echoes = Vec::new();
            for _ in 0..CLIENTS {
                let (stream, _) = listener.accept().await.expect("the clients come");
                echoes.push(spawn(echo(stream)));
            }
            join_all(echoes).await.expect("none of them panics")
        });
        let clients = (0..CLIENTS).map(|client| {
            let connected = Rc::clone(&connected);
            spawn(async move {
                let mut stream = TcpStream::connect(address).await.expect("somebody listens");
                connected.set(connected.get() + 1);
                while connected.get() < CLIENTS {
                    yield_now().await;
                }
                let (said, mut heard) = (client.to_be_bytes(), [0; size_of::<usize>()]);
                stream.write_all(&said).await.expect("the server reads");
                stream.read_exact(&mut heard).await.expect("the server answers");
                assert_eq!(said, heard);
            })
        });
        join_all(clients).await.expect("none of them panics");
        let echoed = server.await.expect("no panic");
        assert!(echoed.iter().all(|echoed| matches!(echoed, Ok(8 | 4))), "{echoed:?}");
    });
}

const MANY_BYTES: usize = 16 << 20;

/// What stands at this place of the data.
#[expect(clippy::cast_possible_truncation, reason = "the remainder fits")]
fn byte(place: usize) -> u8 {
    (place % 251) as u8
}

/// Writes all of the data, and keeps account of how far it has come.
async fn write_much(stream: Rc<TcpStream>, written: Rc<Cell<usize>>) {
    let data: Vec<_> = (0..MANY_BYTES).map(byte).collect();
    while written.get() < MANY_BYTES {
        let rest = &data[written.get()..];
        let length = poll_fn(|cx| Pin::new(&mut &*stream).poll_write(cx, rest)).await.expect("the peer reads");
        written.set(written.get() + length);
    }
    (&*stream).close().await.expect("it can be closed");
}

/// Waits until the writer at the other end can't go on, and only then reads all of it.
async fn read_much(stream: Rc<TcpStream>, written: Rc<Cell<usize>>) {
    loop {
        let before = written.get();
        for _ in 0..100 {
            yield_now().await;
        }
        if before > 0 && written.get() == before {
            break;
        }
    }
    assert!(written.get() < MANY_BYTES, "the system has no room for all of it");
    let (mut buffer, mut place) = (vec![0; 100_000], 0);
    loop {
        let length = poll_fn(|cx| Pin::new(&mut &*stream).poll_read(cx, &mut buffer)).await.expect("the peer writes");
        if length == 0 {
            break;
        }
        assert!(buffer[..length].iter().enumerate().all(|(at, &is)| is == byte(place + at)), "at {place}");
        place += length;
    }
    assert_eq!(place, MANY_BYTES);
}

/// Both ends write more than the system holds, and have to wait until the other has read.
#[test]
fn much_in_both_directions_at_once() {
    run(async {
        let (client, server) = pair().await;
        let (client, server) = (Rc::new(client), Rc::new(server));
        let [by_client, by_server] = [(); 2].map(|()| Rc::new(Cell::new(0)));
        let tasks = [
            spawn(write_much(Rc::clone(&client), Rc::clone(&by_client))),
            spawn(write_much(Rc::clone(&server), Rc::clone(&by_server))),
            spawn(read_much(client, by_server)),
            spawn(read_much(server, by_client)),
        ];
        join_all(tasks).await.expect("none of them panics");
    });
}

/// A wait that is dropped half way takes no bytes with it.
#[test]
fn a_read_that_is_given_up_loses_nothing() {
    run(async {
        let (mut client, mut server) = pair().await;
        let mut buffer = [0; 5];
        let given_up = poll_fn(|cx| Poll::Ready(Pin::new(&mut server).poll_read(cx, &mut buffer).is_pending())).await;
        assert!(given_up);
        client.write_all(b"hello").await.expect("the server reads");
        server.read_exact(&mut buffer).await.expect("the client writes");
        assert_eq!(&buffer, b"hello");
    });
}
