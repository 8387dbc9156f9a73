//! Takes the port, or says in one sentence what to do instead.

use anyhow::{Error, Result};
use std::{
    io::{self, ErrorKind},
    net::{Ipv4Addr, TcpListener},
};

/// Listens on this port of this machine; on any free one for 0.
pub fn listen(port: u16) -> Result<TcpListener> {
    let next_free = || (port..=u16::MAX).skip(1).find(|&next| bind(next).is_ok());
    bind(port).map_err(|error| Error::msg(refusal(port, &error, next_free)))
}

/// Not on `localhost`, which on some machines is more than one address.
fn bind(port: u16) -> io::Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port))
}

fn refusal(port: u16, error: &io::Error, next_free: impl FnOnce() -> Option<u16>) -> String {
    let instead = |port: u16| format!("`cargo xtask serve --port {port}`");
    match error.kind() {
        ErrorKind::AddrInUse => match next_free() {
            Some(next) => format!("port {port} is in use; {next} is free: {}", instead(next)),
            None => format!("port {port} is in use, and so are all after it; take any free one: {}", instead(0)),
        },
        ErrorKind::PermissionDenied => {
            format!("this system keeps port {port} for itself ({error}); take any free one: {}", instead(0))
        }
        _ => format!("port {port} can't be used ({error}); take any free one: {}", instead(0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_one_sentence_with_a_command() {
        for (kind, next_free, expected) in [
            (ErrorKind::AddrInUse, Some(82), "port 80 is in use; 82 is free: `cargo xtask serve --port 82`"),
            (ErrorKind::AddrInUse, None, "port 80 is in use, and so are all after it; take any free one: `"),
            (ErrorKind::PermissionDenied, None, "this system keeps port 80 for itself (permission denied); take any"),
            (ErrorKind::OutOfMemory, None, "port 80 can't be used (out of memory); take any free one: `cargo xtask"),
        ] {
            let sentence = refusal(80, &kind.into(), || next_free);
            assert!(sentence.starts_with(expected) && !sentence.contains('\n'), "{sentence}");
        }
    }
}
