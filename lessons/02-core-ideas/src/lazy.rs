//! A call of an `async fn` runs nothing.
//!
//! The call makes a coroutine and gives it back. What the body says happens when it is
//! polled, which `.await` does from inside another coroutine, and a runtime does for a
//! task. A coroutine that is dropped before was never there. You will see `greet` say
//! hello twice, and it is called three times.
//!
//! The compiler warns of the first call, where the coroutine is thrown away as it
//! comes: `rejected/never_awaited.rs` beside this file is that mistake. Here `drop`
//! says that it is meant. Python warns too, but only while it runs.
//!
//!     cargo run -p lesson-02 -- lazy

use tokio::task;
use tracing::instrument;

#[tokio::main(flavor = "current_thread")]
pub async fn main() {
    println!("called and dropped:");
    drop(greet("nobody")); // (1) A coroutine that was never polled.
    println!("called and awaited:");
    let coroutine = greet("main"); // (2) Nothing yet.
    println!("  it waits for its first poll");
    coroutine.await; // (3) Now.
    println!("called and spawned:");
    let task = task::spawn(greet("the runtime")); // (4) A task: the runtime polls it as soon as we give way.
    println!("  it waits for its turn");
    task.await.expect("greeting does not panic");
}

#[instrument]
async fn greet(who: &str) {
    println!("  hello, polled by {who}");
}
