//! Opens the book, as it was last built, in a real Chromium, and checks what a reader meets there.
//!
//! [`site`] says which pages there are, [`server`] serves them, and [`browser`] shows them. What must hold is in
//! [`checks`], one file for each kind, and [`at_once`] shares them out among several browsers. Whatever does not hold is a [`finding`].

pub mod at_once;
pub mod browser;
pub mod checks;
pub mod finding;
pub mod processes;
pub mod programs;
pub mod screenshots;
pub mod server;
pub mod site;
pub mod view;
