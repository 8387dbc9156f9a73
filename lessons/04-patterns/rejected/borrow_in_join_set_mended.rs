//! Children that borrow from their parent, on an executor of the parent's own: it drops its tasks before it is gone.

use smol::LocalExecutor;

fn main() {
    let names = vec!["first".to_owned(), "second".to_owned()];
    let executor = LocalExecutor::new();
    let children: Vec<_> = names.iter().map(|name| executor.spawn(greet(name))).collect();
    smol::block_on(executor.run(async {
        for child in children {
            child.await;
        }
    }));
}

async fn greet(name: &str) {
    println!("hello, {name}");
}
