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

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fmt, fs,
    path::Path,
    process::Command,
};

use serde_json::Value;

/// The folder with these programs, within a lesson's, and the feature that they are built with.
const REJECTED: &str = "rejected";

/// What the name of a program ends with that does compile.
const MENDED: &str = "_mended";

/// What a comment that announces an error begins with.
const MARK: &str = "//~ ";

/// An error that the compiler finds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The line that it finds it in, counted from 1.
    pub line: usize,
    /// The error's code, the lint's name, or `error` if it has neither.
    pub code: String,
    /// The first line of the message.
    pub message: String,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}: {}", self.line, self.code, self.message)
    }
}

/// The error that the program in `text` says it has, or `None` if it says nothing.
///
/// # Errors
///
/// If it says it of more than one line, or not in the form `//~ CODE: MESSAGE`.
pub fn verdict(text: &str) -> Result<Option<Verdict>, String> {
    let mut marks = (1..).zip(text.lines()).filter_map(|(line, text)| Some((line, text.trim().strip_prefix(MARK)?)));
    let Some((line, announced)) = marks.next() else { return Ok(None) };
    if let Some((second, _)) = marks.next() {
        return Err(format!("has a second `{}` in line {second}; show one mistake at a time", MARK.trim()));
    }
    let Some((code, message)) = announced.split_once(": ") else {
        return Err(format!("says `{announced}` in line {line}; write `{MARK}CODE: MESSAGE`"));
    };
    Ok(Some(Verdict { line: line + 1, code: code.to_owned(), message: message.to_owned() }))
}

/// Checks every program in the folder `rejected` of the package that lies in `manifest_dir`.
///
/// Cargo is done with its target folder when it runs tests, so this can use the same one. Dependencies that clippy or
/// another check has seen with the same features are not checked again.
///
/// # Panics
///
/// If one of them is not what it says it is, with a report of all that are not.
pub fn check(manifest_dir: &str) {
    let folder = Path::new(manifest_dir).join(REJECTED);
    let files = fs::read_dir(&folder).into_iter().flatten().flatten().map(|file| file.path());
    let sources = files.filter(|path| path.extension().is_some_and(|extension| extension == "rs"));
    let programs: BTreeMap<_, _> = sources
        .map(|path| {
            let name = path.file_stem().expect("it has an extension").to_string_lossy().into_owned();
            (name, fs::read_to_string(&path).expect("a source can be read"))
        })
        .collect();
    assert!(!programs.is_empty(), "there are no programs in {}", folder.display());
    // That there are errors is what we expect, so how it ends says nothing.
    let checked = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["check", "--examples", "--features", REJECTED, "--keep-going", "--message-format=json", "--offline"])
        .current_dir(manifest_dir)
        .output()
        .expect("cargo can be started");
    let examples = Examples::read(&String::from_utf8_lossy(&checked.stdout));
    let names = programs.keys().map(String::as_str).collect();
    let problems = programs.iter().filter_map(|(name, text)| {
        let reason = examples.judge(name, text, &names).err()?;
        Some(format!("{REJECTED}/{name}.rs {reason}\n"))
    });
    let problems: String = problems.collect();
    assert!(problems.is_empty(), "{problems}Cargo said:\n{}", String::from_utf8_lossy(&checked.stderr));
}

/// What cargo has found of a package's examples.
#[derive(Debug, Default, PartialEq)]
struct Examples {
    errors: BTreeMap<String, Vec<Verdict>>,
    /// Those that compile.
    passed: BTreeSet<String>,
}

impl Examples {
    /// What these messages say, a line of JSON each.
    fn read(messages: &str) -> Self {
        let mut examples = Self::default();
        for message in messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()) {
            let target = &message["target"];
            let (true, Some(name)) = (target["kind"][0] == "example", target["name"].as_str()) else { continue };
            match message["reason"].as_str() {
                Some("compiler-artifact") => _ = examples.passed.insert(name.to_owned()),
                Some("compiler-message") if message["message"]["level"] == "error" => {
                    examples.errors.entry(name.to_owned()).or_default().push(error(&message["message"]));
                }
                _ => {}
            }
        }
        examples
    }

    /// Whether the program `name` is what its `text` says, and its twin is among the `names`.
    fn judge(&self, name: &str, text: &str, names: &BTreeSet<&str>) -> Result<(), String> {
        let expected = verdict(text)?;
        let twin = name.strip_suffix(MENDED).map_or_else(|| format!("{name}{MENDED}"), str::to_owned);
        if !names.contains(twin.as_str()) {
            return Err(format!("stands alone; write {REJECTED}/{twin}.rs beside it"));
        }
        if expected.is_none() != name.ends_with(MENDED) {
            return Err(format!(
                "has the wrong name: what ends with `{MENDED}` compiles, and all else says in a line `{MARK}CODE: \
                 MESSAGE` why it does not"
            ));
        }
        let errors = self.errors.get(name).map_or(&[][..], Vec::as_slice);
        let all = || errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n  ");
        match (expected, errors) {
            (Some(expected), [error]) if *error == expected => Ok(()),
            (None, []) if self.passed.contains(name) => Ok(()),
            (Some(expected), []) if self.passed.contains(name) => Err(format!("compiles, and should not: {expected}")),
            (_, []) => Err(format!(
                "was not checked; name it as an [[example]] in Cargo.toml, with `required-features = [\"{REJECTED}\"]`"
            )),
            (Some(expected), _) => {
                Err(format!("is rejected for another reason than it says\n  {expected}\nbut\n  {}", all()))
            }
            (None, _) => Err(format!("does not compile:\n  {}", all())),
        }
    }
}

