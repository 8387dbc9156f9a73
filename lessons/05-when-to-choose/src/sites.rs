//! The sites that the crawlers crawl, for anybody else: curl, or a crawler in another terminal.
//!
//! You see how to ask for a page, and then each request as it comes: which host, and what is asked for.
//!
//!     cargo run -p lesson-05 -- sites
//!     SEED=2 LISTEN=127.0.0.1:4081 cargo run -p lesson-05 -- sites

use std::net::SocketAddr;

use crate::{
    crawl::sites::{SiteServer, seed},
    setting,
};

/// Where the sites are without `LISTEN`.
const USUAL: SocketAddr = setting::here(4080);

pub fn main() -> Result<(), String> {
    let seed = seed()?;
    let address = setting::address("LISTEN", USUAL)?.unwrap_or(USUAL);
    let told = |host: &str, target: &str| println!("{} {target}", host.escape_debug());
    let sites = SiteServer::start(seed, address, told)
        .map_err(|error| format!("{error}; LISTEN=127.0.0.1:0 takes any port that is free"))?;
    let address = sites.address();
    println!("the sites of seed {seed} are at {address}; in another terminal:");
    println!("    curl --connect-to ::{address} http://alpha.example/");
    println!("    SITES={address} cargo run -p lesson-05 -- crawler-tokio");
    sites.go_on();
    Ok(())
}
