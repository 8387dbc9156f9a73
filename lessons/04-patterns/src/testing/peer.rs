//! A peer that knows whether what was connected to it has let go.

use std::{
    io::{Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    thread::{self, JoinHandle},
    time::Duration,
};

/// No connection on this machine takes that long to be closed.
const PATIENCE: Duration = Duration::from_secs(60);

/// A peer that sends what it has at once.
pub struct Peer {
    pub address: SocketAddr,
    thread: JoinHandle<()>,
}

impl Peer {
    pub fn sends(lines: &'static str) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("there is a free port");
        let address = listener.local_addr().expect("it has one");
        let thread = thread::spawn(move || {
            let (mut socket, _) = listener.accept().expect("somebody connects");
            socket.set_read_timeout(Some(PATIENCE)).expect("it is not zero");
            // The other end may be gone by now, and is then gone for reading, too.
            let _ = socket.write_all(lines.as_bytes());
            let _ = socket.shutdown(std::net::Shutdown::Write);
            // Asks again when a signal comes in between.
            match socket.read_exact(&mut [0]) {
                Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {}
                Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => {}
                other => panic!("the connection is still open: {other:?}"),
            }
        });
        Self { address, thread }
    }

    /// Waits until whoever was connected has let go.
    ///
    /// # Panics
    ///
    /// If it does not.
    pub fn waits_until_left_alone(self) {
        // Nobody may ever have connected. Then this is the one for whom the peer waits.
        drop(TcpStream::connect(self.address));
        self.thread.join().expect("the connection is closed");
    }
}
