//! Where the crawler on threads connects to, and what it takes for the end of a page.

use std::{
    error::Error as StdError,
    fmt::{self, Display},
    io,
    net::SocketAddr,
};

use ureq::{
    Error,
    config::Config,
    http::{
        Uri,
        header::{CONTENT_LENGTH, TRANSFER_ENCODING},
        response::Parts,
    },
    unversioned::{
        resolver::{ResolvedSocketAddrs, Resolver},
        transport::{Buffers, ConnectionDetails, Connector, DefaultConnector, NextTimeout, Transport},
    },
};

/// Says that every host is at this address, since none of them is real.
///
/// ureq's own resolver may have to be given up after a while, so it resolves each name on one more thread, even if the name
/// is an address. It panics if there is no room for that thread.
#[derive(Debug)]
pub struct Everywhere(pub SocketAddr);

impl Resolver for Everywhere {
    fn resolve(&self, _: &Uri, _: &Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        let mut addresses = self.empty();
        addresses.push(self.0);
        Ok(addresses)
    }
}

/// A connection whose end is an error.
///
/// ureq takes it for the end of a page, also where the last chunk lacks its last CRLF, and even if the connection was reset.
/// hyper takes neither, so without this the report would depend on the variant.
#[derive(Debug)]
pub struct Strict<T>(T);

/// The connection was closed by the server.
#[derive(Debug)]
struct Closed;

/// Whether `error` is no more than the end of an answer with this head, which says in no other way where it ends.
pub fn ends_with_its_connection(head: &Parts, error: &io::Error) -> bool {
    let says_where = head.headers.contains_key(CONTENT_LENGTH) || head.headers.contains_key(TRANSFER_ENCODING);
    !says_where && matches!(error.get_ref(), Some(cause) if cause.is::<Closed>())
}

impl Strict<()> {
    /// Connects as ureq does.
    pub fn connector() -> impl Connector {
        DefaultConnector::new().chain(Self(()))
    }
}

impl<T: Transport> Connector<T> for Strict<()> {
    type Out = Strict<T>;

    fn connect(&self, _: &ConnectionDetails<'_>, connected: Option<T>) -> Result<Option<Strict<T>>, Error> {
        Ok(connected.map(Strict))
    }
}

impl<T: Transport> Transport for Strict<T> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.0.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        self.0.transmit_output(amount, timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        match self.0.await_input(timeout) {
            Ok(false) => Err(io::Error::other(Closed).into()),
            // As an error of a kind that ureq doesn't know.
            Err(Error::Io(error)) => Err(io::Error::other(error).into()),
            other => other,
        }
    }

    fn is_open(&mut self) -> bool {
        self.0.is_open()
    }
}

impl StdError for Closed {}

impl Display for Closed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection was closed")
    }
}
