//! Sockets: what the loop promises of them, against peers of every kind. All of them are on this machine.

#![cfg(not(event_loop_loom))]

mod echo;
mod endings;
mod fairness;
mod peers;
mod served;
mod sleeping;
mod support;
