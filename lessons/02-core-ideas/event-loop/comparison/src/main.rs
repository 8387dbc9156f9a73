//! Our event loop beside tokio and smol: what each takes for the same work.
//!
//!     cargo run --release -p event-loop-comparison -- compare
//!     cargo run --release -p event-loop-comparison -- compare --record run.json
//!
//! | file | its job |
//! | --- | --- |
//! | `compare` | what is measured, how often, and the tables |
//! | `on_event_loop`, `on_tokio`, `on_smol` | the work, on each of them: `diff` shows how they differ |
//! | `subject`, `amount` | their table, and how much of the work they do |
//! | `helper`, `ticks`, `echo` | the other thread; when to tick and how late it was; the client of the servers |
//! | `child` | what runs in a process of its own |
//! | `spread` | medians and ratios |
//! | `machine` | what the operating system says and grants |

mod amount;
mod child;
mod compare;
mod echo;
mod helper;
mod machine;
mod on_event_loop;
mod on_smol;
mod on_tokio;
mod spread;
mod subject;
mod ticks;

use std::process::ExitCode;

use lesson_kit::{Lesson, Runtime, Variant};

fn main() -> ExitCode {
    if let Some(job) = child::job() {
        return match child::run(&job) {
            Ok(()) => ExitCode::SUCCESS,
            Err(why) => {
                eprintln!("error: {why}");
                ExitCode::FAILURE
            }
        };
    }
    Lesson::new(env!("CARGO_PKG_NAME"), "Our event loop beside tokio and smol")
        .variant(
            Variant::rust("compare", Runtime::FromScratch, compare::main)
                .watch("the same work on our loop, on tokio and on smol, in turns; it takes some minutes")
                .optimised()
                .on_tour(),
        )
        .run()
}
