//! The web service of this lesson, as far as it is the same on threads and on every runtime: what it answers, how much it
//! takes from a client, and what it counts. How it waits stands in the variants.

pub mod accepting;
pub mod blocking;
pub mod content;
pub mod lazy_timer;
pub mod patience;
pub mod route;
pub mod rules;
pub mod settings;
pub mod tally;
pub mod turns;
