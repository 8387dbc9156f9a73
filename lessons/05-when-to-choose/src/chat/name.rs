//! What a client may be called, and which names could be taken for each other.
//!
//! Unicode has many ways to write what looks the same. The rules are its own: normalisation
//! (UAX 15), case folding (chapter 3.13 of the standard), and what is safe in identifiers
//! (UTS 39).

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};
use unicode_security::{GeneralSecurityProfile, general_security_profile::IdentifierType, skeleton};

/// The most characters in a name.
pub const LONGEST: usize = 20;

/// The name that is meant by what a client has `typed`: in its normal form (NFKC), and without
/// what can't be seen. `None` if that is no name.
pub fn of(typed: &str) -> Option<String> {
    let is_visible = |c: &char| c.identifier_type() != Some(IdentifierType::Default_Ignorable);
    let name: String = typed.chars().filter(is_visible).nfkc().collect();
    // A mark at the beginning would be drawn on what stands before the name.
    let begins_well = name.chars().next().is_some_and(|c| !is_combining_mark(c));
    let is_short = name.chars().count() <= LONGEST;
    // Letters with their marks, digits and `_`, of all scripts that are in use.
    let is_usual = |c: char| match c.identifier_type() {
        Some(IdentifierType::Recommended | IdentifierType::Limited_Use) => true,
        _ => c == '-',
    };
    (begins_well && is_short && name.chars().all(is_usual)).then_some(name)
}

/// What a name looks like in any case: as it stands, and in small letters. Two names that have
/// one of these in common could be taken for each other. Those that [`are_one`] have the second.
pub fn looks(name: &str) -> [String; 2] {
    // In Cyrillic `В` looks like `B`, but `в` not like `b`. In Latin `I` looks like `l`, but `i`
    // not.
    [folded(&skeleton(name).collect::<String>()), skeleton(&folded(name)).collect()]
}

/// Whether two names are the same but for their case.
pub fn are_one(name: &str, other: &str) -> bool {
    folded(name) == folded(other)
}

fn folded(name: &str) -> String {
    caseless::default_case_fold_str(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn could_be_taken_for(one: &str, other: &str) -> bool {
        let [one, other] = [one, other].map(|name| looks(&of(name).expect("it is a name")));
        one.iter().any(|look| other.contains(look))
    }

    #[test]
    fn letters_of_every_script_make_a_name_with_their_marks() {
        for name in [
            "ada",
            "Zoë",
            "r2-d2",
            "_",
            "कृष्ण",
            "தமிழ்",
            "ភាសា",
            "ไทย",
            "ボブ",
            "밥",
            "שלום",
            "محمد",
            "Ελένη",
            "ᏣᎳᎩ",
            "ߒߞߏ",
        ] {
            assert_eq!(of(name).as_deref(), Some(name));
        }
    }

    #[test]
    fn a_name_is_what_it_is_in_normal_form_without_what_is_invisible() {
        for (typed, name) in [
            ("rene\u{301}", "rené"),
            ("rene\u{200b}\u{301}", "rené"),
            ("ｂｏｂ", "bob"),
            ("𝐛ⓞb", "bob"),
            ("\u{feff}bob", "bob"),
            ("b\u{200b}o\u{ad}b\u{fe0f}", "bob"),
            ("علی\u{200c}رضا", "علیرضا"),
        ] {
            assert_eq!(of(typed).as_deref(), Some(name), "{typed}");
        }
    }

    #[test]
    fn what_is_no_name() {
        for typed in [
            "",
            "two words",
            "<ada>",
            "a,b",
            "a:b",
            "½",
            "🦀",
            "\u{3164}",
            "\u{115f}\u{1160}\u{ffa0}",
            "\u{200b}",
            "\u{301}bob",
            "\u{e000}",
            "𓂀",
            "twenty-one-characters",
        ] {
            assert_eq!(of(typed), None, "{typed:?}");
        }
        assert_eq!(of(&"ё".repeat(20)), Some("ё".repeat(20)));
    }

    #[test]
    fn names_that_differ_in_case_or_look_alike_are_told_apart_from_none() {
        for (one, other) in [
            ("bob", "BOB"),
            ("bob", "bоb"),
            ("bob", "ВОВ"),
            ("BOB", "B0B"),
            ("Ian", "lan"),
            ("Ian", "ian"),
            ("Strauß", "STRAUSS"),
            ("Σίσυφος", "ΣΊΣΥΦΟΣ"),
            ("rn", "m"),
        ] {
            assert!(could_be_taken_for(one, other) && could_be_taken_for(other, one), "{one} and {other}");
        }
        for (one, other) in [("bob", "rob"), ("rené", "rene"), ("ian", "lan"), ("bob1", "bob2"), ("иван", "ivan")]
        {
            assert!(!could_be_taken_for(one, other), "{one} and {other}");
        }
    }
}
