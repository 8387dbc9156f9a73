//! Nothing is left of the program, wherever it is cancelled.

use async_std::task;
use lesson_kit::Recorder;

use super::supervisor;
use crate::testing::{
    peer::Peer,
    polls::{at_every_await, cut},
};

#[test]
fn cut_short_at_every_await_it_leaks_nothing() {
    let times = at_every_await(move |polls| {
        let _recording = Recorder::default().on_this_thread();
        let peer = Peer::sends("20\n22\n");
        let ended = task::block_on(cut(supervisor(peer.address), polls));
        peer.waits_until_left_alone();
        ended.is_some_and(|ended| ended.expect("the peer sends numbers") == 42)
    });
    assert!(times > 1, "it was cut short {times} times");
}
