//! How recordings are kept: laid out so that a change shows line by line, and replaced in one go.

use std::{
    fs,
    io::{self, Write},
    path::{MAIN_SEPARATOR, Path},
};

use anyhow::{Context, Result};
use indexmap::IndexMap;
use serde_json::value::RawValue;

/// The JSON of a recording with a line for each of its keys, and for each item of its lists: short, and fit for `diff`.
/// Keys stay in their order, and items as they were written.
///
/// Where a program prints a path in `root`, the part up to there is left out: it says nothing but where the checkout of
/// the one who recorded it lies.
pub(super) fn laid_out(json: &str, root: &Path) -> Result<String> {
    let root = quoted(&format!("{}{MAIN_SEPARATOR}", root.display()));
    let json = json.replace(root.trim_matches('"'), "");
    let recording: IndexMap<String, &RawValue> =
        serde_json::from_str(&json).context("the recording is no JSON object")?;
    let lines: Vec<_> =
        recording.iter().map(|(key, value)| format!("{}: {}", quoted(key), lines(value.get()))).collect();
    Ok(format!("{{\n{}\n}}\n", lines.join(",\n")))
}

/// `text` as JSON.
fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("every text can be written as JSON")
}

fn lines(value: &str) -> String {
    match serde_json::from_str::<Vec<&RawValue>>(value) {
        Ok(items) if !items.is_empty() => {
            let items: Vec<_> = items.iter().map(|item| item.get()).collect();
            format!("[\n{}\n]", items.join(",\n"))
        }
        _ => value.to_owned(),
    }
}

/// Puts `text` in the place of the file `path`, which is there whole at any moment.
pub(super) fn replace(path: &Path, text: &str) -> Result<()> {
    let folder = path.parent().expect("the file lies in a folder");
    let replace = || -> io::Result<()> {
        fs::create_dir_all(folder)?;
        let mut builder = tempfile::Builder::new();
        // Readable by others as any new file is; tempfile's own default is meant for secrets.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
        let mut file = builder.prefix(".unfinished-").tempfile_in(folder)?;
        file.write_all(text.as_bytes())?;
        file.persist(path).map(drop).map_err(|error| error.error)
    };
    replace().with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use lesson_data::recording::Recording;

    #[test]
    fn a_line_for_each_item_and_nothing_lost() {
        let laid_out = laid_out(sample::TEXT, Path::new("/project")).expect("the sample is JSON");
        assert!(laid_out.starts_with("{\n\"format\": \"lesson-recording\",\n\"version\": 1,\n"), "{laid_out}");
        let frame = "\n{\"at\": 100000000, \"thread\": 1, \"span\": 1, \"text\": \"| thinking!\"},\n";
        assert!(laid_out.contains(frame), "{laid_out}");
        assert!(
            laid_out.ends_with(
                "\n\"from the future\": {\"a key\": \"that is not known\", \"and\": [1, {\"a\": null}]}\n}\n"
            ),
            "{laid_out}"
        );
        assert_eq!(Recording::parse(&laid_out), Recording::parse(sample::TEXT));
    }

    #[test]
    fn the_place_of_the_checkout_is_left_out() {
        let root = Path::new("/home/somebody/project");
        let printed = root.join("lessons").join("spinner.py").display().to_string();
        let json = serde_json::json!({"output": [{"at": 1, "text": format!("<spin() at {printed}:16>")}]}).to_string();
        let laid_out = laid_out(&json, root).expect("it is JSON");
        assert!(laid_out.contains("<spin() at lessons") && !laid_out.contains("somebody"), "{laid_out}");
    }

    #[test]
    fn a_file_is_replaced_and_nothing_else_is_left() {
        let folder = tempfile::tempdir().expect("the system has a folder for temporary files");
        let path = folder.path().join("lesson-00").join("demo.json");
        for text in ["one", "two"] {
            replace(&path, text).expect("the folder is ours");
            assert_eq!(fs::read_to_string(&path).expect("it was kept"), text);
        }
        assert_eq!(fs::read_dir(path.parent().expect("it has one")).expect("it is ours").count(), 1);
    }
}
