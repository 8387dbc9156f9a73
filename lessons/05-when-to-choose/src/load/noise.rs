//! How much of a core something else had. What is measured meanwhile says more of that than of a server.

use std::{
    thread,
    time::{Duration, Instant},
};

use super::served;

/// How long each core is looked at. Several times as long as a scheduler lets one program run before the next.
const LOOK: Duration = Duration::from_millis(40);

/// How long to wait before a look: the system still closes the connections of the server before.
const REST: Duration = Duration::from_millis(100);

/// From one look at the clock to the next it takes nanoseconds. After so long, something else ran in between.
const GAP: Duration = Duration::from_micros(50);

/// How long [`look`] takes: a rest, and a look at each core.
pub const TAKES: Duration = REST.saturating_add(LOOK).saturating_add(LOOK);

/// The share of its core that this thread does not get although it wants all of it, in percent: on the server's core and
/// on the client's, the larger of the two.
pub fn look() -> f64 {
    thread::sleep(REST);
    let Some((clients, servers)) = served::cores() else { return share_of_others() };
    served::stay_on(servers);
    let at_the_server = share_of_others();
    served::stay_on(clients);
    share_of_others().max(at_the_server)
}

fn share_of_others() -> f64 {
    let begin = Instant::now();
    let mut before = begin;
    let mut gone = Duration::ZERO;
    while before - begin < LOOK {
        let now = Instant::now();
        if now - before > GAP {
            gone += now - before;
        }
        before = now;
    }
    gone.as_secs_f64() / (before - begin).as_secs_f64() * 100.0
}
