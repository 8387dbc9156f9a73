//! When to try again, and when to stop trying.

use std::time::Duration;

/// How often an item is tried.
pub const ATTEMPTS: u32 = 3;

/// How long to wait after attempt number `attempt` has failed: up to `pause` after the first, and up to twice as long
/// after each further one. It is drawn anew each time, so that clients that failed together don't come back together.
///
/// Nothing in a report depends on it, so it need not be repeatable.
pub fn backoff(pause: Duration, attempt: u32) -> Duration {
    pause.mul_f64(fastrand::f64()) * 2_u32.saturating_pow(attempt - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_doubles() {
        let pause = Duration::from_millis(100);
        for (attempt, limit) in [(1, 100), (2, 200), (3, 400)] {
            let longest = (0..1_000).map(|_| backoff(pause, attempt)).max().expect("there are some");
            assert!(longest <= Duration::from_millis(limit) && longest > Duration::from_millis(limit / 2));
        }
    }
}
