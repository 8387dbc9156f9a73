//! Children that borrow from their parent, in a `JoinSet`.
//!
//! The set is dropped with the parent, and its tasks are asked to end then. But asking is not waiting: they may be there
//! for a moment longer than what they borrow.

use tokio::task::JoinSet;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let names = vec!["first".to_owned(), "second".to_owned()];
    let mut children = JoinSet::new();
    //~ E0597: `names` does not live long enough
    for name in &names {
        children.spawn(greet(name));
    }
    children.join_all().await;
}

async fn greet(name: &str) {
    println!("hello, {name}");
}
