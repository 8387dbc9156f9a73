//! Where one server overtakes another, if the rounds decide it.

use super::client::Measured;

/// By how much one has to be better for that to be more than chance.
const MARGIN: f64 = 1.05;

/// The share of a core that other programs may have had, in percent. Where they had more, nothing is decided.
pub const MOST_NOISE: f64 = 10.0;

/// What the rounds with one number of connections say of the second server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It was ahead in every round.
    Ahead,
    /// It was so in none.
    NotAhead,
    /// It was in some, or the machine had other work.
    Undecided,
}

impl Verdict {
    /// `ratios` says of each round how many times better the second was. Both were measured right after each other, so a
    /// machine that gets slower from round to round changes none of them.
    pub fn of(noise: f64, ratios: impl Iterator<Item = f64>) -> Self {
        let ahead: Vec<_> = ratios.map(|ratio| ratio > MARGIN).collect();
        match (ahead.contains(&true), ahead.contains(&false)) {
            (true, false) if noise <= MOST_NOISE => Self::Ahead,
            (false, _) if noise <= MOST_NOISE => Self::NotAhead,
            _ => Self::Undecided,
        }
    }
}

/// At how many connections the second server begins to be ahead of the first, there and at all larger numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crossover {
    /// The numbers of connections with which both were measured, in rising order, and what was found.
    verdicts: Vec<(u64, Verdict)>,
}

impl Crossover {
    /// The numbers of connections must be in rising order.
    pub fn of(verdicts: impl IntoIterator<Item = (u64, Verdict)>) -> Self {
        Self { verdicts: verdicts.into_iter().collect() }
    }

    /// The first number with which it is ahead, and with all behind it.
    fn first_for_good(&self) -> Option<u64> {
        let ahead = self.verdicts.iter().rev().take_while(|(_, verdict)| *verdict == Verdict::Ahead);
        ahead.last().map(|(connections, _)| *connections)
    }

    /// `so` is what it would be said to do, `not` the same for no number, `of` what is then not known.
    pub fn in_words(&self, so: &str, not: &str, of: &str) -> String {
        let undecided: Vec<_> = self.verdicts.iter().filter(|(_, verdict)| *verdict == Verdict::Undecided).collect();
        let Some((most, last)) = self.verdicts.last() else {
            return format!("{of} was not measured");
        };
        if *last == Verdict::Undecided {
            return format!("undecided with {most} connections: {of}");
        }
        let numbers: Vec<_> = undecided.iter().map(|(connections, _)| connections.to_string()).collect();
        let but = if numbers.is_empty() { String::new() } else { format!(" (undecided with {})", numbers.join(", ")) };
        match self.first_for_good() {
            Some(1) => format!("{so} at any number of connections"),
            Some(first) => format!("{so} at {first} connections and more{but}"),
            None => format!("{not} up to {most} connections{but}"),
        }
    }
}

/// What the rounds say of the throughput of two servers.
pub fn throughput(noise: f64, one: &[Measured], other: &[Measured]) -> Verdict {
    Verdict::of(noise, one.iter().zip(other).map(|(one, other)| other.rate() / one.rate()))
}

/// The same of their p99, where less is better.
pub fn p99(noise: f64, one: &[Measured], other: &[Measured]) -> Verdict {
    Verdict::of(noise, one.iter().zip(other).map(|(one, other)| one.latency(99.0) / other.latency(99.0)))
}

#[cfg(test)]
mod tests {
    use super::{Verdict::*, *};

    #[test]
    fn every_round_has_to_agree() {
        let verdict = |noise, ratios: [f64; 3]| Verdict::of(noise, ratios.into_iter());
        assert_eq!(verdict(0.0, [1.2, 1.1, 1.06]), Ahead);
        assert_eq!(verdict(0.0, [1.2, 1.1, 1.04]), Undecided);
        assert_eq!(verdict(0.0, [0.5, 1.0, 1.04]), NotAhead);
    }

    #[test]
    fn nothing_is_decided_on_a_machine_with_other_work() {
        assert_eq!(Verdict::of(50.0, [9.0, 9.0, 9.0].into_iter()), Undecided);
        assert_eq!(Verdict::of(50.0, [0.5, 0.5, 0.5].into_iter()), Undecided);
    }

    #[test]
    fn for_good_means_to_the_end() {
        let first =
            |verdicts: [Verdict; 4]| Crossover::of([1, 10, 100, 1_000].into_iter().zip(verdicts)).first_for_good();
        assert_eq!(first([Ahead; 4]), Some(1));
        assert_eq!(first([Ahead, NotAhead, Ahead, Ahead]), Some(100));
        assert_eq!(first([Ahead, Undecided, Ahead, Ahead]), Some(100));
        assert_eq!(first([Ahead, Ahead, Ahead, NotAhead]), None);
        assert_eq!(first([NotAhead; 4]), None);
    }

    #[test]
    fn says_it_in_a_sentence() {
        let words = |verdicts: [Verdict; 3]| {
            let crossover = Crossover::of([1, 10, 100].into_iter().zip(verdicts));
            crossover.in_words("tasks serve more", "tasks do not serve more for good", "whether tasks serve more")
        };
        assert_eq!(words([Ahead; 3]), "tasks serve more at any number of connections");
        assert_eq!(words([NotAhead, Ahead, Ahead]), "tasks serve more at 10 connections and more");
        assert_eq!(
            words([NotAhead, Undecided, Ahead]),
            "tasks serve more at 100 connections and more (undecided with 10)"
        );
        assert_eq!(words([Ahead, Ahead, Undecided]), "undecided with 100 connections: whether tasks serve more");
        assert_eq!(words([Ahead, NotAhead, NotAhead]), "tasks do not serve more for good up to 100 connections");
    }
}
