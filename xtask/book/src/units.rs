//! Figures in the units that the book shows them in.

/// Nanoseconds in a millisecond.
pub const MILLISECOND: u64 = 1_000_000;
/// Nanoseconds in a second.
pub const SECOND: u64 = 1_000_000_000;
/// Bytes in a megabyte.
pub const MEGABYTE: u64 = 1_000_000;

/// `value` in `unit`s, rounded to `digits` behind the point.
#[must_use]
#[allow(clippy::cast_precision_loss, reason = "figures are rounded to a few digits")]
pub fn scaled(value: u64, unit: u64, digits: usize) -> String {
    format!("{:.digits$}", value as f64 / unit as f64)
}

/// `nanoseconds` as `3.01 s`.
#[must_use]
pub fn seconds(nanoseconds: u64) -> String {
    scaled(nanoseconds, SECOND, 2) + " s"
}

/// `nanoseconds` as `0.25 ms`.
#[must_use]
pub fn milliseconds(nanoseconds: u64) -> String {
    scaled(nanoseconds, MILLISECOND, 2) + " ms"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_rounded() {
        assert_eq!(seconds(3_005_400_000), "3.01 s");
        assert_eq!(milliseconds(254_900), "0.25 ms");
        assert_eq!(scaled(5_070_848, MEGABYTE, 1), "5.1");
    }
}
