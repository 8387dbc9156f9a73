//! A lesson is a table of variants; running it does what the command line asks.

use std::{
    error::Error,
    fmt::{self, Display},
    io::{self, Write},
    panic::{self, AssertUnwindSafe},
    path::{Path, PathBuf},
    process::ExitCode,
};

use nanoserde::SerJson;

use crate::{
    chrome_trace,
    command_line::{self, Asked, Request},
    event_log,
    failure::{self, Failure},
    interrupt, lifeline,
    new_file::{self, NewFile},
    output, own_process, python,
    recorder::Recorder,
    settings, terminal, timeline, tour, wrap,
};

/// The exit code of a program in which a panic reached `main`, the same that Rust gives it.
const PANICKED: u8 = 101;

/// A lesson: its name, and its variants in the order in which they are listed and run.
#[derive(Debug)]
pub struct Lesson {
    pub(crate) package: &'static str,
    pub(crate) title: &'static str,
    pub(crate) variants: Vec<Variant>,
    /// The environment variables that variants read, each with what it sets.
    pub(crate) settings: Vec<(&'static str, &'static str)>,
}

/// One runnable program of a lesson.
pub struct Variant {
    pub(crate) name: &'static str,
    pub(crate) runtime: Runtime,
    pub(crate) watch: &'static str,
    pub(crate) marks: Vec<Mark>,
    pub(crate) suspends: &'static str,
    pub(crate) stops: &'static str,
    /// The signals that are its own affair.
    pub(crate) handles: &'static [i32],
    pub(crate) program: Program,
}

/// What sets a variant apart from others. Those that have marks bear them in the list, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Mark {
    OnTour,
    Endless,
    Optimised,
}

impl Mark {
    const ALL: [Self; 3] = [Self::OnTour, Self::Endless, Self::Optimised];

    /// What stands behind the variant's name.
    fn sign(self) -> char {
        match self {
            Self::OnTour => '*',
            Self::Endless => '+',
            Self::Optimised => '^',
        }
    }

    /// What the sign means, for the list's last line.
    fn meaning(self) -> &'static str {
        match self {
            Self::OnTour => "on the tour",
            Self::Endless => "until Ctrl-C",
            Self::Optimised => "better figures with --release",
        }
    }
}

/// What a variant runs.
pub(crate) enum Program {
    /// A function of this executable.
    Rust(Box<dyn Fn() -> Result<(), String>>),
    /// A script.
    Python(PathBuf),
}

/// What runs a variant. The flavour is named where it changes the result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Runtime {
    /// Operating system threads, through the standard library.
    Std,
    /// tokio, every task on one thread.
    TokioCurrentThread,
    /// tokio, tasks spread over worker threads.
    TokioMultiThread,
    /// async-std, tasks spread over worker threads.
    AsyncStd,
    /// smol, every task on one thread.
    SmolLocal,
    /// tokio, async-std and smol, one after another, to compare them.
    All,
    /// What the variant builds itself, on the standard library alone.
    FromScratch,
    /// CPython.
    Python,
}

impl Runtime {
    /// The version of what runs the variant: of the crate, as the lock file has it, or of the compiler.
    /// The interpreter's is known only where it runs.
    pub(crate) fn version(self) -> Option<String> {
        let version = match self {
            Self::Std | Self::FromScratch => env!("LESSON_KIT_RUSTC").split(' ').nth(1),
            Self::TokioCurrentThread | Self::TokioMultiThread => locked("tokio"),
            Self::AsyncStd => locked("async-std"),
            Self::SmolLocal => locked("smol"),
            Self::All => {
                let versions: Option<Vec<_>> = ["tokio", "async-std", "smol"].into_iter().map(locked).collect();
                return versions.map(|versions| versions.join(", "));
            }
            Self::Python => None,
        };
        version.map(str::to_owned)
    }
}

impl Display for Runtime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Std => "std",
            Self::TokioCurrentThread => "tokio current_thread",
            Self::TokioMultiThread => "tokio multi_thread",
            Self::AsyncStd => "async-std",
            Self::SmolLocal => "smol LocalExecutor",
            Self::All => "tokio, async-std, smol",
            Self::FromScratch => "from-scratch",
            Self::Python => "python",
        })
    }
}

