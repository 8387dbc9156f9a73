//! Peers that are slow, rude, or not there.

use std::{
    io::{ErrorKind, Read, Write},
    net::Shutdown,
    pin::pin,
    rc::Rc,
    thread,
    time::Duration,
};

use event_loop::{TimedOut, net::TcpStream, sleep, spawn, timeout, yield_now};
use futures_util::{AsyncReadExt, AsyncWriteExt};

use crate::support::{ANY_PORT, echo, listen, pair, patient, poll_once, reset, run, std_client};

#[test]
fn one_that_sends_a_byte_at_a_time() {
    let message: Vec<_> = (0..=255).collect();
    run(async {
        let (mut listener, address) = listen();
        let bytes = message.clone();
        let client = thread::spawn(move || {
            let mut stream = std_client(address);
            stream.set_nodelay(true).expect("it is connected");
            for byte in bytes {
                stream.write_all(&[byte]).expect("the server reads");
                thread::yield_now();
            }
            stream
        });
        let (mut stream, _) = listener.accept().await.expect("the client comes");
        let mut heard = vec![0; message.len()];
        stream.read_exact(&mut heard).await.expect("the client writes");
        assert_eq!(heard, message);
        drop(client.join().expect("it does not panic"));
        assert_eq!(stream.read(&mut heard).await.expect("no error"), 0);
    });
}

/// It says that it has said all, and hears the answer nevertheless.
#[test]
fn one_that_closes_its_direction() {
    run(async {
        let (mut listener, address) = listen();
        let client = thread::spawn(move || {
            let mut stream = std_client(address);
            stream.write_all(b"a question").expect("the server reads");
            stream.shutdown(Shutdown::Write).expect("it is connected");
            let mut answer = String::new();
            stream.read_to_string(&mut answer).expect("the server answers");
            answer
        });
        let (mut stream, _) = listener.accept().await.expect("the client comes");
        let mut question = String::new();
        stream.read_to_string(&mut question).await.expect("the client asks");
        assert_eq!(question, "a question");
        // The end stays the end.
        assert_eq!(stream.read(&mut [0]).await.expect("no error"), 0);
        stream.write_all(b"an answer").await.expect("the client still reads");
        drop(stream);
        assert_eq!(client.join().expect("it does not panic"), "an answer");
    });
}

#[test]
fn one_that_resets_while_we_read() {
    run(async {
        let (mut listener, address) = listen();
        let client = std_client(address);
        let (mut stream, _) = listener.accept().await.expect("the client has come");
        let reader = spawn(async move { stream.read(&mut [0]).await });
        yield_now().await;
        reset(client);
        let error = reader.await.expect("no panic").expect_err("the connection is gone");
        assert_eq!(error.kind(), ErrorKind::ConnectionReset);
        // The loop and its listener go on.
        let mut next = std_client(address);
        let server = spawn(async move { echo(listener.accept().await?.0).await });
        next.write_all(b"hello").expect("there is room for it");
        next.shutdown(Shutdown::Write).expect("it is connected");
        assert_eq!(server.await.expect("no panic").expect("no error"), 5);
    });
}

#[test]
fn one_that_resets_while_we_write() {
    run(async {
        let (mut listener, address) = listen();
        let client = std_client(address);
        let (mut stream, _) = listener.accept().await.expect("the client has come");
        let writer = spawn(async move {
            loop {
                if let Err(error) = stream.write(&[0; 10_000]).await {
                    return error;
                }
            }
        });
        yield_now().await;
        reset(client);
        let error = writer.await.expect("no panic");
        assert!(
            matches!(error.kind(), ErrorKind::ConnectionReset | ErrorKind::BrokenPipe | ErrorKind::ConnectionAborted),
            "{error}"
        );
    });
}

/// A timeout strikes, the loop goes on, and so does the connection.
#[test]
fn one_that_stalls() {
    run(async {
        let stalled = std::net::TcpListener::bind(ANY_PORT).expect("there is a free port");
        let address = stalled.local_addr().expect("it has one");
        let mut stream = TcpStream::connect(address).await.expect("somebody listens");
        let mut buffer = [0; 4];
        for _ in 0..3 {
            assert_eq!(timeout(Duration::from_millis(5), stream.read(&mut buffer)).await.err(), Some(TimedOut));
        }
        let (mut client, server) = pair().await;
        let server = spawn(echo(server));
        client.write_all(b"hello").await.expect("the server reads");
        client.close().await.expect("it is connected");
        assert_eq!(server.await.expect("no panic").expect("no error"), 5);

        let (mut late, _) = stalled.accept().expect("a connection is in the queue");
        patient(&late);
        late.write_all(b"late").expect("there is room for it");
        stream.read_exact(&mut buffer).await.expect("the peer writes");
        assert_eq!(&buffer, b"late");
    });
}

