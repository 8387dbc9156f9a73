//! What becomes of bars when the program prints behind their back.
//!
//! A spinner and a bar as in `progress`, and log lines by plain `println!`. `indicatif`
//! remembers how many lines its picture has and where the cursor was, and knows nothing
//! of the line that came in between. You will see lines that begin with a bar and end
//! with a log line, and bars that stay where they were.
//!
//!     cargo run -p lesson-04 -- progress-torn

use std::{io, thread, time::Duration};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

pub fn main() -> io::Result<()> {
    let bars = MultiProgress::new();
    let spinner = bars.add(ProgressBar::new_spinner().with_message("thinking!"));
    spinner.enable_steady_tick(Duration::from_millis(100));
    let style = ProgressStyle::with_template("[{bar:30}] {pos}/{len}").expect("the template is well formed");
    let bar = bars.add(ProgressBar::new(30).with_style(style.progress_chars("#> ")));
    for chunk in 1..=30 {
        thread::sleep(Duration::from_millis(60));
        bar.inc(1);
        if chunk % 10 == 0 {
            println!("{chunk} of 30"); // The cursor stands behind the last bar.
        }
    }
    spinner.finish_and_clear();
    bar.finish_and_clear();
    bars.clear()?;
    println!("all are done");
    Ok(())
}
