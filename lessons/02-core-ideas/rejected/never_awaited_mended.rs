//! An `async fn` that is called, and awaited.

#![deny(unused_must_use)]

#[tokio::main(flavor = "current_thread")]
async fn main() {
    spin("thinking!").await;
}

async fn spin(message: &str) {
    println!("| {message}");
}
