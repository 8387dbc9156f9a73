//! What a request is refused for by its head alone: all that the parsers let pass, and
//! two programs could read in two ways.
//!
//! The body of such a request is not read, so the connection ends with the answer. What
//! comes behind the head may be a body or the next request, and who sent it knows
//! better than we do.

use std::net::Ipv6Addr;

use bytes::Bytes;
use hyper::{
    HeaderMap, Request, Version,
    header::{CONTENT_LENGTH, EXPECT, HOST, TRANSFER_ENCODING},
};

use super::route::{Reply, Route};

/// Looks at the head of a request for `route`, before its body is read.
///
/// # Errors
///
/// The answer that refuses it.
pub fn check<B>(request: &Request<B>, route: Route) -> Result<(), Reply> {
    let (version, headers) = (request.version(), request.headers());
    let is_1_1 = version > Version::HTTP_10;
    if !names_one_host(request, is_1_1) {
        return Err(Reply::wrong_host());
    }
    if headers.contains_key(TRANSFER_ENCODING) {
        check_codings(headers, is_1_1)?;
    }
    // The client asks whether to send its body. We know already that it would be in
    // vain.
    if is_1_1 && asks_first(headers) && has_body(headers) && route.is_refused() {
        return Err(Reply { closes: true, ..route.answer(Bytes::new()) });
    }
    Ok(())
}

/// Whether a request says for which host it is, once and in words that can be one (RFC
/// 9112, 3.2). In HTTP/1.0 it may be silent about it. A target that is a whole URL has
/// a host as well, which has to be one too.
fn names_one_host<B>(request: &Request<B>, is_1_1: bool) -> bool {
    let mut hosts = request.headers().get_all(HOST).iter();
    let header_is_right = match (hosts.next(), hosts.next()) {
        (None, _) => !is_1_1,
        (Some(host), None) => host.to_str().is_ok_and(is_host),
        (Some(_), Some(_)) => false,
    };
    header_is_right && request.uri().authority().is_none_or(|authority| is_host(authority.as_str()))
}

/// Whether this is the name or the address of a host, with or without a port (RFC 9110,
/// 7.2). It may be empty.
fn is_host(text: &str) -> bool {
    // An address in brackets has colons of its own.
    let colon = text.rfind(':').filter(|_| !text.ends_with(']'));
    let (host, port) = colon.map_or((text, ""), |colon| (&text[..colon], &text[colon + 1..]));
    let is_right = match host.strip_prefix('[') {
        Some(rest) => rest.strip_suffix(']').is_some_and(|address| address.parse::<Ipv6Addr>().is_ok()),
        None => is_name(host),
    };
    is_right && port.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether this is a name as URLs know them (RFC 3986, 3.2.2).
fn is_name(text: &str) -> bool {
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let is_right = match byte {
            b'%' => {
                [bytes.next(), bytes.next()].iter().all(|digit| digit.is_some_and(|digit| digit.is_ascii_hexdigit()))
            }
            _ => byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=".contains(&byte),
        };
        if !is_right {
            return false;
        }
    }
    true
}

/// `chunked` is all we can read. Where it is not the last coding, or not the only time,
/// nobody can say where the body ends (RFC 9112, 6.1).
fn check_codings(headers: &HeaderMap, is_1_1: bool) -> Result<(), Reply> {
    let mut codings = Vec::new();
    for value in headers.get_all(TRANSFER_ENCODING) {
        let value = value.to_str().map_err(|_| Reply::wrong_coding())?.to_ascii_lowercase();
        codings.extend(value.split(',').map(|coding| coding.trim_matches([' ', '\t']).to_owned()));
    }
    codings.retain(|coding| !coding.is_empty());
    match codings.split_last() {
        // HTTP/1.0 has no codings.
        Some((last, [])) if last == "chunked" && is_1_1 => Ok(()),
        Some((last, others)) if last == "chunked" && is_1_1 && others.iter().all(|coding| is_unknown(coding)) => {
            Err(Reply::unknown_coding())
        }
        _ => Err(Reply::wrong_coding()),
    }
}

/// `identity` was a coding once, which changed nothing. Today it is an error.
fn is_unknown(coding: &str) -> bool {
    let name = coding.split(';').next().unwrap_or_default().trim_end_matches([' ', '\t']);
    name != "chunked" && name != "identity"
}

fn asks_first(headers: &HeaderMap) -> bool {
    headers.get_all(EXPECT).iter().any(|value| value.as_bytes().eq_ignore_ascii_case(b"100-continue"))
}

fn has_body(headers: &HeaderMap) -> bool {
    headers.contains_key(TRANSFER_ENCODING) || headers.get(CONTENT_LENGTH).is_some_and(|length| length != "0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_a_host() {
        for right in ["", "a", "a:", "a:80", "A_b.c-d~", "127.0.0.1:1", "[::1]", "[::1]:80", "a%20b", "a!$&'()*+,;=b"] {
            assert!(is_host(right), "{right:?}");
        }
        for wrong in
            [" ", "a b", "u@a", "a/b", "a?b", "a#b", "a:x", "a:1:2", "::1", "[::1", "::1]", "[a]", "a[::1]", "a%2", "é"]
        {
            assert!(!is_host(wrong), "{wrong:?}");
        }
    }
}
