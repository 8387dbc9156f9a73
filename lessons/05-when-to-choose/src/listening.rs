//! Sockets that listen, with room for a crowd.

use std::{
    io,
    net::{SocketAddr, TcpListener},
};

use socket2::{Domain, Socket, Type};

/// How many clients may wait to be accepted; the system can have a limit below that.
/// The standard library asks for 128. Of those that come when the queue is full, Linux
/// drops the first packet, and TCP sends it again after a second.
const QUEUE: i32 = 4_096;

/// Listens on `address`.
///
/// # Errors
///
/// If the address is taken or not ours, or there is no descriptor left.
pub fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    // On Windows this would mean something else: that others may take the address away.
    #[cfg(unix)]
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(QUEUE)?;
    Ok(socket.into())
}
