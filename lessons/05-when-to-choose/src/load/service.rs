//! A service of one's own, named by a URL.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use url::{Host, Url};

use crate::setting;

/// Where a service listens, and what it is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    pub address: SocketAddr,
    /// As the client names it.
    pub host: String,
    /// With what stands behind its `?`.
    pub path: String,
}

impl Service {
    /// The one that `URL` names, if it names one.
    ///
    /// # Errors
    ///
    /// One sentence, if it is no URL of this machine.
    pub fn read() -> Result<Option<Self>, String> {
        setting::given("URL").map(|url| Self::of(&url)).transpose()
    }

    fn of(given: &str) -> Result<Self, String> {
        const EXAMPLE: &str = "URL=http://127.0.0.1:9000/path";
        let url = Url::parse(given).ok().filter(|url| url.scheme() == "http");
        let Some(url) = url else {
            return Err(format!("URL={given} is no address in plain HTTP; write one such as {EXAMPLE}"));
        };
        let ip = match url.host() {
            Some(Host::Ipv4(ip)) => Some(IpAddr::V4(ip)),
            Some(Host::Ipv6(ip)) => Some(IpAddr::V6(ip)),
            // A name may mean any machine, but for this one.
            Some(Host::Domain("localhost")) => Some(Ipv4Addr::LOCALHOST.into()),
            Some(Host::Domain(_)) | None => None,
        };
        // Not the sockets that are reached in other ways: a load on another's machine is an
        // attack, whatever it was meant as.
        let Some(ip) = ip.filter(IpAddr::is_loopback) else {
            return Err(format!(
                "URL={given} may be another's machine, for which a load is an attack; run this \
                 where your service runs, with a loopback address such as {EXAMPLE}"
            ));
        };
        let address = SocketAddr::new(ip, url.port_or_known_default().unwrap_or(80));
        let path = url[url::Position::BeforePath..url::Position::AfterQuery].to_owned();
        Ok(Self { address, host: address.to_string(), path })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_of_this_machine_is_taken() {
        for (url, address, path) in [
            ("http://127.0.0.1:9000/path", "127.0.0.1:9000", "/path"),
            ("http://127.9.9.9", "127.9.9.9:80", "/"),
            ("http://localhost:81?a=b#c", "127.0.0.1:81", "/?a=b"),
            ("http://[::1]:9000/a%20b", "[::1]:9000", "/a%20b"),
            ("http://me:secret@127.0.0.1/", "127.0.0.1:80", "/"),
        ] {
            let service = Service::of(url).expect(url);
            assert_eq!((service.host.as_str(), service.path.as_str()), (address, path), "{url}");
            assert_eq!(service.address.to_string(), address, "{url}");
        }
    }

    #[test]
    fn another_machine_is_refused() {
        for url in [
            "http://example.com/",
            "http://127.0.0.1@example.com/",
            "http://localhost.example.com/",
            "http://192.168.0.1:9000/",
            "http://0.0.0.0:9000/",
            "http://[::]/",
            "http://[::ffff:192.0.2.1]/",
        ] {
            let error = Service::of(url).expect_err(url);
            assert!(error.contains("for which a load is an attack"), "{url}: {error}");
        }
        for url in ["", "here", "127.0.0.1:9000", "https://127.0.0.1/", "http://", "http://127.0.0.1:x"] {
            let error = Service::of(url).expect_err(url);
            assert!(error.starts_with(&format!("URL={url} is no address")), "{url}: {error}");
        }
    }
}
