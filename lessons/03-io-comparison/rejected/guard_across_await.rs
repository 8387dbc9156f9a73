//! A task that holds `std`'s lock across an `.await`, on worker threads.
//!
//! After each `.await` another worker may go on with the task, and would give back the lock. The guard must stay on the
//! thread that took it, so it is not `Send`, and neither is what holds it.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{task, time::sleep};

#[tokio::main(flavor = "multi_thread")]
async fn main() {
    let balance = Arc::new(Mutex::new(100));
    //~ error: future cannot be sent between threads safely
    let deposit = task::spawn(async move {
        let mut balance = balance.lock().expect("no task panics");
        sleep(Duration::from_millis(100)).await;
        *balance += 50;
    });
    deposit.await.expect("it does not panic");
}
