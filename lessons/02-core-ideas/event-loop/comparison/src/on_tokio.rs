//! The work on tokio, with a runtime for one thread.

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    runtime::{Builder, Runtime},
    spawn,
    task::yield_now,
    time::{sleep, sleep_until},
};

use crate::{
    amount::{BATCH, LONG, YIELDING},
    echo::SIZE,
    helper::Helper,
    ticks::{self, Schedule},
};

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().expect("the system has a descriptor left")
}

pub fn spawn_one_by_one(tasks: usize) -> Duration {
    runtime().block_on(async {
        let began = Instant::now();
        for _ in 0..tasks {
            spawn(async {}).await.expect("it ends");
        }
        began.elapsed()
    })
}

pub fn spawn_in_batches(tasks: usize) -> Duration {
    runtime().block_on(async {
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
    runtime().block_on(async {
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
    runtime().block_on(async {
        let helper = Helper::start();
        let began = Instant::now();
        for _ in 0..wakes {
            helper.wakes_me().await;
        }
        began.elapsed()
    })
}

pub fn fall_asleep<T>(tasks: usize, look: impl FnOnce() -> T) -> T {
    runtime().block_on(async {
        // The last to be spawned is the last to be polled, so when it ends all the others sleep.
        for _ in 0..tasks {
            drop(spawn(async { sleep(LONG).await }));
        }
        spawn(async {}).await.expect("it ends");
        look()
    })
}

pub fn tick(schedule: Schedule) {
    runtime().block_on(async {
        for first in schedule.firsts() {
            drop(spawn(async move {
                for intended in schedule.ticks(first) {
                    sleep_until(intended.into()).await;
                    ticks::note(intended);
                }
            }));
        }
        sleep_until(schedule.end().into()).await;
    });
}

pub fn serve(announce: impl FnOnce(SocketAddr)) -> std::io::Result<()> {
    runtime().block_on(async {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        announce(listener.local_addr()?);
        loop {
            let (stream, _) = listener.accept().await?;
            drop(spawn(echo(stream)));
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
