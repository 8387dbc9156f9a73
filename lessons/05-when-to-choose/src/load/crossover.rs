//! Where one server overtakes another.

use super::client::Measured;

/// By how much one has to be better for that to be more than chance.
const MARGIN: f64 = 1.05;

/// From how many connections on the second server does better than the first, at that number and all larger ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Crossover {
    pub throughput: Option<u64>,
    pub p99: Option<u64>,
    /// The most connections with which both were measured.
    most: u64,
}

impl Crossover {
    /// Compares what `at` gives for each of these numbers of connections, which must be in rising order.
    pub fn of<'a>(sizes: &[u64], at: impl Fn(u64) -> Option<(&'a Measured, &'a Measured)>) -> Self {
        let both: Vec<_> = sizes.iter().filter_map(|&size| at(size).map(|pair| (size, pair))).collect();
        let throughput =
            first_for_good(both.iter().map(|(size, (one, other))| (*size, other.rate() > one.rate() * MARGIN)));
        let p99 = first_for_good(
            both.iter().map(|(size, (one, other))| (*size, other.latency(99.0) * MARGIN < one.latency(99.0))),
        );
        Self { throughput, p99, most: both.last().map_or(0, |(size, _)| *size) }
    }

    pub fn in_words(self, one: &str, other: &str) -> String {
        let from = |number: u64| match number {
            1 => "with any number of connections".to_owned(),
            _ => format!("from {number} connections on"),
        };
        if self.most == 0 {
            return format!("{other} and {one} were not measured with the same number of connections");
        }
        let throughput = match self.throughput {
            Some(number) => format!("{other} serves more than {one} {}", from(number)),
            None => format!("no crossover: {other} does not overtake {one} for good up to {} connections", self.most),
        };
        let p99 = match self.p99 {
            Some(number) => format!("its p99 is lower {}", from(number)),
            None => "its p99 is not lower for good".to_owned(),
        };
        format!("{throughput}; {p99}")
    }
}

/// The first number for which, and for all behind it, something is so.
fn first_for_good(numbers: impl DoubleEndedIterator<Item = (u64, bool)>) -> Option<u64> {
    numbers.rev().take_while(|&(_, is_so)| is_so).last().map(|(number, _)| number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn for_good_means_to_the_end() {
        let first = |so: [bool; 4]| first_for_good([1, 10, 100, 1_000].into_iter().zip(so));
        assert_eq!(first([true; 4]), Some(1));
        assert_eq!(first([true, false, true, true]), Some(100));
        assert_eq!(first([true, true, true, false]), None);
        assert_eq!(first([false; 4]), None);
    }

    #[test]
    fn says_both_in_a_sentence() {
        let said = |throughput, p99| Crossover { throughput, p99, most: 100 }.in_words("threads", "tasks");
        assert_eq!(
            said(Some(10), Some(1)),
            "tasks serves more than threads from 10 connections on; its p99 is lower with any number of connections"
        );
        assert_eq!(
            said(None, None),
            "no crossover: tasks does not overtake threads for good up to 100 connections; its p99 is not lower for good"
        );
    }
}
