//! What happens to which request: all of it follows from the seed.

use std::time::Duration;

/// How slow the network is, and how bad.
///
/// What happens to item `k` on its attempt `n` is a function of the seed, `k` and `n`, and of nothing else. So it does not
/// matter who asks, in which order, or how many at once.
#[derive(Debug, Clone, Copy)]
pub struct Network {
    /// Another seed gives other delays, bodies and failures.
    pub seed: u64,
    /// The share of attempts that fail, from 0 to 1. In a fifth of these there is no such item. The rest fail in one of
    /// four ways.
    pub errors: f64,
    /// The shortest delay of an answer.
    pub fastest: Duration,
    /// The longest delay, jitter included.
    pub slowest: Duration,
}

/// What happens to a request in the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// The item, whole.
    Whole,
    /// 404: there is no such item, and no attempt will find it.
    Missing,
    /// 503: later it may work.
    Unavailable,
    /// A part of the body, and then a reset of the connection.
    Reset,
    /// A part of the body, and then the end of the connection.
    CutShort,
    /// Nothing, for as long as the client waits.
    Silent,
}

/// What the parts of a plan are drawn for, so that none of them follows from another.
#[derive(Debug, Clone, Copy)]
enum Draw {
    Delay,
    Jitter,
    Missing,
    Failure,
    Length,
}

impl Network {
    /// A network where a share of `errors` fails, and an answer takes between a tenth and three tenths of a second.
    pub const fn with_errors(seed: u64, errors: f64) -> Self {
        Self { seed, errors, fastest: Duration::from_millis(100), slowest: Duration::from_millis(300) }
    }

    /// A network without delays.
    pub const fn fast(seed: u64, errors: f64) -> Self {
        Self { seed, errors, fastest: Duration::ZERO, slowest: Duration::ZERO }
    }

    /// How long the answer to this attempt takes. Each item has a delay of its own, and each attempt adds some jitter.
    pub fn delay(&self, item: u32, attempt: u32) -> Duration {
        let spread = self.slowest.saturating_sub(self.fastest);
        let own = self.share(Draw::Delay, item, 0);
        let jitter = self.share(Draw::Jitter, item, attempt);
        self.fastest + spread.mul_f64(0.75 * own + 0.25 * jitter)
    }

    /// What becomes of this attempt.
    pub fn fate(&self, item: u32, attempt: u32) -> Fate {
        let missing = self.errors / 5.0;
        if self.share(Draw::Missing, item, 0) < missing {
            return Fate::Missing;
        }
        // Of the items that there are.
        let failures = (self.errors - missing) / (1.0 - missing);
        let drawn = self.share(Draw::Failure, item, attempt);
        if drawn >= failures {
            return Fate::Whole;
        }
        match drawn / failures {
            ..0.25 => Fate::Unavailable,
            ..0.5 => Fate::Reset,
            ..0.75 => Fate::CutShort,
            _ => Fate::Silent,
        }
    }

    /// The item itself: a few kilobytes of text.
    pub fn body(&self, item: u32) -> String {
        let lines = 32 + self.hash(Draw::Length, item, 0) % 192;
        let line = format!("item {item:>6} of seed {:>20}\n", self.seed);
        line.repeat(usize::try_from(lines).expect("it is small"))
    }

    /// A number from 0 up to but not including 1.
    #[allow(clippy::cast_precision_loss, reason = "53 bits are what an f64 holds")]
    fn share(&self, draw: Draw, item: u32, attempt: u32) -> f64 {
        (self.hash(draw, item, attempt) >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn hash(&self, draw: Draw, item: u32, attempt: u32) -> u64 {
        mixed(mixed(mixed(self.seed) ^ draw as u64) ^ (u64::from(item) << 32 | u64::from(attempt)))
    }
}

/// A number in which every bit depends on every bit of `number`. This is the finaliser of SplitMix64, by Guy Steele,
/// Doug Lea and Christine Flood.
fn mixed(number: u64) -> u64 {
    let number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_share_of_errors_is_what_was_asked_for() {
        let network = Network::with_errors(7, 0.5);
        let count = |fate| (0..10_000).filter(|&item| network.fate(item, 1) == fate).count();
        for fate in [Fate::Missing, Fate::Unavailable, Fate::Reset, Fate::CutShort, Fate::Silent] {
            assert!((900..1_100).contains(&count(fate)), "{fate:?}: {}", count(fate));
        }
        assert!((0..10_000).all(|item| Network::with_errors(7, 0.0).fate(item, 1) == Fate::Whole));
        assert!((0..10_000).all(|item| Network::with_errors(7, 1.0).fate(item, 1) != Fate::Whole));
    }

    #[test]
    fn what_is_missing_stays_missing_and_the_rest_is_drawn_anew() {
        let network = Network::with_errors(1, 0.6);
        let fates = |item| (1..=40).map(move |attempt| network.fate(item, attempt));
        for item in 0..50 {
            let missing = fates(item).filter(|&fate| fate == Fate::Missing).count();
            assert!(missing == 0 || missing == 40, "item {item}: {missing} of 40");
            let whole = fates(item).any(|fate| fate == Fate::Whole);
            assert!(missing == 40 || whole, "item {item} never comes");
        }
    }

    #[test]
    fn delays_keep_their_limits_and_differ() {
        let network = Network::with_errors(3, 0.0);
        let delays: BTreeSet<_> = (0..100).map(|item| network.delay(item, 1)).collect();
        assert!(delays.iter().all(|delay| (network.fastest..network.slowest).contains(delay)));
        assert!(delays.len() > 90, "{delays:?}");
        assert_ne!(network.delay(5, 1), network.delay(5, 2));
    }

    #[test]
    fn bodies_are_a_few_kilobytes_and_differ_by_item_and_seed() {
        let bodies: Vec<_> = (0..100).map(|item| Network::fast(1, 0.0).body(item)).collect();
        assert!(bodies.iter().all(|body| (1_000..10_000).contains(&body.len())));
        assert_eq!(bodies.iter().collect::<BTreeSet<_>>().len(), 100);
        assert_ne!(bodies[0], Network::fast(2, 0.0).body(0));
        assert_eq!(bodies[0], Network::fast(1, 0.0).body(0));
    }
}
