//! A task that owns what it needs.

use tokio::task;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let message = String::from("thinking!");
    let spinner = task::spawn(spin(message));
    spinner.await.expect("it does not panic");
}

async fn spin(message: String) {
    println!("| {message}");
}
