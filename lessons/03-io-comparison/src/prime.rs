//! The work: whether a number is prime, found out by trying to divide it.
//!
//! It is done in the plainest way, so that it takes long and never waits. All it needs is a processor.

use std::ops::RangeInclusive;

/// Whether `number` is prime.
pub fn is_prime(number: u64) -> bool {
    if number < 3 || number % 2 == 0 {
        return number == 2;
    }
    !has_divisor(number, 3..=number.isqrt())
}

/// Whether one of the `candidates` divides `number`. Every other one is tried: they begin with an odd number, and an
/// odd number has no even divisor.
pub fn has_divisor(number: u64, candidates: RangeInclusive<u64>) -> bool {
    candidates.step_by(2).any(|candidate| number % candidate == 0)
}

/// What a variant answers.
pub fn in_words(is_prime: bool) -> &'static str {
    if is_prime { "prime" } else { "not prime" }
}

#[cfg(test)]
mod tests {
    use super::is_prime;

    /// The sieve crosses out multiples, and divides nothing.
    #[test]
    fn the_primes_are_those_that_a_sieve_leaves() {
        let mut is_left = [true; 2_000];
        is_left[..2].fill(false);
        for number in 2..is_left.len() {
            if is_left[number] {
                (2 * number..is_left.len()).step_by(number).for_each(|multiple| is_left[multiple] = false);
            }
        }
        let primes: Vec<_> = (0..).zip(is_left).filter_map(|(number, is_left)| is_left.then_some(number)).collect();
        assert_eq!((0..2_000).filter(|&number| is_prime(number)).collect::<Vec<u64>>(), primes);
    }

    #[test]
    fn the_last_candidate_is_the_root() {
        assert!(!is_prime(4_294_967_291 * 4_294_967_291 - 4_294_967_291 * 2), "a multiple of it");
        assert!(!is_prime(65_521 * 65_521));
        assert!(is_prime(4_294_967_291));
    }
}
