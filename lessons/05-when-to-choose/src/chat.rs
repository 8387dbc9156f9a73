//! What the four chats have in common: the protocol, without a socket, a thread or a clock.
//!
//! - [`lines`]: from the bytes of a client to its lines
//! - [`room`]: who is there, and who gets which line
//! - [`name`]: what a client may be called
//! - [`conversation`]: what a client's line does, and what it is answered
//! - [`stage`]: the address and the limits, and who ends the chat: Ctrl-C, or the clients of a short demonstration
//!
//! The chapter specifies the protocol. What is left to the variants is the lesson: who waits for whom.

pub mod conversation;
mod demonstration;
pub mod lines;
mod name;
mod outboxes;
pub mod room;
pub mod stage;
