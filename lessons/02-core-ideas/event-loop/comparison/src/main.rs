//! Our event loop beside tokio and smol: what each takes for the same work.
//!
//!     cargo run --release -p event-loop-comparison
//!     cargo run --release -p event-loop-comparison -- --write book/measurements/event-loop/now.json
//!
//! It takes some minutes, in which the machine should have nothing else to do. Each row is a piece of work, and the
//! subjects do it in turns, round by round. The ratio is taken within a round and then its middle among all rounds, with
//! the range of the middle half of them. A machine whose speed drifts spoils the figures, but not the ratios.
//!
//! | file | its job |
//! | --- | --- |
//! | `on_event_loop`, `on_tokio`, `on_smol` | the work, on each of them: `diff` shows how they differ |
//! | `work` | their table, and what they share |
//! | `helper`, `ticks`, `echo` | the other thread; when to tick and how late it was; the client of the servers |
//! | `child` | what runs in a process of its own |
//! | `measure` | what is measured, and how often |
//! | `figures`, `report` | medians and ratios; the table and the file |
//! | `machine` | what the operating system says and grants |

mod child;
mod echo;
mod figures;
mod helper;
mod machine;
mod measure;
mod on_event_loop;
mod on_smol;
mod on_tokio;
mod report;
mod ticks;
mod work;

use std::{
    env,
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

use lexopt::Arg;
use measure::Sizes;

const USAGE: &str = "\
Usage: cargo run --release -p event-loop-comparison -- [--quick] [--write FILE]

  --quick       tiny sizes: whether it works, and no figures to believe
  --write FILE  also writes the figures into this file, as JSON for the book";

fn main() -> ExitCode {
    let mut words = env::args().skip(1);
    let done = if words.next().as_deref() == Some(child::WORD) {
        child::run(&words.next().unwrap_or_default())
    } else {
        command_line().and_then(|command| command.map_or(Ok(()), |command| compare(&command)))
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("error: {why}");
            ExitCode::FAILURE
        }
    }
}

/// What the command line asks for.
#[derive(Default)]
struct Command {
    quick: bool,
    write: Option<PathBuf>,
}

/// `None` if it asked for help, and has got it.
fn command_line() -> Result<Option<Command>, String> {
    let mut command = Command::default();
    let mut parser = lexopt::Parser::from_env();
    let mut read = || {
        while let Some(word) = parser.next()? {
            match word {
                Arg::Long("quick") => command.quick = true,
                Arg::Long("write") => command.write = Some(parser.value()?.into()),
                Arg::Long("help") | Arg::Short('h') => return Ok(false),
                other => return Err(other.unexpected()),
            }
        }
        Ok::<_, lexopt::Error>(true)
    };
    let goes_on = read().map_err(|error| format!("{error}\n\n{USAGE}"))?;
    if !goes_on {
        say(USAGE);
    }
    Ok(goes_on.then_some(command))
}

fn compare(Command { quick, write }: &Command) -> Result<(), String> {
    if cfg!(debug_assertions) && !quick {
        return Err("this is a debug build, whose figures say nothing; run it with `cargo run --release`".to_owned());
    }
    if let Some(path) = write {
        report::check(path)?;
    }
    say(&report::head());
    let measures =
        measure::all(if *quick { &Sizes::QUICK } else { &Sizes::FULL }, |measure| say(&report::line(measure)))?;
    match write {
        Some(path) => report::write(path, &measures),
        None => Ok(()),
    }
}

/// A reader that went away, as `head` does, is no reason to stop half-way.
fn say(line: &str) {
    let _ = writeln!(io::stdout(), "{line}");
}
