//! An axis: from where to where it goes, its ticks, and where on it a figure stands.

use lesson_data::units::grouped;

/// It has at most so many steps from tick to tick, so that labels have room on a phone.
const MOST_STEPS: u8 = 5;

/// How the figures are spread along an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// Equal steps add the same. The axis begins at zero, so that lengths can be compared.
    Linear,
    /// Equal steps multiply by the same.
    Logarithmic,
}

/// An axis that has room for some figures.
#[derive(Debug)]
pub(super) struct Axis {
    scale: Scale,
    first: f64,
    last: f64,
    /// Where it has a tick, with the label.
    pub(super) ticks: Vec<(f64, String)>,
}

impl Axis {
    /// One that begins and ends at round numbers and has room for all of `figures`. `None` if it is logarithmic and one of
    /// them is not above zero.
    pub(super) fn around(figures: impl Iterator<Item = f64> + Clone, scale: Scale) -> Option<Self> {
        let low = figures.clone().fold(f64::INFINITY, f64::min);
        let high = figures.fold(f64::NEG_INFINITY, f64::max);
        let ticks = match scale {
            Scale::Linear => linear(low.min(0.0), high.max(0.0)),
            Scale::Logarithmic if low > 0.0 => logarithmic(low, high),
            Scale::Logarithmic => return None,
        };
        let (first, last) = (ticks[0], ticks[ticks.len() - 1]);
        // The smallest step says how many digits there are; on a logarithmic axis each tick says it of itself.
        let step = ticks[1] - ticks[0];
        let label = |tick: f64| label(tick, if scale == Scale::Linear { step } else { tick });
        Some(Axis { scale, first, last, ticks: ticks.iter().map(|&tick| (tick, label(tick))).collect() })
    }

    /// Where `figure` stands, from 0 at the beginning of the axis to 1 at its end.
    pub(super) fn place(&self, figure: f64) -> f64 {
        match self.scale {
            Scale::Linear => (figure - self.first) / (self.last - self.first),
            Scale::Logarithmic => (figure / self.first).log10() / (self.last / self.first).log10(),
        }
    }

    /// How many characters the longest label has.
    pub(super) fn longest_label(&self) -> usize {
        self.ticks.iter().map(|(_, label)| label.len()).max().unwrap_or(0)
    }
}

/// Multiples of 1, 2 or 5 times a power of ten, from the last that is not above `low` to the first not below `high`.
fn linear(low: f64, high: f64) -> Vec<f64> {
    // An axis without length has room for nothing.
    let high = if low < high { high } else { low + 1.0 };
    let power = 10_f64.powf(((high - low) / f64::from(MOST_STEPS)).log10().floor());
    let steps = [1.0, 2.0, 5.0, 10.0, 20.0].map(|times| power * times);
    // The ends are rounded too, which can add a step.
    let bounds = |step: f64| ((low / step).floor(), (high / step).ceil());
    let fits = |step: &f64| bounds(*step).1 - bounds(*step).0 <= f64::from(MOST_STEPS);
    let step = steps.into_iter().find(fits).unwrap_or(power * 50.0);
    let (first, last) = bounds(step);
    count(first, last).map(|tick| tick * step).collect()
}

/// Powers of ten with 2 and 5 between them where there are few; from the last that is not above `low` to the first not
/// below `high`.
fn logarithmic(low: f64, high: f64) -> Vec<f64> {
    // What is hardly above or below a tick is that tick, but for its last bits.
    const HARDLY: f64 = 1e-9;
    let (first, last) = ((low.log10() + HARDLY).floor(), (high.log10() - HARDLY).ceil());
    let power = |number: f64| 10_f64.powf(number);
    let ticks: Vec<_> =
        count(first, last).flat_map(|number| [1.0, 2.0, 5.0].map(|times| power(number) * times)).collect();
    let from = ticks.iter().rposition(|tick| *tick <= low * (1.0 + HARDLY)).unwrap_or(0);
    let to = ticks.iter().position(|tick| *tick >= high * (1.0 - HARDLY)).unwrap_or(0).max(from + 1);
    if to - from <= usize::from(MOST_STEPS) {
        return ticks[from..=to].to_vec();
    }
    let step = ((last - first) / f64::from(MOST_STEPS)).ceil();
    let steps = ((last - first) / step).ceil();
    count(0.0, steps).map(|number| power(first + number * step)).collect()
}