/// The version of the package `name` in the workspace's lock file.
fn locked(name: &str) -> Option<&'static str> {
    const LOCK: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.lock"));
    let (_, package) = LOCK.split_once(&format!("name = \"{name}\"\nversion = \""))?;
    package.split('"').next()
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
    /// A variant in Rust, named in kebab-case. `main` is its whole program.
    pub fn rust<O: Outcome>(name: &'static str, runtime: Runtime, main: impl Fn() -> O + 'static) -> Self {
        Self::new(name, runtime, Program::Rust(Box::new(move || main().in_words())))
    }

    /// A variant in Python: `script` is relative to the lesson's folder, `manifest_dir` that folder.
    #[must_use]
    pub fn python(name: &'static str, manifest_dir: &str, script: &str) -> Self {
        Self::new(name, Runtime::Python, Program::Python(Path::new(manifest_dir).join(script)))
    }

    fn new(name: &'static str, runtime: Runtime, program: Program) -> Self {
        Self {
            name,
            runtime,
            watch: "",
            marks: Vec::new(),
            suspends: "",
            stops: "",
            handles: interrupt::NOTHING,
            program,
        }
    }

    fn marked(mut self, mark: Mark) -> Self {
        self.marks.push(mark);
        self.marks.sort_unstable();
        self
    }

    pub(crate) fn has(&self, mark: Mark) -> bool {
        self.marks.contains(&mark)
    }

    /// One line that says what to watch for when it runs.
    #[must_use]
    pub fn watch(self, watch: &'static str) -> Self {
        Self { watch, ..self }
    }

    /// Puts it on the tour.
    #[must_use]
    pub fn on_tour(self) -> Self {
        self.marked(Mark::OnTour)
    }

    /// Says that it runs until Ctrl-C ends it. So it is run only by its name, and is none of `all`.
    #[must_use]
    pub fn endless(self) -> Self {
        self.marked(Mark::Endless)
    }

    /// Says that it measures how much its programs can do, which tells something only of an optimised build. The list
    /// says so, and the book's recording is made with `--release`.
    #[must_use]
    pub fn optimised(self) -> Self {
        self.marked(Mark::Optimised)
    }

    /// Says at which points it hands its thread to somebody else, and what stops its spinner, for the tour's last
    /// table.
    #[must_use]
    pub fn differs(self, suspends: &'static str, stops: &'static str) -> Self {
        Self { suspends, stops, ..self }
    }

    /// Leaves Ctrl-C to the variant, which has registered a handler of its own by the time it draws or prints. When it has
    /// heard of one, it calls [`end_by`](crate::end_by), finishes what it has to finish, and returns. On a tour and in a
    /// recording it gets a few seconds for that. `kill` still ends it at once.
    #[must_use]
    pub fn handles_ctrl_c(self) -> Self {
        Self { handles: interrupt::CTRL_C_ALONE, ..self }
    }

    /// Leaves `kill` to the variant as well, on the same terms.
    #[must_use]
    pub fn handles_signals(self) -> Self {
        Self { handles: interrupt::CTRL_C_AND_KILL, ..self }
    }
}

impl fmt::Debug for Variant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Variant").field("name", &self.name).field("runtime", &self.runtime).finish_non_exhaustive()
    }
}

impl Lesson {
    /// A lesson without variants yet. `package` is the name that `cargo run -p` knows it by.
    #[must_use]
    pub fn new(package: &'static str, title: &'static str) -> Self {
        Self { package, title, variants: Vec::new(), settings: Vec::new() }
    }

    /// Adds a variant.
    #[must_use]
    pub fn variant(mut self, variant: Variant) -> Self {
        self.variants.push(variant);
        self
    }

    /// Names an environment variable that variants read, and says what it sets and what holds without it, for `--help`. A
    /// person can set it for one run with `--set NAME=VALUE` too, which works in every shell.
    #[must_use]
    pub fn setting(mut self, name: &'static str, sets: &'static str) -> Self {
        self.settings.push((name, sets));
        self
    }

    /// Does what the command line asks, and gives the exit code.
    #[must_use]
    pub fn run(self) -> ExitCode {
        lifeline::hold();
        output::install(self.package);
        terminal::open();
        let Asked { request, settings } = match command_line::read(&self) {
            Ok(asked) => asked,
            Err(answer) => return answer,
        };
        match settings::put_in_force(&settings) {
            Ok(None) => {}
            Ok(Some(exit)) => return exit,
            Err(failure) => return failure.end(self.package),
        }
        let done = match request {
            Request::Help => {
                println!("{}", command_line::help(&self));
                Ok(ExitCode::SUCCESS)
            }
            Request::List => {
                println!("{}", self.list());
                Ok(ExitCode::SUCCESS)
            }
            Request::Plain(variant) => self.perform(variant),
            Request::Several { variants, timeline } => tour::run(&self, &variants, timeline),
            Request::Measured { variant, timeline, record, trace } => {
                self.measure(variant, timeline, record.as_deref(), trace.as_deref())
            }
        };
        done.unwrap_or_else(|failure| {
            let is_wrong = matches!(&failure, Failure::Said(sentence) if self.settings_are_to_blame(sentence));
            let exit = failure.end(self.package);
            if is_wrong { ExitCode::from(command_line::WRONG) } else { exit }
        })
    }

    fn settings_are_to_blame(&self, error: &str) -> bool {
        settings::are_to_blame(command_line::settings_of(self).map(|(name, _)| name), error)
    }

    /// Runs one variant in this very process, with nothing of ours around it.
    fn perform(&self, variant: &Variant) -> Result<ExitCode, Failure> {
        match &variant.program {
            Program::Rust(main) => Ok(self.perform_rust(main, variant.handles)),
            Program::Python(script) => python::become_script(script),
        }
    }

