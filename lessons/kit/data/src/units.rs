//! Figures in the units that people read them in.

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

/// A decimal number with a comma for each thousand: `12,345.6`.
#[must_use]
pub fn grouped(number: &str) -> String {
    let (whole, rest) = number.split_at(number.find('.').unwrap_or(number.len()));
    let digits = whole.trim_start_matches('-').len();
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        let left = whole.len() - index;
        if left < digits && left % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped + rest
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

    #[test]
    fn thousands_are_told_apart() {
        for (number, expected) in [
            ("0", "0"),
            ("-999.1234", "-999.1234"),
            ("9999.25", "9,999.25"),
            ("-123456.5", "-123,456.5"),
            ("1000000", "1,000,000"),
        ] {
            assert_eq!(grouped(number), expected);
        }
    }
}
