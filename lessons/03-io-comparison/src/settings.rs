//! What a person can set, through the environment.

use std::{env, fmt::Display, ops::RangeInclusive, str::FromStr, time::Duration};

use crate::slow_server::Network;

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

/// For `--help`: each variable, and what it sets.
pub const MEANINGS: [(&str, &str); 7] = [
    ("ITEMS", "how many items are downloaded, up to 10000 (20; bounded-* 60)"),
    ("SEED", "another number gives other delays, sizes and failures (1)"),
    ("ORDERED", "*thread-pool: 1 shows the downloads in the order of the items, 0 as they come (0)"),
    ("BOUND", "bounded-*: how many downloads at once, up to 1000 (8)"),
    ("ERRORS", "bounded-*, server: the share of what fails, from 0 to 1 (0.4)"),
    ("TIMEOUT", "bounded-*: milliseconds that an answer may take (1000)"),
    ("LISTEN", "server: its address (127.0.0.1:8080); port 0 takes any that is free"),
];

impl Settings {
    /// What the environment says, with `items` where it says nothing of them.
    ///
    /// # Errors
    ///
    /// One sentence, if a value is wrong.
    pub fn from_environment(items: u32) -> Result<Self, String> {
        Self::read(items, |name| env::var_os(name).map(|value| value.to_string_lossy().into_owned()))
    }

    fn read(items: u32, variable: impl Fn(&str) -> Option<String>) -> Result<Self, String> {
        let setting = |name| Setting { name, given: variable(name).filter(|value| !value.is_empty()) };
        Ok(Self {
            items: setting("ITEMS").number(1..=10_000, items)?,
            bound: setting("BOUND").number(1..=1_000, 8)?,
            ordered: setting("ORDERED").number(0..=1, 0)? == 1,
            errors: setting("ERRORS").number(0.0..=1.0, 0.4)?,
            seed: setting("SEED").number(0..=u64::MAX, 1)?,
            timeout: Duration::from_millis(setting("TIMEOUT").number(1..=600_000, 1_000)?),
            pause: Duration::from_millis(100),
        })
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

/// A variable, and its value if it has one.
struct Setting {
    name: &'static str,
    given: Option<String>,
}

impl Setting {
    /// A number in `range`; `usual` if none is given.
    fn number<N: FromStr + PartialOrd + Display>(self, range: RangeInclusive<N>, usual: N) -> Result<N, String> {
        let Self { name, given: Some(given) } = self else { return Ok(usual) };
        // A number that is none, such as NaN, is in no range.
        given.parse().ok().filter(|number| range.contains(number)).ok_or_else(|| {
            let (least, most) = range.into_inner();
            format!("{name}={given} is no number from {least} to {most}; without it, it is {usual}")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: &'static str, value: &str) -> Result<Settings, String> {
        Settings::read(60, |asked| (asked == name).then(|| value.to_owned()))
    }

    #[test]
    fn what_is_not_set_is_as_usual() {
        let settings = with("SEED", "").expect("an empty value is none");
        assert_eq!((settings.items, settings.bound, settings.seed), (60, 8, 1));
        assert_eq!(with("ITEMS", "7").map(|settings| settings.items), Ok(7));
        assert_eq!(with("ERRORS", "0").map(|settings| settings.network().errors), Ok(0.0));
    }

    #[test]
    fn what_is_wrong_is_a_sentence() {
        for (name, value, expected) in [
            ("ITEMS", "0", "ITEMS=0 is no number from 1 to 10000; without it, it is 60"),
            ("ITEMS", "many", "ITEMS=many is no number from 1 to 10000; without it, it is 60"),
            ("BOUND", "1001", "BOUND=1001 is no number from 1 to 1000; without it, it is 8"),
            ("ORDERED", "yes", "ORDERED=yes is no number from 0 to 1; without it, it is 0"),
            ("ERRORS", "NaN", "ERRORS=NaN is no number from 0 to 1; without it, it is 0.4"),
            ("ERRORS", "1.5", "ERRORS=1.5 is no number from 0 to 1; without it, it is 0.4"),
            ("SEED", "-1", "SEED=-1 is no number from 0 to 18446744073709551615; without it, it is 1"),
            ("TIMEOUT", "1s", "TIMEOUT=1s is no number from 1 to 600000; without it, it is 1000"),
        ] {
            assert_eq!(with(name, value).map(|_| ()), Err(expected.to_owned()));
        }
    }
}
