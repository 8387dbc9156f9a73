//! What the chapter says of the chat's protocol, checked on each of the four programs, through sockets.
#![cfg(unix)]

mod client;
mod protocol;
mod server;
