//! What is left of work that fails, when nobody has thought of it.
//!
//! Ten requests fail, one after the other. In the first rows each of them has something in the background, which was to
//! end with it. In the others it has three children, awaits one after the other, and `?` leaves at the first error. Then
//! what is left is counted. You will see that whatever is only a handle leaves its task behind on tokio and on
//! async-std, for each request, and that nothing is left where somebody owns the task. Nothing fails because of it, so
//! nobody looks.
//!
//!     cargo run -p lesson-04 -- left-behind

use std::{future::pending, time::Duration};

use futures_lite::future::{or, yield_now};
use lesson_kit::{Column, Results};
use smol::{LocalExecutor, Timer};
use tokio::{runtime::Builder, task::JoinSet};
use tokio_util::task::AbortOnDropHandle;
use tracing::instrument;

use crate::guard::{Guard, Held};

/// How many requests fail.
const REQUESTS: u32 = 10;

/// How long the runtimes have to drop what they were asked to.
const TIME: Duration = Duration::from_millis(50);

/// What a request starts and how, and what gives what is left of ten of them.
type Row = (&'static str, fn() -> usize);

const ROWS: [Row; 9] = [
    ("background: tokio, JoinHandle", || on_tokio(&background_tokio)),
    ("background: tokio, AbortOnDropHandle", || on_tokio(&background_tokio_owned)),
    ("background: async-std, JoinHandle", || on_async_std(&background_async_std)),
    ("background: async-std, or", || on_async_std(&background_in_one_future)),
    ("background: smol, Task", || on_smol(&background_smol)),
    ("children: tokio, JoinHandles", || on_tokio(&children_tokio)),
    ("children: tokio, JoinSet", || on_tokio(&children_tokio_owned)),
    ("children: async-std, JoinHandles", || on_async_std(&children_async_std)),
    ("children: smol, Tasks", || on_smol(&children_smol)),
];

pub fn main() {
    let columns = [Column::count("requests"), Column::count("left")];
    let mut results = Results::new("what a request starts", ROWS.map(|(name, _)| name), columns);
    for (name, left) in ROWS {
        let left = u32::try_from(row(left)).expect("it is a small number");
        results.row(name, [f64::from(REQUESTS), f64::from(left)]);
    }
}

#[instrument(skip_all)]
fn row(left: fn() -> usize) -> usize {
    left()
}

/// The work itself, and each child: fails.
struct Failed;

async fn fails() -> Result<(), Failed> {
    yield_now().await;
    Err(Failed)
}

/// What was to end with the request.
async fn goes_on(_guard: Guard) -> Result<(), Failed> {
    pending().await
}

async fn background_tokio(held: &Held) -> Result<(), Failed> {
    let background = tokio::spawn(goes_on(held.acquire()));
    fails().await?; // (1) Drops the handle, and with it nothing else.
    background.abort();
    Ok(())
}

async fn background_tokio_owned(held: &Held) -> Result<(), Failed> {
    let background = AbortOnDropHandle::new(tokio::spawn(goes_on(held.acquire())));
    fails().await?;
    background.abort();
    Ok(())
}

async fn background_async_std(held: &Held) -> Result<(), Failed> {
    let background = async_std::task::spawn(goes_on(held.acquire()));
    fails().await?;
    background.cancel().await;
    Ok(())
}

async fn background_in_one_future(held: &Held) -> Result<(), Failed> {
    or(fails(), goes_on(held.acquire())).await
}

async fn background_smol(executor: &LocalExecutor<'_>, held: &Held) -> Result<(), Failed> {
    let background = executor.spawn(goes_on(held.acquire()));
    fails().await?;
    background.cancel().await;
    Ok(())
}

async fn children_tokio(held: &Held) -> Result<(), Failed> {
    let first = tokio::spawn(fails());
    let others = [held.acquire(), held.acquire()].map(|guard| tokio::spawn(goes_on(guard)));
    first.await.expect("it does not panic")?; // (2) The others are nobody's now.
    for other in others {
        other.await.expect("it does not panic")?;
    }
    Ok(())
}

async fn children_tokio_owned(held: &Held) -> Result<(), Failed> {
    let mut children = JoinSet::new();
    children.spawn(fails());
    children.spawn(goes_on(held.acquire()));
    children.spawn(goes_on(held.acquire()));
    while let Some(child) = children.join_next().await {
        child.expect("it does not panic")?; // (3) The set is dropped, and aborts what is in it.
    }
    Ok(())
}

async fn children_async_std(held: &Held) -> Result<(), Failed> {
    let first = async_std::task::spawn(fails());
    let others = [held.acquire(), held.acquire()].map(|guard| async_std::task::spawn(goes_on(guard)));
    first.await?;
    for other in others {
        other.await?;
    }
    Ok(())
}

async fn children_smol(executor: &LocalExecutor<'_>, held: &Held) -> Result<(), Failed> {
    let first = executor.spawn(fails());
    let others = [held.acquire(), held.acquire()].map(|guard| executor.spawn(goes_on(guard)));
    first.await?; // (4) The others are dropped, which cancels them.
    for other in others {
        other.await?;
    }
    Ok(())
}

fn on_tokio(request: &impl AsyncFn(&Held) -> Result<(), Failed>) -> usize {
    let runtime = Builder::new_current_thread().enable_time().build().expect("there is room for a runtime");
    runtime.block_on(async {
        let held = Held::default();
        for _ in 0..REQUESTS {
            assert!(request(&held).await.is_err(), "it fails");
        }
        tokio::time::sleep(TIME).await;
        held.count()
    })
}

fn on_async_std(request: &impl AsyncFn(&Held) -> Result<(), Failed>) -> usize {
    async_std::task::block_on(async {
        let held = Held::default();
        for _ in 0..REQUESTS {
            assert!(request(&held).await.is_err(), "it fails");
        }
        async_std::task::sleep(TIME).await;
        held.count()
    })
}

fn on_smol(request: &impl AsyncFn(&LocalExecutor<'_>, &Held) -> Result<(), Failed>) -> usize {
    let executor = LocalExecutor::new();
    smol::block_on(executor.run(async {
        let held = Held::default();
        for _ in 0..REQUESTS {
            assert!(request(&executor, &held).await.is_err(), "it fails");
        }
        Timer::after(TIME).await;
        held.count()
    }))
}
