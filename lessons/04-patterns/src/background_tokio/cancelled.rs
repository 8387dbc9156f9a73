//! Nothing is left of the program, wherever it is cancelled.

use lesson_kit::Recorder;
use tokio::{
    runtime::{Builder, Handle},
    task::yield_now,
};

use super::supervisor;
use crate::testing::{
    peer::Peer,
    polls::{at_every_await, cut},
};

#[test]
fn cut_short_at_every_await_it_leaks_nothing() {
    let runtime = Builder::new_current_thread().enable_all().build().expect("there is room for a runtime");
    let times = at_every_await(move |polls| {
        let _recording = Recorder::default().on_this_thread();
        let peer = Peer::sends("20\n22\n");
        let ended = runtime.block_on(async {
            let ended = cut(supervisor(peer.address), polls).await;
            // The handle has asked for the end of the spinner, and the runtime sees to it in its next turn.
            while Handle::current().metrics().num_alive_tasks() > 0 {
                yield_now().await;
            }
            ended
        });
        peer.waits_until_left_alone();
        ended.is_some_and(|ended| ended.expect("the peer sends numbers") == 42)
    });
    assert!(times > 1, "it was cut short {times} times");
}
