//! What the book needs to know of a lesson: its package's name, and the rows of its table of variants.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// A package in `lessons/`.
#[derive(Debug)]
pub struct Lesson {
    /// The name that `cargo run -p` takes.
    pub package: String,
    /// Where it lies.
    pub folder: PathBuf,
    /// The rows of the table in its `main.rs`, in that order.
    pub variants: Vec<Variant>,
}

/// A row of the table.
#[derive(Debug, PartialEq, Eq)]
pub struct Variant {
    /// Its name on the command line.
    pub name: String,
    /// The script that it runs, from the lesson's folder, if it is a Python variant.
    pub script: Option<String>,
    /// Whether the tour runs it.
    pub on_tour: bool,
    /// Whether it measures what only an optimised build can do.
    pub is_optimised: bool,
}

impl Lesson {
    /// The lesson in this folder, or the sentence that says why there is none.
    ///
    /// # Errors
    ///
    /// If the folder has no readable `Cargo.toml` with a package.
    pub fn load(folder: &Path) -> Result<Self, String> {
        let manifest = folder.join("Cargo.toml");
        let text = fs::read_to_string(&manifest)
            .map_err(|error| format!("{} could not be read: {error}", manifest.display()))?;
        let table: toml::Table =
            text.parse().map_err(|error| format!("{} is no manifest: {error}", manifest.display()))?;
        let name = table.get("package").and_then(|package| package.get("name")).and_then(toml::Value::as_str);
        let package = name.ok_or_else(|| format!("{} has no package", manifest.display()))?.to_owned();
        // A package without a program has no variants.
        let main = fs::read_to_string(folder.join("src/main.rs")).unwrap_or_default();
        Ok(Lesson { package, folder: folder.to_path_buf(), variants: variants(&main) })
    }

    /// The words after `cargo` that run what stands in this file of the lesson, if it is a whole program.
    #[must_use]
    pub fn command(&self, file: &Path) -> Option<String> {
        let path = file.to_str()?.replace('\\', "/");
        if path == "src/main.rs" && !self.variants.is_empty() {
            return Some(format!("cargo run -p {}", self.package));
        }
        let name =
            path.strip_prefix("src/").and_then(|name| name.strip_suffix(".rs")).map(|name| name.replace('_', "-"));
        let variant = self.variants.iter().find(|variant| match &variant.script {
            Some(script) => *script == path,
            None => Some(&variant.name) == name.as_ref(),
        })?;
        Some(self.command_for(&variant.name))
    }

    /// The command that runs this variant.
    #[must_use]
    pub fn command_for(&self, variant: &str) -> String {
        let is_optimised = self.variants.iter().any(|row| row.name == variant && row.is_optimised);
        format!("cargo run -p {}{} -- {variant}", self.package, if is_optimised { " --release" } else { "" })
    }

    /// That this is the name of a variant.
    ///
    /// # Errors
    ///
    /// If it is not. The sentence names those that are.
    pub fn check_variant(&self, name: &str) -> Result<(), String> {
        if self.variants.iter().any(|variant| variant.name == name) {
            return Ok(());
        }
        let names: Vec<_> = self.variants.iter().map(|variant| variant.name.as_str()).collect();
        Err(format!("{} has no variant `{name}`; it has {}", self.package, names.join(", ")))
    }
}

/// Reads the table. It is Rust, but written so that nothing but rows stands in it: a row starts with the word `Variant`
/// and a call that names it.
fn variants(main: &str) -> Vec<Variant> {
    let rows = main.split("Variant::").skip(1);
    rows.filter_map(|row| {
        let mut strings = row.split('"').skip(1).step_by(2);
        let name = strings.next()?.to_owned();
        let script = if row.starts_with("python(") {
            strings
                .find(|text| Path::new(text).extension().is_some_and(|extension| extension == "py"))
                .map(str::to_owned)
        } else {
            None
        };
        Some(Variant { name, script, on_tour: row.contains(".on_tour()"), is_optimised: row.contains(".optimised()") })
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first_lesson() -> Lesson {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../lessons/01-threads-vs-coroutines");
        Lesson::load(&folder).expect("the first lesson is there")
    }

    #[test]
    fn the_first_lessons_table() {
        let lesson = first_lesson();
        assert_eq!(lesson.package, "lesson-01");
        let names = |on_tour: bool| -> Vec<&str> {
            lesson.variants.iter().filter(|row| row.on_tour == on_tour).map(|row| row.name.as_str()).collect()
        };
        assert!(names(true).starts_with(&["threads", "threads-event", "tokio"]), "{:?}", names(true));
        assert!(names(false).starts_with(&["processes", "tokio-multi"]), "{:?}", names(false));
        let scripts: Vec<_> = lesson.variants.iter().filter_map(|row| row.script.as_deref()).collect();
        assert_eq!(scripts, ["python/spinner_threads.py", "python/spinner_asyncio.py"]);
    }

    #[test]
    fn the_command_that_runs_a_file() {
        let lesson = first_lesson();
        for (file, command) in [
            ("src/tokio_multi.rs", Some("cargo run -p lesson-01 -- tokio-multi")),
            ("python/spinner_asyncio.py", Some("cargo run -p lesson-01 -- python-asyncio")),
            ("src/main.rs", Some("cargo run -p lesson-01")),
            ("src/tokio/virtual_time.rs", None),
            ("Cargo.toml", None),
        ] {
            assert_eq!(lesson.command(Path::new(file)).as_deref(), command, "{file}");
        }
    }

    #[test]
    fn an_unknown_variant_gets_the_known_ones() {
        let why = first_lesson().check_variant("tokyo").expect_err("there is none");
        assert!(why.starts_with("lesson-01 has no variant `tokyo`; it has threads, threads-event, "), "{why}");
    }
}
