//! A task that borrows from the function that spawns it.
//!
//! The task may go on after `main` has returned, and `message` with it. That `main` awaits the task is nothing that the
//! compiler could know.

use tokio::task;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let message = String::from("thinking!");
    //~ E0597: `message` does not live long enough
    let spinner = task::spawn(spin(&message));
    spinner.await.expect("it does not panic");
}

async fn spin(message: &str) {
    println!("| {message}");
}