fn error(diagnostic: &Value) -> Verdict {
    let primary = diagnostic["spans"].as_array().into_iter().flatten().find(|span| span["is_primary"] == true);
    let line = primary.and_then(|span| span["line_start"].as_u64()).and_then(|line| usize::try_from(line).ok());
    let message = diagnostic["message"].as_str().unwrap_or_default();
    Verdict {
        line: line.unwrap_or(0),
        code: diagnostic["code"]["code"].as_str().unwrap_or("error").to_owned(),
        message: message.lines().next().unwrap_or_default().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const BORROWS: &str = "fn main() {\n    //~ E0597: it is gone: really\n    spawn(&message);\n}\n";

    /// What cargo says of programs with an error in such a line, which has a code unless it is the first, and of those
    /// that compile.
    fn examples(errors: &[(&str, u32)], passed: &[&str]) -> Examples {
        let target = |kind: &str, name: &str| json!({"kind": [kind], "name": name});
        let errors = errors.iter().map(|&(name, line)| {
            let spans = json!([{"is_primary": false, "line_start": 1}, {"is_primary": true, "line_start": line}]);
            let code = if line == 1 { Value::Null } else { json!({"code": "E0597"}) };
            let message = json!({"level": "error", "code": code, "message": "it is gone: really\nand", "spans": spans});
            json!({"reason": "compiler-message", "target": target("example", name), "message": message})
        });
        let passed = passed.iter().flat_map(|name| {
            let warning = json!({"level": "warning"});
            [
                json!({"reason": "compiler-artifact", "target": target("lib", "library")}),
                json!({"reason": "compiler-message", "target": target("example", name), "message": warning}),
                json!({"reason": "compiler-artifact", "target": target("example", name)}),
            ]
        });
        let messages: Vec<_> = errors.chain(passed).map(|message| message.to_string()).collect();
        Examples::read(&messages.join("\nno JSON\n"))
    }

    #[test]
    fn a_program_is_what_it_says_it_is_or_reads_what_is_wrong() {
        let (fine, borrows, mended) = ("fn main() {}", "borrows", "borrows_mended");
        for (name, text, errors, passed, expected) in [
            (borrows, BORROWS, &[(borrows, 3)][..], &[][..], ""),
            (mended, fine, &[(borrows, 3)], &[mended], ""),
            (borrows, BORROWS, &[], &[borrows], "compiles, and should not: line 3: E0597: it is gone"),
            (borrows, BORROWS, &[], &[], "was not checked; name it as an [[example]] in Cargo.toml"),
            (borrows, BORROWS, &[(borrows, 4)], &[], "is rejected for another reason than it says\n  line 3"),
            (borrows, BORROWS, &[(borrows, 3), (borrows, 3)], &[], "is rejected for another reason than it says"),
            (borrows, fine, &[], &[borrows], "has the wrong name"),
            (mended, BORROWS, &[], &[mended], "has the wrong name"),
            (mended, fine, &[], &[borrows], "was not checked"),
            (mended, fine, &[(mended, 1)], &[], "does not compile:\n  line 1: error: it is gone: really"),
            ("alone", BORROWS, &[("alone", 3)], &[], "stands alone; write rejected/alone_mended.rs beside it"),
            (borrows, "//~ E0597\n", &[], &[], "says `E0597` in line 1; write `//~ CODE: MESSAGE`"),
            (borrows, "//~ a: b\n\n//~ c: d\n", &[], &[], "has a second `//~` in line 3; show one mistake at a time"),
        ] {
            let judged = examples(errors, passed).judge(name, text, &BTreeSet::from([borrows, mended]));
            let reason = judged.err().unwrap_or_default();
            assert!(reason.starts_with(expected) && reason.is_empty() == expected.is_empty(), "{expected}: {reason}");
        }
    }
}
