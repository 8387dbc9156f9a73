//! The address and the limits of a chat, and who ends it.

use std::{
    io::{self, Write},
    net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener},
    sync::Arc,
    thread::{self, JoinHandle},
    time::Duration,
};

use crate::{
    chat::{demonstration, room::Totals},
    limits, listening, setting,
    stop_signal::on_stop_signal,
};

/// After its last line the server reads on, and throws away what it reads, until the client is silent for so long.
/// Closing a socket while something unread has come would reset the connection, and that could overtake the last lines.
pub const LINGER: Duration = Duration::from_secs(1);

/// For the person who has pressed Ctrl-C, since it may take as long as `STALL`.
const ENDING: &str = "ending, and everybody is told; Ctrl-C again waits for nobody";

/// The most clients that can be asked for.
const MOST_CLIENTS: u64 = 1_000_000;

/// What a chat may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// `CONNECTIONS`: how many may be connected at once.
    pub clients: u64,
    /// `STALL`: how long a client may take for a line before the server gives it up, and how
    /// long the server waits at the end for all clients to take what is theirs.
    pub stall: Duration,
}

impl Limits {
    /// Reads them, for a chat on a runtime, before that starts. Without `CONNECTIONS` there may be as many as the system has
    /// descriptors for.
    ///
    /// # Errors
    ///
    /// One sentence, if one of them is wrong, or there are too few descriptors for a runtime.
    pub fn read() -> Result<Self, String> {
        limits::enough_descriptors()?;
        Self::up_to(MOST_CLIENTS)
    }

    /// The same for a chat that has so many threads for each client: there can't be more clients than that allows.
    ///
    /// # Errors
    ///
    /// One sentence, if one of them is wrong.
    pub fn read_for_threads(each: u64) -> Result<Self, String> {
        let threads = limits::threads().map_or(MOST_CLIENTS, |limit| limit.most / each);
        Self::up_to(threads.clamp(1, MOST_CLIENTS))
    }

    fn up_to(most: u64) -> Result<Self, String> {
        let usual = limits::connections().map_or(most, |descriptors| descriptors.min(most));
        Ok(Self {
            clients: setting::number("CONNECTIONS", 1..=most, usual)?,
            stall: Duration::from_millis(setting::number("STALL", 1..=600_000, 10_000)?),
        })
    }
}

/// A chat that is about to begin.
#[derive(Debug)]
pub struct Stage {
    /// Where clients come in.
    pub listener: TcpListener,
    /// How a client on this machine gets there.
    pub address: SocketAddr,
    _demonstration: Option<Demonstration>,
}

/// Clients on a thread of their own, which is waited for at the end.
#[derive(Debug)]
struct Demonstration(Option<JoinHandle<()>>);

/// Tells whoever runs the server how it was.
pub fn report_end(totals: Totals) {
    println!("the chat has ended: {totals}");
}

impl Stage {
    /// Listens where `LISTEN` says, until Ctrl-C. Without it, listens for the clients of a demonstration, until these
    /// have said what they have to say. `stop` is called then.
    ///
    /// # Errors
    ///
    /// One sentence, if `LISTEN` is wrong or the system refuses something.
    pub fn open(stop: impl Fn() + Send + Sync + 'static) -> Result<Self, String> {
        let given = setting::address("LISTEN", setting::here(4000))?;
        let address = given.unwrap_or(setting::here(0));
        let listener = listening::listen(address).map_err(|error| {
            format!("cannot listen on {address} ({error}); LISTEN=127.0.0.1:0 takes any port that is free")
        })?;
        let mut address = listener.local_addr().map_err(|error| format!("cannot learn where we listen: {error}"))?;
        let listening = address;
        if address.ip().is_unspecified() {
            // It listens on all of the machine's addresses. This one a client can be told.
            address.set_ip(if address.is_ipv4() { Ipv4Addr::LOCALHOST.into() } else { Ipv6Addr::LOCALHOST.into() });
        }
        let stop = Arc::new(stop);
        on_stop_signal({
            let stop = Arc::clone(&stop);
            move || {
                // Whether a person still sees this or not, the chat ends.
                let _ = writeln!(io::stdout(), "{ENDING}");
                stop();
            }
        })?;
        let demonstration = if given.is_some() {
            let (ip, port) = (address.ip(), address.port());
            println!("listening on {listening}: try `nc {ip} {port}`; Ctrl-C ends it");
            None
        } else {
            let demonstrating = move || demonstration::run(address, &*stop);
            let clients = thread::Builder::new().name("clients".into()).spawn(demonstrating);
            Some(Demonstration(Some(clients.map_err(|error| format!("cannot start the clients: {error}"))?)))
        };
        Ok(Self { listener, address, _demonstration: demonstration })
    }
}

/// Waits until the clients have read their last lines.
impl Drop for Demonstration {
    fn drop(&mut self) {
        if let Some(clients) = self.0.take() {
            // A panic of theirs has been reported by now.
            let _ = clients.join();
        }
    }
}
