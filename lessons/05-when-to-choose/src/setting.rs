//! What a person can set, through the environment.

use std::{
    env,
    fmt::Display,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    ops::RangeInclusive,
    str::FromStr,
    time::Duration,
};

/// For `--help`: each variable, and what it sets.
pub const MEANINGS: [(&str, &str); 23] = [
    (
        "LISTEN",
        "where a server listens; without it http servers take 127.0.0.1:8080, sites 127.0.0.1:4080, plain-* any port, and chats play by \
         themselves; port 0 is any that is free",
    ),
    (
        "LOOP",
        "python-http, python-chat: the event loop, asyncio or uvloop, where that is installed; asyncio without it",
    ),
    ("CONNECTIONS", "the most clients at once; without it as many as the system has room for"),
    ("WORKERS", "http-pool: how many threads serve clients (16)"),
    ("SMOL_THREADS", "http-smol: how many threads have tasks (1)"),
    ("PATIENCE", "http servers: seconds that a client may keep the server waiting; 30 without it"),
    ("DRAIN", "http servers: seconds in which to finish after Ctrl-C; 5 without it"),
    (
        "SECONDS",
        "load, overhead, cores, mixed, million: seconds of each measurement; without it 0.6 (load, 0.3 if not optimised), 0.1, 0.3, 0.5 and 3",
    ),
    ("CLIENTS", "load, mixed: how many clients, such as 10,200,5000; from 1 to as many as the limits allow without it"),
    (
        "URL",
        "load: a service of yours on this machine, such as http://127.0.0.1:9000/path, instead of the lesson's; --record FILE \
         keeps its tables as JSON",
    ),
    ("SPINNERS", "million: how many; 1000000 without it, 100000 without --release"),
    ("PERIOD", "million: seconds from one turn of a spinner to its next; 1.5 without it"),
    ("STALL", "chats: milliseconds that a client may take for a line before it is dropped (10000)"),
    (
        "WORK",
        "advise: what an operation does, server, client, files, computing or both; asked without it, as the next four",
    ),
    ("AT_ONCE", "advise: how many go on at once, few, hundreds or thousands"),
    ("LIBRARIES", "advise: what the libraries are, async or blocking"),
    ("CANCEL", "advise: whether an operation has to be stopped from outside, yes or no"),
    ("BUILT_ON", "advise: what the program has already, tokio, async-std, smol, asyncio or none"),
    ("SEED", "crawler-*, sites: another number gives other sites (1)"),
    ("SITES", "crawler-*: where sites are asked for, such as 127.0.0.1:4080; without it the lesson serves them"),
    ("PAGES", "crawler-*: how many pages are asked for at most (500)"),
    ("TIMEOUT", "crawler-*: milliseconds that an attempt to get a page may take (1500)"),
    ("FOLDER", "script-*: the folder whose files are counted (the lessons)"),
];

/// The value of a variable; `None` if it is not set or empty.
pub fn given(name: &str) -> Option<String> {
    env::var_os(name).filter(|value| !value.is_empty()).map(|value| value.to_string_lossy().into_owned())
}

/// The whole number that a variable holds; `usual` without it. `20_000` is one, too.
///
/// # Errors
///
/// One sentence, if it holds no number of `range`.
pub fn number<N: FromStr + PartialOrd + Display>(name: &str, range: RangeInclusive<N>, usual: N) -> Result<N, String> {
    read("whole number", name, given(name), range, usual)
}

/// The length of time that a variable holds, in seconds; `usual` without it.
///
/// # Errors
///
/// One sentence, if it holds none from `least` to an hour.
pub fn seconds(name: &str, least: f64, usual: f64) -> Result<Duration, String> {
    read("number of seconds", name, given(name), least..=3_600.0, usual).map(Duration::from_secs_f64)
}

fn read<N: FromStr + PartialOrd + Display>(
    what: &str,
    name: &str,
    given: Option<String>,
    range: RangeInclusive<N>,
    usual: N,
) -> Result<N, String> {
    let Some(given) = given else { return Ok(usual) };
    given.replace('_', "").parse().ok().filter(|number| range.contains(number)).ok_or_else(|| {
        let (least, most) = range.into_inner();
        format!("{name}={given} is no {what} from {least} to {most}; without it, it is {usual}")
    })
}

/// The address in a variable, if there is one. `example` helps whoever has written none.
///
/// # Errors
///
/// One sentence, if it is none.
pub fn address(name: &str, example: SocketAddr) -> Result<Option<SocketAddr>, String> {
    let Some(given) = given(name) else { return Ok(None) };
    let address = given.parse();
    address
        .map(Some)
        .map_err(|_| format!("{name}={given} is no IP address with a port; write one such as {name}={example}"))
}

/// A port of this machine, for its own programs. Port 0 is any that is free.
pub const fn here(port: u16) -> SocketAddr {
    SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_what_was_given_or_else_what_is_usual() {
        assert_eq!(read("number", "SEED", None, 1..=9, 4), Ok(4));
        assert_eq!(read("number", "SEED", Some("7".into()), 1..=9, 4), Ok(7));
        assert_eq!(read("number", "PAGES", Some("20_000".into()), 1..=90_000, 4), Ok(20_000));
        assert_eq!(read("number", "PERIOD", Some("0.5".into()), 0.1..=1.0, 1.0), Ok(0.5));
    }

    #[test]
    fn what_is_wrong_is_a_sentence() {
        for given in ["0", "10", "many", "-1", "1.5", " 7", "_"] {
            let expected = format!("SEED={given} is no whole number from 1 to 9; without it, it is 4");
            assert_eq!(read("whole number", "SEED", Some(given.into()), 1..=9, 4), Err(expected));
        }
        for given in ["0", "-1", "NaN", "inf", "often", "3601", "1e30"] {
            let expected = format!("PERIOD={given} is no number of seconds from 0.5 to 3600; without it, it is 4");
            assert_eq!(read("number of seconds", "PERIOD", Some(given.into()), 0.5..=3_600.0, 4.0), Err(expected));
        }
    }
}
