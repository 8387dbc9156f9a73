//! The stage that the lessons share.
//!
//! A lesson is a table of variants, each a whole program in a file of its own. What the variants teach stands in
//! those files; what they have in common and nobody needs to learn stands here:
//!
//! - [`Lesson`] and [`Variant`]: the table, and the command line made from it
//! - [`Setting`]: what a person can set for a variant, as an environment variable or with `--set NAME=VALUE`
//! - [`StatusLine`]: the line that a spinner draws on
//! - [`Results`]: a table of what a variant measures or finds out, printed and kept
//! - [`Recorder`]: who ran on which thread and when, for a [recording](lesson_data::recording)
//! - [`run_and_watch`], [`cpu_time`] and [`megabytes`]: what a child process of a variant takes
//! - [`end_with_parent`]: for a child process of a variant, which must not be left over when the variant is killed
//! - [`end_by`]: for a variant that handles Ctrl-C itself
//! - [`is_recorded`]: for a variant that would ask a person
//!
//! How the kit ends a variant in Rust, whatever it runs on:
//!
//! | what happens | what the kit does | exit code |
//! | --- | --- | --- |
//! | the variant returns | stops all drawing, erases the line | 0 |
//! | the variant returns an error | one sentence on standard error, with what caused it | 1 |
//! | standard output can't be written | one sentence; nothing if its reader has gone | 1; by SIGPIPE |
//! | the command line is wrong | says what is wrong and what was meant | 2 |
//! | a setting has a wrong value | one sentence, before anything runs | 2 |
//! | the variant returns an error that begins with a setting and its value, as `LISTEN=1.2.3.4:5` | one sentence, as for any error | 2 |
//! | what was recorded can't be handed over or written | one sentence, and no recording | 1 |
//! | no room for a thread or a file, and a runtime panics | one sentence, with the limit to raise | 1 |
//! | a panic reaches `main` | the panic's own report, once, on a clean line | 101 |
//! | Ctrl-C, `kill`, Ctrl-\\, hang-up | erases the line, then ends by the signal | 130, 143, 131, 129 |
//! | Ctrl-C or `kill`, and the variant handles it | waits for it to return, then ends by the signal | 130, 143 |
//! | Ctrl-Z | erases the line, then stops until `fg`; after `bg` it draws no frames | |
//!
//! A variant that is recorded or compared with others runs in a process of its own. A signal that reaches only the process
//! that was started is passed on to it a moment later. One that a key sends has reached both, and is not passed on, since a
//! variant takes a second one to say that it should not wait. A variant that handles the signal and returns has still been
//! recorded: its timeline is drawn and its file written before the program ends by the signal. One more signal says not
//! to wait: the variant is killed if it does not end by it at once, and nothing is left of it but a clean line. If the
//! program that was started is killed, so is the variant.
//!
//! The exit codes of signals are what a shell makes of them. On Windows, Ctrl-C ends a program with
//! `STATUS_CONTROL_C_EXIT`. A Python variant is Python's own, but for Ctrl-C and output that can't be written, which
//! end it in the same way.

mod accounting;
mod assembly;
mod chrome_trace;
mod clock;
mod command_line;
mod event_log;
mod failure;
mod interrupt;
mod lesson;
mod lifeline;
mod list;
mod new_file;
mod output;
mod own_process;
mod python;
mod recorder;
mod results;
mod run;
mod setting;
mod settings;
mod shortage;
mod signal;
mod status_line;
mod table;
mod terminal;
mod timeline;
mod tour;
mod versions;
mod wrap;

pub use accounting::{Peaks, megabytes, run_and_watch};
pub use clock::cpu_time;
pub use event_log::{is_recorded, unrecorded};
pub use interrupt::end_by;
pub use lesson::{Lesson, Outcome, Variant};
pub use lesson_data::table::Runtime;
pub use lifeline::end_with_parent;
pub use python::{CHOICE as PYTHON, command as python_command};
pub use recorder::{Listening, Recorder};
pub use results::{Cell, Column, Results};
pub use setting::{Declared, Setting};
pub use status_line::StatusLine;
