//! The spinner that you would ship: `indicatif`, with several bars at once and log lines between them.
//!
//! Four copies run at the same time: on a thread, on tokio, on async-std and on smol. `indicatif` does not care who moves a
//! bar. A bar is a handle to a picture that all of them share; whoever has news takes its lock, and the picture is
//! drawn, twenty times a second at most. The spinner on top is turned by a thread of `indicatif`'s own, so it turns whatever
//! blocks. You will see log lines scroll by above the bars, and at the end those lines alone. In a pipe there are only the
//! lines. Ctrl-C leaves nothing of the bars either. It is not on the tour, whose terminal is a pipe.
//!
//!     cargo run -p lesson-04 -- progress

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    thread,
    time::Duration,
};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use lesson_kit::end_by;
use signal_hook::{
    consts::{SIGINT, SIGTERM},
    flag,
};
use tracing::instrument;

/// How many chunks there are to copy.
const CHUNKS: u64 = 60;

/// How long one of them takes.
const CHUNK: Duration = Duration::from_millis(30);

const WELL_FORMED: &str = "the template is well formed";

pub fn main() -> io::Result<()> {
    let signal = Arc::new(AtomicUsize::new(0));
    for each in [SIGINT, SIGTERM] {
        let number = usize::try_from(each).expect("signals are counted from 1");
        flag::register_usize(each, Arc::clone(&signal), number)?; // (1) Only a note. Ending is up to us, when we are ready.
    }
    let bars = MultiProgress::new(); // (2) Draws on standard error, and only if that is a terminal.
    // (3) What is left if a key's `^C` shifts the picture by a line. Without this line it would be the spinner.
    let space = bars.add(ProgressBar::new_spinner().with_style(ProgressStyle::with_template(" ").expect(WELL_FORMED)));
    space.tick();
    let spinner = bars.add(ProgressBar::new_spinner().with_style(spinner_style()).with_message("thinking!"));
    spinner.enable_steady_tick(Duration::from_millis(100)); // (4) By a thread of indicatif's.
    thread::scope(|scope| {
        let drivers: [(_, fn(&Copy)); 4] =
            [("thread", on_a_thread), ("tokio", on_tokio), ("async-std", on_async_std), ("smol", on_smol)];
        for (name, drive) in drivers {
            let bar = bars.add(ProgressBar::new(CHUNKS).with_style(bar_style()).with_prefix(name));
            let copy = Copy { name, bar, bars: bars.clone(), signal: Arc::clone(&signal) };
            scope.spawn(move || drive(&copy));
        }
    }); // (5) All of them have ended, so nobody draws any more.
    spinner.finish_and_clear();
    space.finish_and_clear();
    bars.clear()?;
    match i32::try_from(signal.load(SeqCst)).expect("it is the number of a signal") {
        0 => println!("all are done"),
        signal => end_by(signal),
    }
    Ok(())
}

/// A copy, and the bar that shows how far it is.
struct Copy {
    name: &'static str,
    bar: ProgressBar,
    bars: MultiProgress,
    signal: Arc<AtomicUsize>,
}

impl Copy {
    /// Whether there is more to copy, and nobody has asked us to stop.
    fn goes_on(&self) -> bool {
        self.bar.position() < CHUNKS && self.signal.load(SeqCst) == 0
    }

    fn advance(&self) {
        self.bar.inc(1);
        if self.bar.position() % (CHUNKS / 3) == 0 {
            let line = format!("{}: {} of {CHUNKS}", self.name, self.bar.position());
            self.bars.suspend(|| println!("{line}")); // (6) Erases the bars, prints, and draws them below.
        }
    }
}

#[instrument(skip_all)]
fn on_a_thread(copy: &Copy) {
    while copy.goes_on() {
        thread::sleep(CHUNK);
        copy.advance();
    }
}

#[instrument(skip_all)]
#[tokio::main(flavor = "current_thread")]
async fn on_tokio(copy: &Copy) {
    while copy.goes_on() {
        tokio::time::sleep(CHUNK).await;
        copy.advance(); // (7) A lock and at times a write to the terminal: short enough for a task.
    }
}

#[instrument(skip_all)]
fn on_async_std(copy: &Copy) {
    async_std::task::block_on(async {
        while copy.goes_on() {
            async_std::task::sleep(CHUNK).await;
            copy.advance();
        }
    });
}

#[instrument(skip_all)]
fn on_smol(copy: &Copy) {
    smol::block_on(async {
        while copy.goes_on() {
            smol::Timer::after(CHUNK).await;
            copy.advance();
        }
    });
}

fn spinner_style() -> ProgressStyle {
    ProgressStyle::with_template("{spinner} {msg}").expect(WELL_FORMED).tick_chars("|/-\\ ")
}

fn bar_style() -> ProgressStyle {
    ProgressStyle::with_template("{prefix:>9} [{bar:30}] {pos}/{len}").expect(WELL_FORMED).progress_chars("#> ")
}
