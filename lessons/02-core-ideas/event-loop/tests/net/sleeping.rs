//! A loop that has sockets sleeps in the reactor. Everything that ends its sleep elsewhere has to end it there.

use std::{
    future::{pending, poll_fn},
    io::Write,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    task::{Context, Poll, Wake, Waker},
    thread,
    time::{Duration, Instant},
};

use event_loop::{EventLoop, TimedOut, join_all, now, sleep, spawn, timeout, yield_now};
use futures_util::{AsyncRead, AsyncReadExt, AsyncWriteExt, task::AtomicWaker};

use crate::support::{listen, pair, run, run_on, std_client};

const HOUR: Duration = Duration::from_secs(3600);

/// Gives a waker to whoever listens, and waits until it is called.
async fn woken_by(listener: &mpsc::Sender<Waker>) {
    let mut has_asked = false;
    poll_fn(|cx| {
        if has_asked {
            return Poll::Ready(());
        }
        has_asked = true;
        listener.send(cx.waker().clone()).expect("the other thread listens");
        Poll::Pending
    })
    .await;
}

#[test]
fn a_wake_from_another_thread_ends_it() {
    let (sender, receiver) = mpsc::channel::<Waker>();
    let other = thread::spawn(move || {
        for waker in receiver {
            waker.wake();
        }
    });
    run(async {
        let _listener = listen();
        for _ in 0..1_000 {
            woken_by(&sender).await;
        }
        drop(sender);
    });
    other.join().expect("it does not panic");
}

/// Many threads wake many tasks, round after round. The loop falls asleep between the rounds, and a wake that is lost
/// leaves it asleep.
#[test]
fn a_storm_of_wakes_ends_it() {
    const THREADS: usize = 8;
    const TASKS: usize = 16;
    const ROUNDS: usize = 200;
    let letters: Arc<[Letters; TASKS]> = Arc::default();
    let threads: Vec<_> = (0..THREADS)
        .map(|place| {
            let letters = Arc::clone(&letters);
            let (go, rounds) = mpsc::channel();
            let thread = thread::spawn(move || {
                for () in rounds {
                    // Each begins with another task.
                    for task in 0..TASKS {
                        let Letters { arrived, reader } = &letters[(place + task) % TASKS];
                        arrived.fetch_add(1, Ordering::Relaxed);
                        reader.wake();
                    }
                }
            });
            (go, thread)
        })
        .collect();
    run(async {
        let _listener = listen();
        for round in 1..=ROUNDS {
            let tasks = (0..TASKS).map(|task| {
                let letters = Arc::clone(&letters);
                spawn(async move { letters[task].wait_for(round * THREADS).await })
            });
            let tasks: Vec<_> = tasks.collect();
            for (go, _) in &threads {
                go.send(()).expect("the thread listens");
            }
            join_all(tasks).await.expect("all of them end well");
        }
    });
    for (go, thread) in threads {
        drop(go);
        thread.join().expect("it does not panic");
    }
}

/// What threads send to a task.
#[derive(Default)]
struct Letters {
    arrived: AtomicUsize,
    reader: AtomicWaker,
}

impl Letters {
    async fn wait_for(&self, letters: usize) {
        poll_fn(|cx| {
            self.reader.register(cx.waker());
            if self.arrived.load(Ordering::Relaxed) < letters { Poll::Pending } else { Poll::Ready(()) }
        })
        .await;
    }
}

/// The loop sleeps on its condition variable until the first socket is made, which a wake from outside brings about.
#[test]
fn the_first_socket_can_come_late() {
    let (sender, receiver) = mpsc::channel::<Waker>();
    let other = thread::spawn(move || receiver.iter().for_each(Waker::wake));
    run(async {
        for round in 0..100 {
            woken_by(&sender).await;
            if round == 50 {
                drop(listen());
            }
        }
        drop(sender);
    });
    other.join().expect("it does not panic");
}

/// Wakers may be called when the loop and its reactor have gone.
#[test]
fn a_wake_after_the_loop_has_gone_is_harmless() {
    let event_loop = EventLoop::new();
    let waker = run_on(&event_loop, async {
        let _listener = listen();
        poll_fn(|cx| Poll::Ready(cx.waker().clone())).await
    });
    drop(event_loop);
    waker.wake_by_ref();
    thread::spawn(move || waker.wake()).join().expect("it does not panic");
}

#[test]
fn a_timer_ends_it_and_not_too_early() {
    run(async {
        let (mut client, _server) = pair().await;
        let reader = spawn(async move { client.read(&mut [0]).await });
        let began = Instant::now();
        for _ in 0..5 {
            sleep(Duration::from_micros(2_500)).await;
        }
        assert!(began.elapsed() >= Duration::from_micros(12_500));
        assert!(reader.cancel().await.is_err(), "nobody has written");
    });
}

