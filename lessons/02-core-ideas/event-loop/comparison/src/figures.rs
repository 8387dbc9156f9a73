//! Figures of several rounds: their middle and their spread, and how ours compare with the best of the others.

use serde::Serialize;

/// Whether a high figure is good or bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Better {
    Less,
    More,
}

/// The middle of several figures, and the range of the middle half of them.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Spread {
    pub median: f64,
    pub low: f64,
    pub high: f64,
}

impl Spread {
    /// # Panics
    ///
    /// If there is no figure.
    pub fn of(figures: impl IntoIterator<Item = f64>) -> Self {
        let mut figures: Vec<_> = figures.into_iter().collect();
        figures.sort_by(f64::total_cmp);
        let last = figures.len() - 1;
        Self { median: figures[last / 2], low: figures[last / 4], high: figures[last - last / 4] }
    }
}

/// What was measured of all subjects, in rounds: each has a figure for each subject, in their order.
#[derive(Debug, Serialize)]
pub struct Measure {
    /// What was measured. It is the name of a row.
    pub name: String,
    pub unit: &'static str,
    pub better: Better,
    /// A figure for each subject, in their order.
    pub figures: Vec<Spread>,
    /// Ours divided by the best of the others, round by round. `None` where that says nothing.
    pub ratio: Option<Spread>,
    pub rounds: usize,
}

impl Measure {
    /// # Panics
    ///
    /// If there is no round, or none but ours was measured in it.
    pub fn of<const N: usize>(
        name: impl Into<String>,
        unit: &'static str,
        better: Better,
        rounds: &[[f64; N]],
    ) -> Self {
        let best = |others: &[f64]| {
            others.iter().copied().reduce(if better == Better::Less { f64::min } else { f64::max }).expect("somebody")
        };
        // A ratio to nothing is none.
        let ratios = rounds.iter().map(|round| round[0] / best(&round[1..])).filter(|ratio| ratio.is_finite());
        let ratios: Vec<_> = ratios.collect();
        Self {
            name: name.into(),
            unit,
            better,
            figures: (0..N).map(|subject| Spread::of(rounds.iter().map(|round| round[subject]))).collect(),
            ratio: (!ratios.is_empty()).then(|| Spread::of(ratios)),
            rounds: rounds.len(),
        }
    }

    /// The same, for what is neither good nor bad.
    pub fn without_ratio(self) -> Self {
        Self { ratio: None, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_half() {
        let spread = Spread::of([9.0, 1.0, 3.0, 2.0, 100.0]);
        assert_eq!(spread, Spread { median: 3.0, low: 2.0, high: 9.0 });
        assert_eq!(Spread::of([7.0]), Spread { median: 7.0, low: 7.0, high: 7.0 });
    }

    #[test]
    fn ratios_are_of_one_round_and_to_the_best() {
        // The second round is ten times slower for everybody, and says the same.
        let rounds = [[1.0, 4.0, 2.0], [10.0, 40.0, 20.0]];
        let ratio =
            |better| Measure::of("a", "ns", better, &rounds).ratio.expect("nobody has nothing").median.to_string();
        assert_eq!(ratio(Better::Less), "0.5");
        assert_eq!(ratio(Better::More), "0.25");
        assert_eq!(Measure::of("a", "%", Better::More, &[[0.0, 0.0]]).ratio, None);
    }
}
