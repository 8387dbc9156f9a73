//! Does what the command line of a lesson asks.

use std::{
    fmt::Display,
    io::{self, Write},
    panic::{self, AssertUnwindSafe},
    path::{Path, PathBuf},
    process::ExitCode,
};

use lesson_data::table::Signals;
use nanoserde::SerJson;

use crate::{
    Lesson, Variant, chrome_trace,
    command_line::{self, Asked, Request},
    event_log,
    failure::Failure,
    interrupt,
    lesson::Program,
    lifeline, list,
    new_file::{self, NewFile},
    output, own_process, python,
    recorder::Recorder,
    settings, terminal, timeline, tour,
};

/// The exit code of a program in which a panic reached `main`, the same that Rust gives it.
const PANICKED: u8 = 101;

impl Lesson {
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
        if let Err(sentence) = settings::check(request.variants()) {
            Failure::Said(sentence).end(self.package);
            return ExitCode::from(command_line::WRONG);
        }
        let done = match request {
            Request::Help => {
                println!("{}", command_line::help(&self));
                Ok(ExitCode::SUCCESS)
            }
            Request::List => {
                println!("{}", list::for_people(&self.table(), terminal::columns()));
                Ok(ExitCode::SUCCESS)
            }
            Request::Table => {
                print!("{}", self.table().to_json());
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
        settings::are_to_blame(&command_line::names_of_settings(&self.variants), error)
    }

    /// Runs one variant in this very process, with nothing of ours around it.
    fn perform(&self, variant: &Variant) -> Result<ExitCode, Failure> {
        match &variant.program {
            Program::Rust(main) => Ok(self.perform_rust(main, variant.row.handles)),
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
                let said = format!("{} was interrupted, and has left no recording", variant.row.name);
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
        let failure = Failure::Said(format!("{} ended with {}", variant.row.name, recording.exit));
        let exit = failure.end(self.package);
        Ok(if command_line::is_wrong(recording.exit) { ExitCode::from(command_line::WRONG) } else { exit })
    }

    /// Runs a variant in Rust in this very process, and hands over what was recorded if that is asked for.
    fn perform_rust(&self, main: &dyn Fn() -> Result<(), String>, handles: Signals) -> ExitCode {
        let recorder = std::env::var_os(event_log::FOLDER).map(|folder| (Recorder::default(), PathBuf::from(folder)));
        if let Some((recorder, _)) = &recorder {
            recorder.everywhere();
        }
        interrupt::install(match handles {
            Signals::None => interrupt::NOTHING,
            Signals::CtrlC => interrupt::CTRL_C_ALONE,
            Signals::CtrlCAndKill => interrupt::CTRL_C_AND_KILL,
        });
        let ended = panic::catch_unwind(AssertUnwindSafe(main));
        // Other threads may still be drawing, and know nothing of the end.
        terminal::close();
        let mut exit = match ended {
            Ok(Ok(())) => ExitCode::SUCCESS,
            Ok(Err(error)) => {
                let is_wrong_usage = self.settings_are_to_blame(&error);
                output::report(self.package, error);
                if is_wrong_usage { ExitCode::from(command_line::WRONG) } else { ExitCode::FAILURE }
            }
            // The hook has reported the panic by now.
            Err(_panic) => ExitCode::from(PANICKED),
        };
        if let Some((recorder, folder)) = recorder {
            if let Err(error) = recorder.take().write(&folder) {
                let way_out = "Set TMPDIR to a folder with room.";
                output::report(self.package, format!("cannot hand over what was recorded: {error}. {way_out}"));
                exit = ExitCode::FAILURE;
            }
        }
        interrupt::end_if_asked();
        exit
    }
}
