//! The slow server alone, for your own client.
//!
//!     cargo run -p lesson-03 -- server
//!     curl -i http://127.0.0.1:8080/items/7              # in another terminal
//!     curl -i 'http://127.0.0.1:8080/items/7?attempt=2'  # what happens the second time
//!
//! It fails as the `bounded-*` variants meet it: `SEED` and `ERRORS` say how. Ctrl-C ends it.

use std::{
    env,
    io::{self, Read},
    thread,
};

use crate::{
    download_error::Cause,
    settings::{DOWNLOADS, LISTEN, Settings},
    slow_server::SlowServer,
};

/// Set by a program that has started the server for itself: the server ends with its standard input.
const LIFELINE: &str = "LESSON_03_LIFELINE";

pub fn main() -> Result<(), Cause> {
    let settings = Settings::chosen(DOWNLOADS);
    let address = LISTEN.value();
    let server = SlowServer::at(settings.network(), address).map_err(|error| {
        format!("cannot listen on {address} ({error}); LISTEN=127.0.0.1:0 takes any port that is free")
    })?;
    println!("listening on {0}: try `curl -i http://{0}/items/7`; Ctrl-C ends it", server.address());
    if env::var_os(LIFELINE).is_none() {
        loop {
            thread::park(); // The server has a thread of its own.
        }
    }
    // What comes does not matter: even if the program is killed, its end of the pipe is closed.
    io::copy(&mut io::stdin().lock().take(u64::MAX), &mut io::sink())?;
    println!("{server}");
    Ok(())
}
