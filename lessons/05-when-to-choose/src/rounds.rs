//! A figure that was measured in several rounds: what it was in the middle one, and in the others.

/// What the figure was in each round, in rising order.
pub fn sorted<T>(rounds: &[T], figure: impl Fn(&T) -> f64) -> Vec<f64> {
    let mut figures: Vec<_> = rounds.iter().map(figure).collect();
    figures.sort_by(f64::total_cmp);
    figures
}

/// The figure in the middle; of an even number of rounds, the larger of the two.
///
/// # Panics
///
/// If there was no round.
pub fn median<T>(rounds: &[T], figure: impl Fn(&T) -> f64) -> f64 {
    sorted(rounds, figure)[rounds.len() / 2]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_one_in_the_middle() {
        let rounds = [9.0, 1.0, 2.0];
        assert_eq!(sorted(&rounds, |figure| -figure), [-9.0, -2.0, -1.0]);
        assert_eq!(sorted(&rounds[..2], |figure| *figure), [1.0, 9.0]);
        assert!((median(&rounds, |figure| *figure) - 2.0).abs() < f64::EPSILON);
        assert!((median(&rounds[..2], |figure| *figure) - 9.0).abs() < f64::EPSILON);
    }
}
