//! Hearing of the program's end, and bringing it about.
//!
//! Both systems offer the same `Process`: it calls back once when the program ends, and dropping it leaves neither a
//! running program nor a zombie.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
pub(crate) use unix::Process;
#[cfg(windows)]
pub(crate) use windows::Process;
