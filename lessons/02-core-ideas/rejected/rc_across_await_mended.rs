//! A task that keeps an `Arc` across an `.await`, on worker threads.

use std::{sync::Arc, time::Duration};

use tokio::{task, time::sleep};

#[tokio::main(flavor = "multi_thread")]
async fn main() {
    let spinner = task::spawn(async {
        let message = Arc::new("thinking!");
        sleep(Duration::from_millis(100)).await;
        println!("{message}");
    });
    spinner.await.expect("it does not panic");
}
