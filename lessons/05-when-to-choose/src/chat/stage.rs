//! The address and the limits of a chat, and who ends it.

use std::{
    io,
    net::{Ipv4Addr, TcpListener},
    sync::Arc,
    thread::{self, JoinHandle},
    time::Duration,
};

use crate::{
    chat::{demonstration, room::Totals},
    setting,
    stop_signal::on_stop_signal,
};

/// After its last line the server reads on, and throws away what it reads, until the client is silent for so long. Closing a socket while something
/// unread has come would reset the connection, and that could overtake the last lines.
pub const LINGER: Duration = Duration::from_secs(1);

/// How long the server waits before it accepts again, when the system has refused a client.
pub const PAUSE: Duration = Duration::from_millis(50);

/// What a chat may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// `CLIENTS`: how many may be connected at once.
    pub clients: usize,
    /// `STALL`: how long the server tries to send before it gives a client up, and how long it waits at the end for
    /// everybody to take what is theirs.
    pub stall: Duration,
}

/// A chat that is about to begin.
#[derive(Debug)]
pub struct Stage {
    /// Where it listens.
    pub listener: TcpListener,
    /// What it may take.
    pub limits: Limits,
    demonstration: Option<JoinHandle<()>>,
}

/// Tells whoever runs the server that a client could not be let in, for want of file descriptors or of threads. Those who
/// are in notice nothing.
pub fn report_refused(error: &io::Error) {
    eprintln!("cannot let another client in: {error}");
}

/// Tells whoever runs the server how it was.
pub fn report_end(totals: Totals, cut_off: usize) {
    println!("the chat has ended: {totals}; {cut_off} cut off");
}

impl Stage {
    /// Listens where `LISTEN` says, until Ctrl-C. Without it, listens for the clients of a demonstration, until these
    /// have said what they have to say. `stop` is called then.
    ///
    /// # Errors
    ///
    /// One sentence, if a setting is wrong or the system refuses something.
    pub fn open(stop: impl Fn() + Send + Sync + 'static) -> Result<Self, String> {
        let limits = Limits {
            clients: setting::number("CLIENTS", 1..=100_000, 1_000)?,
            stall: Duration::from_millis(setting::number("STALL", 1..=600_000, 10_000)?),
        };
        let given = setting::address()?;
        let address = given.unwrap_or_else(|| (Ipv4Addr::LOCALHOST, 0).into());
        let listener = TcpListener::bind(address).map_err(|error| {
            format!("cannot listen on {address} ({error}); LISTEN=127.0.0.1:0 takes any port that is free")
        })?;
        let address = listener.local_addr().map_err(|error| format!("cannot learn where we listen: {error}"))?;
        let stop = Arc::new(stop);
        on_stop_signal({
            let stop = Arc::clone(&stop);
            move || stop()
        })?;
        let demonstration = if given.is_some() {
            let (ip, port) = (address.ip(), address.port());
            println!("listening on {address}: try `nc {ip} {port}`; Ctrl-C ends it");
            None
        } else {
            let demonstrating = move || demonstration::run(address, &*stop);
            let clients = thread::Builder::new().name("clients".into()).spawn(demonstrating);
            Some(clients.map_err(|error| format!("cannot start the clients: {error}"))?)
        };
        Ok(Self { listener, limits, demonstration })
    }
}

/// Waits until the clients of the demonstration have read their last lines.
impl Drop for Stage {
    fn drop(&mut self) {
        if let Some(clients) = self.demonstration.take() {
            // A panic of theirs has been reported by now.
            let _ = clients.join();
        }
    }
}
