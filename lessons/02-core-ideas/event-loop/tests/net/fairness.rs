//! Nobody starves: not beside a socket that is always ready, and no socket beside tasks that are.

use std::{cell::Cell, rc::Rc, time::Duration};

use event_loop::{net::TcpStream, sleep, spawn, yield_now};
use futures_util::{AsyncReadExt, AsyncWriteExt};

use crate::support::{echo, pair, run};

/// So many rounds take far longer than the timer that has to fire meanwhile.
const MOST_ROUNDS: u32 = 200_000;

/// Sends a byte from one end to the other, again and again. What was sent is there at once, so this never has to wait.
/// Ends when it is told to, or after many rounds.
async fn never_waits(mut from: TcpStream, mut to: TcpStream, rounds: Rc<Cell<u32>>, stop: Rc<Cell<bool>>) {
    while !stop.get() && rounds.get() < MOST_ROUNDS {
        from.write_all(b"x").await.expect("the other end reads");
        to.read_exact(&mut [0]).await.expect("the other end writes");
        rounds.set(rounds.get() + 1);
    }
}

#[test]
fn a_socket_that_is_always_ready_holds_up_no_timer() {
    run(async {
        let (from, to) = pair().await;
        let (rounds, stop) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(false)));
        let busy = spawn(never_waits(from, to, Rc::clone(&rounds), Rc::clone(&stop)));
        sleep(Duration::from_millis(1)).await;
        stop.set(true);
        busy.await.expect("it does not panic");
        assert!((1..MOST_ROUNDS).contains(&rounds.get()), "{} rounds", rounds.get());
    });
}

/// Between two turns of one task the other succeeds a bounded number of times.
#[test]
fn a_socket_that_is_always_ready_holds_up_no_task() {
    run(async {
        let (from, to) = pair().await;
        let (rounds, stop) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(false)));
        let busy = spawn(never_waits(from, to, Rc::clone(&rounds), Rc::clone(&stop)));
        for _ in 0..100 {
            let before = rounds.get();
            yield_now().await;
            let done = rounds.get() - before;
            // Sixty-four times ready in a poll, and each round is two of them.
            assert!(done <= 33, "{done} rounds in a turn");
        }
        assert!(rounds.get() > 100, "{} rounds in all", rounds.get());
        stop.set(true);
        busy.await.expect("it does not panic");
    });
}

/// The same where the busy one is the future of `block_on`, which is no task.
#[test]
fn the_main_future_has_to_give_way_too() {
    run(async {
        let (from, to) = pair().await;
        let (rounds, stop) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(false)));
        spawn({
            let stop = Rc::clone(&stop);
            async move {
                yield_now().await;
                stop.set(true);
            }
        })
        .detach();
        never_waits(from, to, Rc::clone(&rounds), stop).await;
        assert!(rounds.get() < 1_000, "{} rounds", rounds.get());
    });
}

#[test]
fn busy_tasks_hold_up_no_socket() {
    run(async {
        for _ in 0..3 {
            spawn(async {
                loop {
                    yield_now().await;
                }
            })
            .detach();
        }
        let (mut client, server) = pair().await;
        spawn(echo(server)).detach();
        let mut heard = [0; 5];
        client.write_all(b"hello").await.expect("the server reads");
        client.read_exact(&mut heard).await.expect("the server answers");
        assert_eq!(&heard, b"hello");
    });
}
