//! What every web server of the lesson promises, asked of each of them in the program that a learner runs. The tests of
//! Python's are named after it, since they need one.
#![cfg(unix)]

mod byte_by_byte;
mod client;
mod clients_that_misbehave;
#[cfg(target_os = "linux")]
mod cores;
#[path = "../shared/few_descriptors.rs"]
mod few_descriptors;
mod limits;
#[cfg(target_os = "linux")]
mod mixed;
mod normal_use;
mod pool;
mod python;
mod server;
#[cfg(target_os = "linux")]
#[path = "../shared/somebody_else.rs"]
mod somebody_else;
mod stopping;
#[cfg(target_os = "linux")]
mod threads;