    /// Runs one variant in a process of its own, and draws or writes what was recorded.
    fn measure(
        &self,
        variant: &Variant,
        draw: bool,
        record_path: Option<&Path>,
        trace_path: Option<&Path>,
    ) -> Result<ExitCode, Failure> {
        // Before there is anything to clear up.
        interrupt::install_for_parent();
        // Before the run, so that nobody waits for a recording that can't be kept.
        let record = record_path.map(NewFile::create).transpose()?;
        let trace = trace_path.map(NewFile::create).transpose()?;
        let recording = own_process::run(self, variant).inspect_err(|failure| {
            if let Failure::Interrupted(_) = failure {
                // Without it, whoever asked for a timeline or a file would look for it.
                let said = format!("{} was interrupted, and has left no recording", variant.name);
                let _ = writeln!(io::stderr(), "{}: {said}", self.package);
            }
        })?;
        // Both, even if one fails: the run is over, and can't be had again.
        let recorded = record.map(|file| file.keep(&recording.serialize_json()));
        let traced = trace.map(|file| file.keep(&chrome_trace::render(&recording).serialize_json()));
        if draw {
            println!("\n{}", timeline::draw(&recording, timeline::columns()));
        }
        recorded.transpose()?;
        traced.transpose()?;
        // On standard error, since the output is the program's.
        let report = |sentence: &dyn Display| {
            let _ = writeln!(io::stderr(), "{}: {sentence}", self.package);
        };
        if let Some(path) = record_path {
            report(&format_args!("wrote {}", new_file::name(path)));
        }
        if let Some(path) = trace_path {
            report(&format_args!("wrote {}; open it at https://ui.perfetto.dev", new_file::name(path)));
        }
        if let Some(sentence) = recording.cut_notice() {
            report(&sentence);
        }
        if let Some(signal) = interrupt::received() {
            return Err(Failure::Interrupted(signal));
        }
        if recording.exit.is_success() {
            return Ok(ExitCode::SUCCESS);
        }
        let failure = Failure::Said(format!("{} ended with {}", variant.name, recording.exit));
        let exit = failure.end(self.package);
        Ok(if command_line::is_wrong(recording.exit) { ExitCode::from(command_line::WRONG) } else { exit })
    }

    /// Runs a variant in Rust in this very process, and hands over what was recorded if that is asked for.
    fn perform_rust(&self, main: &dyn Fn() -> Result<(), String>, handles: &[i32]) -> ExitCode {
        let recorder = std::env::var_os(event_log::FOLDER).map(|folder| (Recorder::default(), PathBuf::from(folder)));
        if let Some((recorder, _)) = &recorder {
            recorder.everywhere();
        }
        interrupt::install(handles);
        let ended = panic::catch_unwind(AssertUnwindSafe(main));
        // Other threads may still be drawing, and know nothing of the end.
        terminal::close();
        let mut exit = match ended {
            Ok(Ok(())) => ExitCode::SUCCESS,
            Ok(Err(error)) => {
                let is_wrong_usage = self.settings_are_to_blame(&error);
                failure::report(self.package, error);
                if is_wrong_usage { ExitCode::from(command_line::WRONG) } else { ExitCode::FAILURE }
            }
            // The hook has reported the panic by now.
            Err(_panic) => ExitCode::from(PANICKED),
        };
        if let Some((recorder, folder)) = recorder {
            if let Err(error) = recorder.take().write(&folder) {
                let way_out = "Set TMPDIR to a folder with room.";
                failure::report(self.package, format!("cannot hand over what was recorded: {error}. {way_out}"));
                exit = ExitCode::FAILURE;
            }
        }
        interrupt::end_if_asked();
        exit
    }

    /// Every variant: name, runtime, what to watch.
    fn list(&self) -> String {
        let longest = self.variants.iter().map(|variant| variant.name.len()).max().unwrap_or(0);
        let width = 16.max(longest + "*^ ".len());
        let names = self.variants.iter().map(|variant| {
            let signs = variant.marks.iter().map(|mark| mark.sign());
            let name = variant.name.chars().chain(signs).collect::<String>();
            let watch = wrap::at(&format!("    {}", variant.watch), 4, terminal::columns());
            format!("{name:<width$}{}\n{watch}\n", variant.runtime)
        });
        let marks = Mark::ALL.into_iter().filter(|&mark| self.variants.iter().any(|variant| variant.has(mark)));
        let meanings: Vec<_> = marks.map(|mark| format!("{} {}", mark.sign(), mark.meaning())).collect();
        names.collect::<String>() + &meanings.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_version_of_every_runtime_that_is_a_crate() {
        for runtime in
            [Runtime::Std, Runtime::TokioCurrentThread, Runtime::AsyncStd, Runtime::SmolLocal, Runtime::FromScratch]
        {
            let version = runtime.version().unwrap_or_default();
            assert!(version.starts_with(|c: char| c.is_ascii_digit()), "{runtime}: {version}");
        }
        assert_eq!(Runtime::Python.version(), None);
    }
}
