//! The work on smol, with an executor for one thread.

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::{Duration, Instant},
};

use smol::{
    LocalExecutor, Timer, block_on,
    future::yield_now,
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use crate::{
    amount::{BATCH, LONG, YIELDING},
    echo::SIZE,
    helper::Helper,
    ticks::{self, Schedule},
};

pub fn spawn_one_by_one(tasks: usize) -> Duration {
    let executor = LocalExecutor::new();
    block_on(executor.run(async {
        let began = Instant::now();
        for _ in 0..tasks {
            executor.spawn(async {}).await;
        }
        began.elapsed()
    }))
}

pub fn spawn_in_batches(tasks: usize) -> Duration {
    let executor = LocalExecutor::new();
    block_on(executor.run(async {
        let began = Instant::now();
        for _ in 0..tasks.div_ceil(BATCH) {
            let batch: Vec<_> = (0..BATCH).map(|_| executor.spawn(async {})).collect();
            for task in batch {
                task.await;
            }
        }
        began.elapsed()
    }))
}

pub fn yield_in_turns(yields: usize) -> Duration {
    let executor = LocalExecutor::new();
    block_on(executor.run(async {
        let tasks = (0..YIELDING).map(|_| {
            executor.spawn(async move {
                for _ in 0..yields.div_ceil(YIELDING) {
                    yield_now().await;
                }
            })
        });
        let tasks: Vec<_> = tasks.collect();
        let began = Instant::now();
        for task in tasks {
            task.await;
        }
        began.elapsed()
    }))
}

pub fn wake_from_another_thread(wakes: usize) -> Duration {
    let executor = LocalExecutor::new();
    block_on(executor.run(async {
        let helper = Helper::start();
        let began = Instant::now();
        for _ in 0..wakes {
            helper.wakes_me().await;
        }
        began.elapsed()
    }))
}

pub fn fall_asleep<T>(tasks: usize, look: impl FnOnce() -> T) -> T {
    let executor = LocalExecutor::new();
    block_on(executor.run(async {
        // The last to be spawned is the last to be polled, so when it ends all the others sleep.
        for _ in 0..tasks {
            executor.spawn(async { _ = Timer::after(LONG).await }).detach();
        }
        executor.spawn(async {}).await;
        look()
    }))
}

pub fn tick(schedule: Schedule) {
    let executor = LocalExecutor::new();
    block_on(executor.run(async {
        for first in schedule.firsts() {
            executor
                .spawn(async move {
                    for intended in schedule.ticks(first) {
                        Timer::at(intended).await;
                        ticks::note(intended);
                    }
                })
                .detach();
        }
        Timer::at(schedule.end()).await;
    }));
}

pub fn serve(announce: impl FnOnce(SocketAddr)) -> std::io::Result<()> {
    let executor = LocalExecutor::new();
    block_on(executor.run(async {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        announce(listener.local_addr()?);
        loop {
            let (stream, _) = listener.accept().await?;
            executor.spawn(echo(stream)).detach();
        }
    }))
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
