//! Has cargo check the examples of a package, and reads what it finds.

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    io::Read,
    path::Path,
    process::{Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use serde_json::Value;

use crate::Verdict;

/// Far longer than it takes on a slow machine that has to check every dependency first.
const PATIENCE: Duration = Duration::from_secs(15 * 60);

/// What cargo found.
#[derive(Debug, Default)]
pub(crate) struct Checked {
    /// The examples with errors, and these.
    pub(crate) errors: BTreeMap<String, Vec<Verdict>>,
    /// The examples that compile.
    pub(crate) passed: BTreeSet<String>,
    /// What cargo itself said on standard error.
    pub(crate) said: String,
}

/// Checks all examples of the package in `folder`, with its feature `rejected`.
///
/// Cargo is done with its target folder when it runs tests, so this can use the same one. Dependencies that clippy or
/// another check has seen with the same features are not checked again.
pub(crate) fn check(folder: &Path) -> Checked {
    // Cargo says which it is to what it runs.
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut child = Command::new(cargo)
        .args(["check", "--examples", "--features", "rejected", "--keep-going", "--message-format=json", "--offline"])
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("cargo can be started");
    let messages = read(child.stdout.take().expect("it is piped"));
    let said = read(child.stderr.take().expect("it is piped"));
    let Ok(messages) = messages.recv_timeout(PATIENCE) else {
        let _ = child.kill();
        let said = said.recv_timeout(Duration::from_secs(10)).unwrap_or_default();
        panic!("`cargo check` of {} took longer than {PATIENCE:?}. It said:\n{said}", folder.display());
    };
    let said = said.recv_timeout(PATIENCE).unwrap_or_default();
    // That there are errors is what we expect, so how it ends says nothing.
    child.wait().expect("it is our child");
    Checked { said, ..understood(&messages) }
}

/// Reads all of it, on a thread of its own.
fn read(mut pipe: impl Read + Send + 'static) -> mpsc::Receiver<String> {
    let (done, text) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        // What can't be read is missing, and the report says so.
        let _ = pipe.read_to_end(&mut bytes);
        done.send(String::from_utf8_lossy(&bytes).into_owned())
    });
    text
}

/// What these messages, a line of JSON each, say of examples.
fn understood(messages: &str) -> Checked {
    let mut checked = Checked::default();
    for message in messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()) {
        let target = &message["target"];
        let is_example = target["kind"].as_array().is_some_and(|kinds| kinds.iter().any(|kind| kind == "example"));
        let (true, Some(name)) = (is_example, target["name"].as_str()) else { continue };
        match message["reason"].as_str() {
            Some("compiler-artifact") => {
                checked.passed.insert(name.to_owned());
            }
            Some("compiler-message") if message["message"]["level"] == "error" => {
                checked.errors.entry(name.to_owned()).or_default().push(error(&message["message"]));
            }
            _ => {}
        }
    }
    checked
}

fn error(diagnostic: &Value) -> Verdict {
    let spans = diagnostic["spans"].as_array();
    let primary = spans.into_iter().flatten().find(|span| span["is_primary"] == true);
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

    /// A line each, as cargo writes them.
    fn messages() -> String {
        let artifact = |kind: &str, name: &str| json!({"reason": "compiler-artifact", "target": target(kind, name)});
        let message = |name: &str, message: Value| json!({"reason": "compiler-message", "target": target("example", name), "message": message});
        let spans = json!([{"is_primary": false, "line_start": 1}, {"is_primary": true, "line_start": 12}]);
        let coded = json!({
            "level": "error", "code": {"code": "E0597"}, "message": "it is gone\nreally", "spans": spans
        });
        let uncoded = json!({"level": "error", "code": null, "message": "no code", "spans": []});
        [
            artifact("lib", "library"),
            artifact("example", "sound"),
            message("sound", json!({"level": "warning"})),
            message("broken", coded),
            message("broken", uncoded),
            json!({"reason": "build-finished", "success": false}),
        ]
        .map(|message| message.to_string())
        .join("\nno JSON\n")
    }

    fn target(kind: &str, name: &str) -> Value {
        json!({"kind": [kind], "name": name})
    }

    #[test]
    fn messages_of_examples_are_understood() {
        let checked = understood(&messages());
        assert_eq!(checked.passed, BTreeSet::from(["sound".to_owned()]));
        assert_eq!(checked.errors.len(), 1);
        let errors: Vec<_> = checked.errors["broken"].iter().map(ToString::to_string).collect();
        assert_eq!(errors, ["line 12: E0597: it is gone", "line 0: error: no code"]);
    }
}