/// A port that is taken, and where nobody listens.
#[test]
fn one_that_is_not_there() {
    use socket2::{Domain, Socket, Type};
    run(async {
        let taken = Socket::new(Domain::IPV4, Type::STREAM, None).expect("there is room for a socket");
        taken.bind(&ANY_PORT.into()).expect("there is a free port");
        let address = taken.local_addr().ok().and_then(|address| address.as_socket()).expect("it has one");
        let error = TcpStream::connect(address).await.expect_err("nobody listens");
        assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
    });
}

#[test]
fn one_that_has_gone_before_it_is_accepted() {
    run(async {
        let (mut listener, address) = listen();
        drop(std_client(address));
        let (mut stream, _) = listener.accept().await.expect("it was there");
        assert_eq!(stream.read(&mut [0]).await.expect("it has left in good order"), 0);

        // Which of the two says so depends on the system.
        reset(std_client(address));
        if let Ok((mut stream, _)) = listener.accept().await {
            stream.read(&mut [0]).await.expect_err("it has left without a word");
        }

        let mut client = std_client(address);
        client.write_all(b"hello").expect("there is room for it");
        drop(client);
        let (stream, _) = listener.accept().await.expect("it was there");
        // Whether it hears of us is its own business.
        let _ = echo(stream).await;
    });
}

#[test]
fn an_address_that_is_taken() {
    run(async {
        let (_listener, address) = listen();
        let error = event_loop::net::TcpListener::bind(address).expect_err("it is taken");
        assert_eq!(error.kind(), ErrorKind::AddrInUse);
    });
}

/// Of two tasks that share a socket one is cancelled while it waits to read. The other still writes.
#[test]
fn a_half_that_is_dropped_leaves_the_other_half() {
    run(async {
        let (ours, mut theirs) = pair().await;
        let ours = Rc::new(ours);
        let reader = spawn({
            let ours = Rc::clone(&ours);
            async move { (&*ours).read(&mut [0]).await }
        });
        yield_now().await;
        assert!(reader.cancel().await.is_err());
        (&*ours).write_all(b"still here").await.expect("the peer reads");
        drop(ours);
        let mut heard = String::new();
        theirs.read_to_string(&mut heard).await.expect("the peer writes");
        assert_eq!(heard, "still here");
    });
}

/// The way to end a task that reads, from another that shares its socket.
#[cfg(not(windows))]
#[test]
fn a_shutdown_ends_a_wait_of_another_task() {
    run(async {
        let (ours, _theirs) = pair().await;
        let ours = Rc::new(ours);
        let reader = spawn({
            let ours = Rc::clone(&ours);
            async move { (&*ours).read(&mut [0]).await }
        });
        yield_now().await;
        assert!(!reader.is_finished());
        ours.shutdown(Shutdown::Both).expect("it is connected");
        assert_eq!(reader.await.expect("no panic").expect("no error"), 0);
        // Once more is no error.
        ours.shutdown(Shutdown::Both).expect("nothing is left to refuse");
    });
}

/// A socket goes from one task to another between two polls of its read. The last one counts.
#[test]
fn a_wait_can_change_its_task() {
    run(async {
        let (mut client, mut server) = pair().await;
        let mut read = Box::pin(async move {
            let mut buffer = [0; 5];
            server.read_exact(&mut buffer).await.map(|()| buffer)
        });
        assert!(poll_once(&mut read).await.is_pending());
        let other = spawn(read);
        yield_now().await;
        client.write_all(b"hello").await.expect("the server reads");
        assert_eq!(&other.await.expect("no panic").expect("no error"), b"hello");
    });
}

/// A connection that is given up before it is made.
#[test]
fn a_connect_that_is_dropped() {
    run(async {
        let (mut listener, address) = listen();
        {
            let mut connect = pin!(TcpStream::connect(address));
            let _ = poll_once(&mut connect).await;
        }
        sleep(Duration::ZERO).await;
        let mut client = std_client(address);
        client.write_all(b"x").expect("there is room for it");
        // The first may have come and gone.
        loop {
            let (mut stream, _) = listener.accept().await.expect("a client comes");
            if matches!(stream.read(&mut [0]).await, Ok(1)) {
                break;
            }
        }
    });
}
