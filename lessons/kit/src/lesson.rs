//! A lesson is a table of variants: what there is to know of each as data, and its program.

use std::{
    error::Error,
    fmt,
    path::{Path, PathBuf},
};

use lesson_data::table::{Row, Runtime, Setting, Signals, Table};

use crate::{failure, python, setting::Declared};

/// A lesson: its name, and its variants in the order in which they are listed and run.
#[derive(Debug)]
pub struct Lesson {
    pub(crate) package: &'static str,
    pub(crate) title: &'static str,
    pub(crate) variants: Vec<Variant>,
}

/// One runnable program of a lesson.
pub struct Variant {
    pub(crate) row: Row,
    pub(crate) program: Program,
    pub(crate) settings: Vec<Setting>,
}

/// What a variant runs.
pub(crate) enum Program {
    /// A function of this executable.
    Rust(Box<dyn Fn() -> Result<(), String>>),
    /// A script.
    Python(PathBuf),
}

/// What a variant's `main` may return.
pub trait Outcome {
    /// The error and what caused it, in the words that the person who ran the variant reads.
    ///
    /// # Errors
    ///
    /// If the variant has failed.
    fn in_words(self) -> Result<(), String>;
}

impl Outcome for () {
    fn in_words(self) -> Result<(), String> {
        Ok(())
    }
}

/// A string is an error too, without a cause.
impl<E: Into<Box<dyn Error + Send + Sync>>> Outcome for Result<(), E> {
    fn in_words(self) -> Result<(), String> {
        self.map_err(|error| failure::in_one_sentence(error.into().as_ref()))
    }
}

impl Variant {
    /// A variant in Rust, named in kebab-case. `main` is its whole program. It stands in `src/`, in a file of the same name
    /// in `snake_case`.
    pub fn rust<O: Outcome>(name: &'static str, runtime: Runtime, main: impl Fn() -> O + 'static) -> Self {
        let source = format!("src/{}.rs", name.replace('-', "_"));
        Self::new(name, runtime, source, Program::Rust(Box::new(move || main().in_words())))
    }

    /// A variant in Python: `script` is relative to the lesson's folder, `manifest_dir` that folder.
    #[must_use]
    pub fn python(name: &'static str, manifest_dir: &str, script: &str) -> Self {
        let program = Program::Python(Path::new(manifest_dir).join(script));
        Self::new(name, Runtime::Python, script.to_owned(), program).reads(&[&python::CHOICE])
    }

    fn new(name: &str, runtime: Runtime, source: String, program: Program) -> Self {
        let row = Row {
            name: name.to_owned(),
            runtime,
            watch: String::new(),
            source,
            on_tour: false,
            endless: false,
            optimised: false,
            handles: Signals::None,
            suspends: String::new(),
            stops: String::new(),
        };
        Self { row, program, settings: Vec::new() }
    }

    /// The same variant with what `change` has made of its row.
    fn with(mut self, change: impl FnOnce(&mut Row)) -> Self {
        change(&mut self.row);
        self
    }

    /// One line that says what to watch for when it runs.
    #[must_use]
    pub fn watch(self, watch: impl Into<String>) -> Self {
        self.with(|row| row.watch = watch.into())
    }

    /// Says in which file it stands, from the lesson's folder, if that is another than its name says.
    #[must_use]
    pub fn source(self, source: impl Into<String>) -> Self {
        self.with(|row| row.source = source.into())
    }

    /// Puts it on the tour.
    #[must_use]
    pub fn on_tour(self) -> Self {
        self.with(|row| row.on_tour = true)
    }

    /// Says that it runs until Ctrl-C ends it. So it is run only by its name, and is none of `all`.
    #[must_use]
    pub fn endless(self) -> Self {
        self.with(|row| row.endless = true)
    }

    /// Says that it measures how much its programs can do, which tells something only of an optimised build. The list
    /// says so, and the book's recording is made with `--release`.
    #[must_use]
    pub fn optimised(self) -> Self {
        self.with(|row| row.optimised = true)
    }

    /// Says at which points it hands its thread to another task or thread, and what stops its spinner, for the tour's last
    /// table.
    #[must_use]
    pub fn differs(self, suspends: &str, stops: &str) -> Self {
        self.with(|row| (row.suspends, row.stops) = (suspends.to_owned(), stops.to_owned()))
    }

    /// Says what a person can set for it.
    #[must_use]
    pub fn reads(mut self, settings: &[&dyn Declared]) -> Self {
        self.settings.extend(settings.iter().map(|setting| setting.data()));
        self
    }

    /// Leaves Ctrl-C to the variant, which has registered a handler of its own by the time it draws or prints. When it has
    /// heard of one, it calls [`end_by`](crate::end_by), finishes what it has to finish, and returns. On a tour and in a
    /// recording it gets a few seconds for that. `kill` still ends it at once.
    #[must_use]
    pub fn handles_ctrl_c(self) -> Self {
        self.with(|row| row.handles = Signals::CtrlC)
    }

    /// Leaves `kill` to the variant as well, on the same terms.
    #[must_use]
    pub fn handles_signals(self) -> Self {
        self.with(|row| row.handles = Signals::CtrlCAndKill)
    }
}

impl fmt::Debug for Variant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Variant").field("row", &self.row).finish_non_exhaustive()
    }
}

impl Lesson {
    /// A lesson without variants yet. `package` is the name that `cargo run -p` knows it by.
    #[must_use]
    pub fn new(package: &'static str, title: &'static str) -> Self {
        Self { package, title, variants: Vec::new() }
    }

    /// Adds a variant.
    #[must_use]
    pub fn variant(mut self, variant: Variant) -> Self {
        self.variants.push(variant);
        self
    }

    /// Names what a person can set for every variant so far, as any text, and says what it sets and what holds without it.
    #[must_use]
    pub fn setting(mut self, name: &'static str, sets: &'static str) -> Self {
        for variant in &mut self.variants {
            variant.settings.push(crate::Setting::text(name, sets).data());
        }
        self
    }

    /// All of it but the programs.
    pub(crate) fn table(&self) -> Table {
        let mut settings: Vec<Setting> = Vec::new();
        for Variant { row, settings: read, .. } in &self.variants {
            for setting in read {
                // The same declaration, but for who reads it.
                let is_it = |known: &&mut Setting| Setting { variants: Vec::new(), ..(**known).clone() } == *setting;
                match settings.iter_mut().find(is_it) {
                    Some(known) => known.variants.push(row.name.clone()),
                    None => settings.push(Setting { variants: vec![row.name.clone()], ..setting.clone() }),
                }
            }
        }
        Table {
            package: self.package.to_owned(),
            title: self.title.to_owned(),
            rows: self.variants.iter().map(|variant| variant.row.clone()).collect(),
            settings,
        }
    }
}
