//! The project's own commands, started as `cargo xtask`.
//!
//! To add a step to `test-all`, add a row to [`steps::STEPS`]; to add a command, add it to [`command_line`], and write
//! its file.

mod bounded;
mod command_line;
mod context;
mod hand_on;
mod side_by_side;
mod step;
mod steps;
mod test_all;

use command_line::Request;
use context::Context;
use std::{env, io, process::ExitCode};
use steps::readme;

fn main() -> ExitCode {
    let request = match command_line::parse(env::args_os().skip(1)) {
        Ok(request) => request,
        Err(error) => {
            // The reader of this message may be gone, and there is nobody else to tell.
            let _ = error.print();
            return u8::try_from(error.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from);
        }
    };
    let mut out = io::stdout();
    let mut context = Context::from_env(&mut out);
    match request {
        Request::Steps { steps, .. } if readme::is_inside() && steps.iter().any(|step| step.name == readme::NAME) => {
            context.say(&format!("{}it would start this step again", readme::NOT_RUN));
            ExitCode::SUCCESS
        }
        Request::Steps { steps, thorough, open, all } => {
            context.thorough = thorough;
            context.open = open;
            context.beside = all;
            test_all::run(&steps, &context)
        }
        Request::Book(words) => hand_on::to_book(&words, &context),
    }
}