/// The whole numbers from `first` to `last`.
fn count(first: f64, last: f64) -> impl Iterator<Item = f64> {
    std::iter::successors(Some(first), |number| Some(number + 1.0)).take_while(move |&number| number <= last)
}

/// The number with as many digits behind the point as `step` has, and commas between thousands.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few hundred digits at most")]
fn label(number: f64, step: f64) -> String {
    // A little more, since the logarithm of a round number can come out just below a whole one.
    let digits = (-(step.abs().log10() + 1e-9).floor()).max(0.0) as usize;
    // Zero has no sign, also when it was reached from below.
    let sign = if number < 0.0 { "\u{2212}" } else { "" };
    sign.to_owned() + &grouped(&format!("{:.digits$}", number.abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(figures: &[f64], scale: Scale) -> Vec<String> {
        let axis = Axis::around(figures.iter().copied(), scale).expect("the figures fit the scale");
        axis.ticks.into_iter().map(|(_, label)| label).collect()
    }

    #[test]
    fn a_linear_axis_begins_at_zero_and_has_round_ticks() {
        for (figures, expected) in [
            (&[3.0, 97.0][..], &["0", "20", "40", "60", "80", "100"][..]),
            (&[97.0, 101.0], &["0", "50", "100", "150"]),
            (&[0.02, 0.11], &["0.00", "0.05", "0.10", "0.15"]),
            (&[12_345.0], &["0", "5,000", "10,000", "15,000"]),
            (&[-3.0, 4.0], &["\u{2212}4", "\u{2212}2", "0", "2", "4"]),
            (&[0.0], &["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
            (&[1.0], &["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
        ] {
            assert_eq!(labels(figures, Scale::Linear), expected, "{figures:?}");
        }
    }

    #[test]
    fn a_logarithmic_axis_has_powers_of_ten_and_what_is_between_where_there_is_room() {
        for (figures, expected) in [
            (&[1.0, 1_000.0][..], &["1", "10", "100", "1,000"][..]),
            (&[1.0, 8.0], &["1", "2", "5", "10"]),
            (&[3.0, 40.0], &["2", "5", "10", "20", "50"]),
            (&[0.3, 4_000.0], &["0.1", "1", "10", "100", "1,000", "10,000"]),
            (&[1.0, 10_000_000.0], &["1", "100", "10,000", "1,000,000", "100,000,000"]),
            (&[10.0], &["10", "20"]),
            (&[0.005, 0.02], &["0.005", "0.01", "0.02"]),
        ] {
            assert_eq!(labels(figures, Scale::Logarithmic), expected, "{figures:?}");
        }
        for none in [0.0, -1.0] {
            assert!(Axis::around([1.0, none].into_iter(), Scale::Logarithmic).is_none(), "{none}");
        }
    }

    #[test]
    fn every_axis_holds_its_figures_and_has_few_ticks() {
        for exponent in -9..12 {
            for times in [1.0, 1.5, 2.0, 4.999, 5.0, 9.99] {
                let figures = [times * 10_f64.powi(exponent), 1.0];
                for scale in [Scale::Linear, Scale::Logarithmic] {
                    let axis = Axis::around(figures.iter().copied(), scale).expect("they are above zero");
                    let places = figures.map(|figure| axis.place(figure));
                    assert!(places.iter().all(|place| (-1e-9..=1.0 + 1e-9).contains(place)), "{figures:?} {axis:?}");
                    assert!((2..=7).contains(&axis.ticks.len()), "{figures:?} {axis:?}");
                    let spread = axis.ticks.windows(2).map(|pair| axis.place(pair[1].0) - axis.place(pair[0].0));
                    assert!(spread.into_iter().all(|step| step > 0.05), "{figures:?} {axis:?}");
                }
            }
        }
    }

    #[test]
    fn equal_steps_add_or_multiply() {
        let percent = |axis: &Axis, figure| format!("{:.0}", axis.place(figure) * 100.0);
        let linear = Axis::around([100.0].into_iter(), Scale::Linear).expect("it is above zero");
        assert_eq!([0.0, 25.0, 100.0].map(|figure| percent(&linear, figure)), ["0", "25", "100"]);
        let logarithmic = Axis::around([1.0, 100.0].into_iter(), Scale::Logarithmic).expect("they are above zero");
        assert_eq!([1.0, 10.0, 100.0].map(|figure| percent(&logarithmic, figure)), ["0", "50", "100"]);
    }
}
