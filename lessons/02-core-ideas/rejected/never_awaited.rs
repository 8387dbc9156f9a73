//! An `async fn` that is called, and what it gives thrown away.
//!
//! By default this is a warning; `deny` makes it an error.

#![deny(unused_must_use)]

#[tokio::main(flavor = "current_thread")]
async fn main() {
    //~ unused_must_use: unused implementer of `Future` that must be used
    spin("thinking!");
}

async fn spin(message: &str) {
    println!("| {message}");
}
