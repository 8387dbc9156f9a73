//! Why a download failed, whatever made it.

use std::{error::Error, fmt};

/// What a client says about it, to be kept as the source of a [`DownloadError`].
pub type Cause = Box<dyn Error + Send + Sync>;

/// Why a download failed.
#[derive(Debug)]
pub enum DownloadError {
    /// The server has no such item, and won't have it later.
    NotFound,
    /// The server answered with this status instead.
    ServerError(u16),
    /// The answer took too long.
    TimedOut(Cause),
    /// There was no connection, or it ended before the item did.
    ConnectionLost(Cause),
}

impl DownloadError {
    /// What an answer of this `status` means: nothing bad if it is 200.
    ///
    /// # Errors
    ///
    /// For any other.
    pub fn check(status: u16) -> Result<(), Self> {
        match status {
            200 => Ok(()),
            404 => Err(Self::NotFound),
            other => Err(Self::ServerError(other)),
        }
    }

    /// The connection was lost, says `cause`.
    pub fn lost(cause: impl Into<Cause>) -> Self {
        Self::ConnectionLost(cause.into())
    }

    /// Whether the next attempt may end better.
    pub fn is_worth_a_retry(&self) -> bool {
        match self {
            Self::NotFound => false,
            Self::ServerError(status) => *status >= 500,
            Self::TimedOut(_) | Self::ConnectionLost(_) => true,
        }
    }

    /// This error and what caused it, and what caused that, in one line.
    pub fn chain(&self) -> String {
        let causes = std::iter::successors(self.source(), |&error| error.source());
        causes.fold(self.to_string(), |chain, cause| format!("{chain}: {cause}"))
    }
}

impl fmt::Display for DownloadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound => f.write_str("not found"),
            Self::ServerError(status) => write!(f, "server error {status}"),
            Self::TimedOut(_) => f.write_str("timed out"),
            Self::ConnectionLost(_) => f.write_str("connection lost"),
        }
    }
}

impl Error for DownloadError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::NotFound | Self::ServerError(_) => None,
            Self::TimedOut(cause) | Self::ConnectionLost(cause) => Some(cause.as_ref()),
        }
    }
}
