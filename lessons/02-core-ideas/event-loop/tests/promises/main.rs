//! What the loop promises in its documentation, each promise through what a user of the crate can see.

#![cfg(not(event_loop_loom))]

mod endings;
mod order;
mod resources;
mod support;
mod time;
mod wakes;
