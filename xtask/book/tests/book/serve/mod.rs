//! Serves a small book as a writer would, and reads it as a browser would.

#[cfg(unix)]
mod ending;
mod guard;
mod http;
mod pages;
mod port;
mod problems;
mod reloading;
mod server;
