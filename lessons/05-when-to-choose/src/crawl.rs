//! What the four crawlers have in common: what to ask for next, and what an answer means; without a thread or a clock.
//!
//! - [`frontier`]: which pages to ask for, level by level, so that the report depends on nobody's speed
//! - [`answer`]: what came back, and whether to try again
//! - [`document`]: its bytes, and the charset in which they are text
//! - [`links`]: from the bytes of a page to its links
//! - [`robots`]: what a site doesn't want to be asked for
//! - [`report`]: what is printed at the end
//! - [`stage`]: the settings, and the count of what is asked for at once
//! - [`sites`]: the sites themselves, and the server that stands in for the network
//!
//! What is left to the variants is the lesson: so many at once, so many of one host, each in its time, and all of it until
//! somebody presses Ctrl-C.

pub mod answer;
mod document;
mod frontier;
mod links;
mod report;
mod robots;
pub mod sites;
pub mod stage;
