//! The work on our own loop. The same on tokio and on smol is in the files beside this one, in the same order.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use event_loop::{
    EventLoop,
    net::{TcpListener, TcpStream},
    sleep, sleep_until, spawn, yield_now,
};
use futures_util::{AsyncReadExt, AsyncWriteExt};

use crate::{
    amount::{BATCH, LONG, YIELDING},
    echo::SIZE,
    helper::Helper,
    ticks::{self, Schedule},
};

pub fn spawn_one_by_one(tasks: usize) -> Duration {
    EventLoop::new().block_on(async {
        let began = Instant::now();
        for _ in 0..tasks {
            spawn(async {}).await.expect("it ends");
        }
        began.elapsed()
    })
}

pub fn spawn_in_batches(tasks: usize) -> Duration {
    EventLoop::new().block_on(async {
        let began = Instant::now();
        for _ in 0..tasks.div_ceil(BATCH) {
            let batch: Vec<_> = (0..BATCH).map(|_| spawn(async {})).collect();
            for task in batch {
                task.await.expect("it ends");
            }
        }
        began.elapsed()
    })
}

pub fn yield_in_turns(yields: usize) -> Duration {
    EventLoop::new().block_on(async {
        let tasks = (0..YIELDING).map(|_| {
            spawn(async move {
                for _ in 0..yields.div_ceil(YIELDING) {
                    yield_now().await;
                }
            })
        });
        let tasks: Vec<_> = tasks.collect();
        let began = Instant::now();
        for task in tasks {
            task.await.expect("it ends");
        }
        began.elapsed()
    })
}

pub fn wake_from_another_thread(wakes: usize) -> Duration {
    EventLoop::new().block_on(async {
        let helper = Helper::start();
        let began = Instant::now();
        for _ in 0..wakes {
            helper.wakes_me().await;
        }
        began.elapsed()
    })
}

pub fn fall_asleep<T>(tasks: usize, look: impl FnOnce() -> T) -> T {
    EventLoop::new().block_on(async {
        for _ in 0..tasks {
            spawn(async { sleep(LONG).await }).detach();
        }
        yield_now().await;
        look()
    })
}

pub fn tick(schedule: Schedule) {
    EventLoop::new().block_on(async {
        for first in schedule.firsts() {
            spawn(async move {
                for intended in schedule.ticks(first) {
                    sleep_until(intended).await;
                    ticks::note(intended);
                }
            })
            .detach();
        }
        sleep_until(schedule.end()).await;
    });
}

pub fn serve(announce: impl FnOnce(SocketAddr)) -> std::io::Result<()> {
    EventLoop::new().block_on(async {
        let mut listener = TcpListener::bind(([127, 0, 0, 1], 0).into())?;
        announce(listener.local_addr()?);
        loop {
            let (stream, _) = listener.accept().await?;
            spawn(echo(stream)).detach();
        }
    })
}

/// Until the client goes. What becomes of a connection is the client's to report.
async fn echo(mut stream: TcpStream) {
    let _ = stream.set_nodelay(true);
    let mut buffer = [0; SIZE];
    while let Ok(length @ 1..) = stream.read(&mut buffer).await {
        if stream.write_all(&buffer[..length]).await.is_err() {
            break;
        }
    }
}
