//! A task that takes `std`'s lock only after the `.await`, on worker threads.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{task, time::sleep};

#[tokio::main(flavor = "multi_thread")]
async fn main() {
    let balance = Arc::new(Mutex::new(100));
    let deposit = task::spawn(async move {
        sleep(Duration::from_millis(100)).await;
        *balance.lock().expect("no task panics") += 50;
    });
    deposit.await.expect("it does not panic");
}
