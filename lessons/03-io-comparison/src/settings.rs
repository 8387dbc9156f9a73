//! What a person can set.

use std::{net::SocketAddr, time::Duration};

use lesson_kit::Setting;

use crate::slow_server::Network;

/// How many items are downloaded.
pub const DOWNLOADS: Setting<u32> = items("20");

/// How many a few at a time.
pub const BOUNDED: Setting<u32> = items("60");

/// How many at most, where more and more are.
pub const SIZES: Setting<u32> = items("1000");

const fn items(usual: &'static str) -> Setting<u32> {
    Setting::whole("ITEMS", "how many items are downloaded", 1, 10_000).usual(usual)
}

/// Another one gives another network.
pub const SEED: Setting<u64> =
    Setting::whole("SEED", "another number gives other delays, sizes and failures", 0, u64::MAX).usual("1");

/// Whether downloads are shown in the order of the items.
pub const ORDERED: Setting<u8> =
    Setting::whole("ORDERED", "1 shows the downloads in the order of the items, 0 as they come", 0, 1).usual("0");

/// How many at once.
pub const BOUND: Setting<usize> = Setting::whole("BOUND", "how many downloads at once", 1, 1_000).usual("8");

/// How much fails.
pub const ERRORS: Setting<f64> = Setting::number("ERRORS", "the share of what fails", 0.0, 1.0).usual("0.4");

/// How long an answer may take.
pub const TIMEOUT: Setting<u64> =
    Setting::whole("TIMEOUT", "how long an answer may take", 1, 600_000).unit("milliseconds").usual("1000");

/// Where the server listens.
pub const LISTEN: Setting<SocketAddr> =
    Setting::address("LISTEN", "its address; port 0 takes any that is free", "127.0.0.1:8080").usual("127.0.0.1:8080");

/// Which number is checked.
pub const NUMBER: Setting<u64> = number("100000000000000003");

/// Which number Python checks, which takes longer for each.
pub const NUMBER_IN_PYTHON: Setting<u64> = number("5000111000222021");

const fn number(usual: &'static str) -> Setting<u64> {
    Setting::whole("NUMBER", "is this number prime?", 0, u64::MAX).usual(usual)
}

/// Which numbers are checked. Six that take long, five primes and the product of two, and two that are soon done.
pub const NUMBERS: Setting<Vec<u64>> = Setting::list("NUMBERS", "the numbers to check", 0, u64::MAX).usual(
    "9000000000059,9500000000039,9999999999999,10000000000037,10240096000081,97,\
         10500000000011,11000000000039",
);

/// What to download from which network, and how.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// `ITEMS`: how many.
    pub items: u32,
    /// `BOUND`: how many at once.
    pub bound: usize,
    /// `ORDERED`: whether downloads are shown in the order of the items, and not as they come.
    pub ordered: bool,
    /// `ERRORS`: the share of what fails.
    pub errors: f64,
    /// `SEED`: another one gives other delays and failures.
    pub seed: u64,
    /// `TIMEOUT`: how long the answer to an attempt may take.
    pub timeout: Duration,
    /// The longest pause before the first attempt that is made again; before each further one it is twice as long.
    pub pause: Duration,
}

impl Settings {
    /// What is set, with as many items as that setting says.
    pub fn chosen(items: Setting<u32>) -> Self {
        Self {
            items: items.value(),
            bound: BOUND.value(),
            ordered: ORDERED.value() == 1,
            errors: ERRORS.value(),
            seed: SEED.value(),
            timeout: Duration::from_millis(TIMEOUT.value()),
            pause: Duration::from_millis(100),
        }
    }

    /// The same network if nothing fails on it.
    pub fn flawless_network(&self) -> Network {
        Network::with_errors(self.seed, 0.0)
    }

    /// The network that these settings describe.
    pub fn network(&self) -> Network {
        Network::with_errors(self.seed, self.errors)
    }
}

#[cfg(test)]
mod tests {
    use super::NUMBERS;
    use crate::prime::is_prime;

    #[test]
    fn six_of_the_numbers_are_prime() {
        assert_eq!(NUMBERS.values().into_iter().filter(|&number| is_prime(number)).count(), 6);
    }
}
