//! Programs that the compiler must reject, held to what they say of themselves.
//!
//! Some lessons are about what does not compile. Such a program lies in the lesson's folder `rejected/`, and a comment
//! on a line of its own says what the compiler will find in the line below it:
//!
//! ```text
//! //~ E0597: `message` does not live long enough
//! let spinner = task::spawn(spin(&message));
//! ```
//!
//! That is the error's code and the first line of its message. In the place of the code, a lint is named by its name,
//! and an error that has no code is called `error`. Beside `NAME.rs` lies `NAME_mended.rs`, the same program without
//! the mistake: it must compile, or the other might fail for any other reason.
//!
//! All of them are examples of the lesson's package, named in its `Cargo.toml` with
//! `required-features = ["rejected"]`, so that nothing builds them but [`check`], which a test of the lesson calls.

mod cargo;
mod verdict;

use std::{collections::BTreeSet, fs, path::Path};

pub use verdict::{Verdict, verdict};

use cargo::Checked;

/// The folder with these programs, within a lesson's.
const FOLDER: &str = "rejected";

/// What the name of a program ends with that does compile.
const MENDED: &str = "_mended";

/// Checks every program in the folder `rejected` of the package that lies in `manifest_dir`.
///
/// # Panics
///
/// If one of them is not what it says it is, with a report of all that are not.
pub fn check(manifest_dir: &str) {
    let folder = Path::new(manifest_dir);
    let programs = programs(&folder.join(FOLDER));
    assert!(!programs.is_empty(), "there are no programs in {}", folder.join(FOLDER).display());
    let checked = cargo::check(folder);
    let names: BTreeSet<_> = programs.iter().map(|program| program.name.as_str()).collect();
    let problems: Vec<_> = programs
        .iter()
        .filter_map(|program| {
            let why = program.judge(&checked, &names).err()?;
            Some(format!("{FOLDER}/{}.rs {why}", program.name))
        })
        .collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// A program in the folder.
struct Program {
    name: String,
    text: String,
}

/// The programs in this folder, by their names.
fn programs(folder: &Path) -> Vec<Program> {
    let files = fs::read_dir(folder).into_iter().flatten().flatten().map(|file| file.path());
    let sources = files.filter(|path| path.extension().is_some_and(|extension| extension == "rs"));
    let mut programs: Vec<_> = sources
        .map(|path| {
            let name = path.file_stem().expect("it has an extension").to_string_lossy().into_owned();
            let text = fs::read_to_string(&path).expect("a source can be read");
            Program { name, text }
        })
        .collect();
    programs.sort_by(|one, other| one.name.cmp(&other.name));
    programs
}

impl Program {
    /// Whether cargo found of it what it says, and its twin is there.
    fn judge(&self, checked: &Checked, names: &BTreeSet<&str>) -> Result<(), String> {
        let expected = verdict(&self.text)?;
        let twin = match self.name.strip_suffix(MENDED) {
            Some(twin) => twin.to_owned(),
            None => format!("{}{MENDED}", self.name),
        };
        if !names.contains(twin.as_str()) {
            return Err(format!("stands alone; write {FOLDER}/{twin}.rs beside it"));
        }
        if expected.is_none() != self.name.ends_with(MENDED) {
            return Err(format!(
                "has the wrong name: what ends with `{MENDED}` compiles, and all else says in a line `//~ CODE: \
                 MESSAGE` why it does not"
            ));
        }
        let Some(found) = checked.errors.get(&self.name) else {
            return Err(if checked.passed.contains(&self.name) {
                match expected {
                    Some(expected) => format!("compiles, and should not: {expected}"),
                    None => return Ok(()),
                }
            } else {
                format!(
                    "was not checked; name it as an [[example]] in Cargo.toml, with `required-features = \
                     [\"{FOLDER}\"]`. Cargo said:\n{}",
                    checked.said
                )
            });
        };
        let all = || found.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n  ");
        match (&expected, &found[..]) {
            (Some(expected), [found]) if found == expected => Ok(()),
            (Some(expected), _) => {
                Err(format!("is rejected for another reason than it says\n  {}\nbut\n  {}", expected, all()))
            }
            (None, _) => Err(format!("does not compile:\n  {}", all())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BORROWS: &str = "fn main() {\n    //~ E0597: it is gone\n    spawn(&message);\n}\n";

    fn found(line: usize) -> Verdict {
        Verdict { line, code: "E0597".to_owned(), message: "it is gone".to_owned() }
    }

    fn judge(name: &str, text: &str, errors: &[Verdict], passed: bool) -> Result<(), String> {
        let mut checked = Checked::default();
        if passed {
            checked.passed.insert(name.to_owned());
        }
        if !errors.is_empty() {
            checked.errors.insert(name.to_owned(), errors.to_vec());
        }
        let program = Program { name: name.to_owned(), text: text.to_owned() };
        program.judge(&checked, &BTreeSet::from(["borrows", "borrows_mended", "alone"]))
    }

    #[test]
    fn a_program_is_what_it_says_it_is() {
        assert_eq!(judge("borrows", BORROWS, &[found(3)], false), Ok(()));
        assert_eq!(judge("borrows_mended", "fn main() {}", &[], true), Ok(()));
    }

    #[test]
    fn whatever_else_happens_is_said() {
        for (name, text, errors, passed, expected) in [
            ("borrows", BORROWS, &[][..], true, "compiles, and should not: line 3: E0597: it is gone"),
            ("borrows", BORROWS, &[], false, "was not checked; name it as an [[example]] in Cargo.toml"),
            ("borrows", BORROWS, &[found(4)], false, "is rejected for another reason than it says\n  line 3"),
            ("borrows", BORROWS, &[found(3), found(3)], false, "is rejected for another reason than it says"),
            ("borrows", "fn main() {}", &[], true, "has the wrong name"),
            ("borrows_mended", BORROWS, &[], true, "has the wrong name"),
            ("borrows_mended", "fn main() {}", &[found(1)], false, "does not compile:\n  line 1: E0597: it is gone"),
            ("alone", BORROWS, &[found(3)], false, "stands alone; write rejected/alone_mended.rs beside it"),
        ] {
            let why = judge(name, text, errors, passed).expect_err(expected);
            assert!(why.starts_with(expected), "{why}");
        }
    }
}
