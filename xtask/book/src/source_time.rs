//! A time that stands in a source, such as `Duration::from_millis(100)`, as prose says it.

use crate::project::Project;
use anyhow::{Context, Result, ensure};

/// The calls that name a unit, and that unit.
const CALLS: &[(&str, &str)] =
    &[("from_secs(", "s"), ("from_millis(", "ms"), ("from_micros(", "µs"), ("from_nanos(", "ns")];

/// The time in `text`, which must stand in that source.
pub fn read(project: &Project, path: &str, text: &str) -> Result<String> {
    ensure!(project.source(path)?.contains(text), "`{text}` is not in `{path}`; copy it from there");
    time(text).with_context(|| format!("`{text}` names no time; quote a call such as `Duration::from_millis(100)`"))
}

fn time(text: &str) -> Option<String> {
    CALLS.iter().find_map(|(call, unit)| {
        let (_, rest) = text.split_once(call)?;
        let (number, _) = rest.split_once(')')?;
        let digits = number.replace('_', "");
        let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| format!("{digits} {unit}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_times() {
        for (text, expected) in [
            ("Duration::from_millis(100)", Some("100 ms")),
            ("sleep(Duration::from_secs(3)).await", Some("3 s")),
            ("from_micros(1_500)", Some("1500 µs")),
            ("from_secs(n)", None),
            ("from_secs()", None),
            ("sleep(3)", None),
        ] {
            assert_eq!(time(text).as_deref(), expected, "{text}");
        }
    }
}
