//! Finds the name that a mistyped one was meant to be.

/// The nearest of `known` to `name`, if one is near enough to be worth suggesting.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // A third of the letters may be wrong. More than that, and the suggestion is a guess.
    let tolerance = (name.chars().count() / 3).max(1);
    known
        .into_iter()
        // Swapped neighbours are the commonest slip of all, and this distance counts them as one.
        .map(|candidate| (strsim::osa_distance(name, candidate), candidate))
        .filter(|&(distance, _)| distance <= tolerance)
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 5] = ["fmt", "clippy", "test", "doc", "test-all"];

    #[test]
    fn slips_are_understood() {
        for (slip, name) in [
            ("clipy", "clippy"),
            ("cilppy", "clippy"),
            ("tests", "test"),
            ("testall", "test-all"),
            ("fnt", "fmt"),
            ("docs", "doc"),
        ] {
            assert_eq!(nearest(slip, NAMES), Some(name), "{slip}");
        }
    }

    #[test]
    fn far_names_are_not_guessed() {
        for far in ["", "bench", "release", "é"] {
            assert_eq!(nearest(far, NAMES), None, "{far}");
        }
    }
}
