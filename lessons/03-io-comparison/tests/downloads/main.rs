//! What the downloads promise, checked on the program that a learner runs, in a terminal as the learner has one.

mod bounded;
mod downloads;
mod server;
mod settings;
mod support;
mod tables;
