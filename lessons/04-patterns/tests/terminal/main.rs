//! What each variant promises, checked on the program that a learner runs, in a terminal as the learner has one.

mod background;
mod cancelling;
mod groups;
#[cfg(unix)]
mod interruption;
mod overview;
mod support;
mod tables;
