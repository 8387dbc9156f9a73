//! What each variant promises, checked on the program that a learner runs, in a terminal as the learner has one.

mod background;
mod backpressure;
mod bridging;
mod cancelling;
mod groups;
#[cfg(unix)]
mod interruption;
mod overview;
mod progress;
#[cfg(unix)]
mod shutdown;
mod support;
mod tables;
