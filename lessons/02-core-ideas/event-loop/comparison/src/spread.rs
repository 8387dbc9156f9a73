//! Figures of several rounds: their middle and their spread, and how ours compare with the best of the others.

/// Whether a high figure is good or bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Better {
    Less,
    More,
}

/// The middle of several figures, and the range of the middle half of them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    pub median: f64,
    pub low: f64,
    pub high: f64,
}

impl Spread {
    /// `None` if there is no figure.
    pub fn of(figures: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut figures: Vec<_> = figures.into_iter().collect();
        figures.sort_by(f64::total_cmp);
        let last = figures.len().checked_sub(1)?;
        Some(Self { median: figures[last / 2], low: figures[last / 4], high: figures[last - last / 4] })
    }
}

/// Our figure, which is the first, divided by the best of the others, round by round. `None` if that says nothing.
pub fn ratio<const N: usize>(rounds: &[[f64; N]], better: Better) -> Option<Spread> {
    let best = |others: &[f64]| others.iter().copied().reduce(if better == Better::Less { f64::min } else { f64::max });
    let ratios = rounds.iter().filter_map(|round| Some(round[0] / best(&round[1..])?));
    // A ratio to nothing is none.
    Spread::of(ratios.filter(|ratio| ratio.is_finite()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_half() {
        let spread = Spread::of([9.0, 1.0, 3.0, 2.0, 100.0]);
        assert_eq!(spread, Some(Spread { median: 3.0, low: 2.0, high: 9.0 }));
        assert_eq!(Spread::of([7.0]), Some(Spread { median: 7.0, low: 7.0, high: 7.0 }));
        assert_eq!(Spread::of([]), None);
    }

    #[test]
    fn ratios_are_of_one_round_and_to_the_best() {
        // The second round is ten times slower for all of them, and says the same.
        let rounds = [[1.0, 4.0, 2.0], [10.0, 40.0, 20.0]];
        let median = |better| ratio(&rounds, better).map(|ratio| ratio.median.to_string());
        assert_eq!(median(Better::Less).as_deref(), Some("0.5"));
        assert_eq!(median(Better::More).as_deref(), Some("0.25"));
        assert_eq!(ratio(&[[0.0, 0.0]], Better::More), None);
    }
}
