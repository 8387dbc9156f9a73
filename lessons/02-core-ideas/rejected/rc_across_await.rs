//! A task that keeps an `Rc` across an `.await`, on worker threads.
//!
//! After each `.await` another worker may go on with the task, so all that it keeps must be `Send`. An `Rc` is not: two
//! threads could count at the same time.

use std::{rc::Rc, time::Duration};

use tokio::{task, time::sleep};

#[tokio::main(flavor = "multi_thread")]
async fn main() {
    //~ error: future cannot be sent between threads safely
    let spinner = task::spawn(async {
        let message = Rc::new("thinking!");
        sleep(Duration::from_millis(100)).await;
        println!("{message}");
    });
    spinner.await.expect("it does not panic");
}
