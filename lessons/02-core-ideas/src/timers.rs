//! How late a nap ends: sorted lists, a wheel and a tree.
//!
//! A timer has a deadline, and the loop wakes up some time after it. How long after is mostly the operating system's
//! affair, and partly that of what the loop keeps its timers in. Ours has lists that it sorts, and async-io, which async-std and
//! smol share, has a tree: both wait for each deadline as it is. tokio has a wheel, whose slots are a millisecond wide: it rounds up,
//! and wakes once for all that fell into a slot. You will see that a nap far shorter than a slot ends about a slot late
//! on tokio, and that the others wake as soon as the operating system lets them. It lets a thread that sleeps, as ours
//! does, wake a little later than one that waits for a timer of the system's, as async-io does: that is not the lists'
//! doing.
//!
//!     cargo run -p lesson-02 -- timers

use std::time::{Duration, Instant};

use event_loop::EventLoop;
use lesson_kit::{Column, Results};

const NAPS: usize = 200;
const NAP: Duration = Duration::from_micros(100);

const LISTS: &str = "event-loop: sorted lists";
const WHEEL: &str = "tokio current_thread: a wheel";
const TREE_OF_ASYNC_STD: &str = "async-std: a tree";
const TREE_OF_SMOL: &str = "smol: a tree";

pub fn main() {
    let columns = [Column::of("late, median", "µs", 0), Column::of("late, worst", "µs", 0)];
    let mut table = Results::new("a nap on", [LISTS, WHEEL, TREE_OF_ASYNC_STD, TREE_OF_SMOL], columns);

    table.row(LISTS, EventLoop::new().block_on(lateness(|| event_loop::sleep(NAP))));

    let tokio = tokio::runtime::Builder::new_current_thread().enable_time().build();
    let tokio = tokio.expect("a runtime without I/O needs nothing that could be missing");
    table.row(WHEEL, tokio.block_on(lateness(|| tokio::time::sleep(NAP))));

    table.row(TREE_OF_ASYNC_STD, async_std::task::block_on(lateness(|| async_std::task::sleep(NAP))));

    table.row(TREE_OF_SMOL, smol::block_on(lateness(|| async { _ = smol::Timer::after(NAP).await })));
}

/// Takes a nap after another, and says by how many microseconds each ended late: in the median, and at worst.
async fn lateness<F: Future<Output = ()>>(nap: impl Fn() -> F) -> [f64; 2] {
    let mut late = Vec::with_capacity(NAPS);
    for _ in 0..NAPS {
        let deadline = Instant::now() + NAP;
        nap().await;
        late.push(deadline.elapsed());
    }
    late.sort_unstable();
    [late[NAPS / 2], late[NAPS - 1]].map(|late| late.as_secs_f64() * 1e6)
}
