//! Which numbers are checked. The environment can name others.

use std::{env, ffi::OsStr};

/// A prime whose check takes seconds on one core, as long as nobody asks for optimisation.
const NUMBER: u64 = 100_000_000_000_000_003;

/// Six that take long, five primes and the product of two, and two that are soon done.
const NUMBERS: [u64; 8] = [
    9_000_000_000_059,
    9_500_000_000_039,
    9_999_999_999_999,
    10_000_000_000_037,
    10_240_096_000_081,
    97,
    10_500_000_000_011,
    11_000_000_000_039,
];

/// The number to check: the one in `NUMBER`, or else a large prime.
///
/// # Errors
///
/// In one sentence, if what stands there is no number.
pub fn chosen() -> Result<u64, String> {
    chosen_from(given("NUMBER"))
}

fn chosen_from(given: Option<String>) -> Result<u64, String> {
    match given {
        None => Ok(NUMBER),
        Some(given) => number(&given)
            .ok_or_else(|| format!("NUMBER={given} is no number to check; write one {LIMIT}, such as NUMBER=97")),
    }
}

/// The numbers to check: those in `NUMBERS`, or else some with work for every worker.
///
/// # Errors
///
/// In one sentence, if what stands there is no list of numbers.
pub fn several() -> Result<Vec<u64>, String> {
    match given("NUMBERS") {
        None => Ok(NUMBERS.to_vec()),
        Some(given) => given.split(',').map(number).collect::<Option<_>>().ok_or_else(|| {
            format!("NUMBERS={given} is no list of numbers; write each {LIMIT}, such as NUMBERS=97,561,1009")
        }),
    }
}

/// What a number may be.
const LIMIT: &str = "below 18446744073709551616 and without signs";

/// What the environment says. Nothing is said by an empty variable either.
fn given(variable: &str) -> Option<String> {
    env::var_os(variable).and_then(|given| said(&given))
}

fn said(given: &OsStr) -> Option<String> {
    (!given.is_empty()).then(|| given.to_string_lossy().into_owned())
}

/// Also with underscores between the digits, as in a program.
fn number(text: &str) -> Option<u64> {
    let digits = text.trim().replace('_', "");
    if digits.starts_with('+') { None } else { digits.parse().ok() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prime::is_prime;

    #[test]
    fn an_empty_setting_is_none() {
        assert_eq!(chosen_from(said(OsStr::new(""))), Ok(NUMBER));
        assert_eq!(chosen_from(said(OsStr::new(" 1_009 "))), Ok(1_009));
        assert!(chosen_from(said(OsStr::new(" "))).is_err());
    }

    #[test]
    fn six_of_the_numbers_are_prime() {
        assert_eq!(NUMBERS.into_iter().filter(|&number| is_prime(number)).count(), 6);
    }
}