/// A loop that waits for sockets and timers sleeps in the operating system.
#[cfg(unix)]
#[test]
fn it_costs_no_cpu() {
    use rustix::time::{ClockId, clock_gettime};
    let cpu = || Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).expect("time does not run backwards");

    run(async {
        let (mut client, mut server) = pair().await;
        let (mut listener, _) = listen();
        // The listener waits; the client could write at any time; and the server has something to read, but does not.
        spawn(async move { listener.accept().await.map(drop) }).detach();
        client.write_all(b"unread").await.expect("there is room for it");
        spawn(async move { client.read(&mut [0]).await.map(drop) }).detach();
        let before = cpu();
        sleep(Duration::from_secs(1)).await;
        let spent = cpu().saturating_sub(before);
        // A loop that looked again and again would spend all of the second.
        assert!(spent < Duration::from_millis(100), "{spent:?}");
        server.read_exact(&mut [0; 6]).await.expect("it was there all the time");
    });
}

/// A waker that is not the loop's ends the run if it panics. The sockets that became ready with its own are not
/// forgotten, although the system says it only once.
#[test]
fn a_waker_that_panics_takes_no_other_with_it() {
    struct PanickingWaker;
    impl Wake for PanickingWaker {
        fn wake(self: Arc<Self>) {
            resume_unwind(Box::new("in a waker"));
        }
    }
    let event_loop = EventLoop::new();
    let (peers, _foreign, readers) = run_on(&event_loop, async {
        let waker = Arc::new(PanickingWaker).into();
        let (mut foreign, first) = pair().await;
        assert!(Pin::new(&mut foreign).poll_read(&mut Context::from_waker(&waker), &mut [0]).is_pending());
        let (mut peers, mut readers) = (vec![first], Vec::new());
        for _ in 0..3 {
            let (mut reader, peer) = pair().await;
            peers.push(peer);
            readers.push(spawn(async move { reader.read_exact(&mut [0]).await }));
        }
        yield_now().await;
        (peers, foreign, readers)
    });
    let all_at_once = AssertUnwindSafe(|| {
        run_on(&event_loop, async {
            for peer in &peers {
                (&mut &*peer).write_all(b"x").await.expect("there is room for it");
            }
            pending::<()>().await;
        });
    });
    assert!(catch_unwind(all_at_once).is_err());
    for read in run_on(&event_loop, join_all(readers)).expect("all of them end well") {
        read.expect("the peer has written");
    }
}

/// Without timers, virtual time has nowhere to go. So there the loop waits for its sockets.
#[test]
fn virtual_time_waits_for_sockets_when_no_timer_is_set() {
    let event_loop = EventLoop::with_virtual_clock();
    event_loop.block_on(async {
        let start = now();
        let (mut listener, address) = listen();
        let client = thread::spawn(move || std_client(address).write_all(b"x").expect("the server reads"));
        let (mut stream, _) = listener.accept().await.expect("the client comes");
        stream.read_exact(&mut [0]).await.expect("the client writes");
        assert_eq!(now(), start);
        client.join().expect("it does not panic");
    });
}

/// It does not wait for a peer. But what a peer has sent comes before the next timer.
#[test]
fn virtual_time_jumps_when_no_socket_can_go_on() {
    EventLoop::with_virtual_clock().block_on(async {
        let start = now();
        let (client, mut server) = pair().await;
        assert_eq!(timeout(HOUR, server.read(&mut [0])).await.err(), Some(TimedOut));
        assert_eq!(now() - start, HOUR);

        let reader = spawn(async move { timeout(HOUR, server.read_exact(&mut [0])).await });
        sleep(Duration::ZERO).await;
        (&client).write_all(b"x").await.expect("the server reads");
        reader.await.expect("no panic").expect("it comes before the timer").expect("no error");
        assert_eq!(now() - start, HOUR);
    });
}

/// Two loops on two threads, each with a reactor of its own.
#[test]
fn each_loop_has_its_own() {
    let (sender, receiver) = mpsc::channel();
    let server = thread::spawn(move || {
        run(async {
            let (mut listener, address) = listen();
            sender.send(address).expect("the client waits for it");
            let (stream, _) = listener.accept().await.expect("the client comes");
            crate::support::echo(stream).await
        })
    });
    let address = receiver.recv().expect("the server listens");
    run(async {
        let mut stream = event_loop::net::TcpStream::connect(address).await.expect("the server listens");
        let mut heard = [0; 5];
        stream.write_all(b"hello").await.expect("the server reads");
        stream.read_exact(&mut heard).await.expect("the server answers");
        assert_eq!(&heard, b"hello");
    });
    assert_eq!(server.join().expect("no panic").expect("no error"), 5);
}
