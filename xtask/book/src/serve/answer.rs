//! Answers a request: with a page, with the report of what is wrong, or with news of the next edition.

use super::edition::{Book, Edition, Latest};
use crate::html::escape;
use futures_util::stream;
use http_body_util::{BodyExt, Full, StreamBody, combinators::UnsyncBoxBody};
use hyper::{
    Method, Request, Response, StatusCode,
    body::{Bytes, Frame},
    header::{ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, HeaderValue, LOCATION},
};
use percent_encoding::percent_decode_str;
use std::{convert::Infallible, path::Path, sync::Arc};

/// What makes a page reload. No page of a book has a path that begins so.
const SCRIPT_PATH: &str = "/-serve/reload.js";
const SCRIPT: &str = include_str!("reload.js");

/// Where that script hears of the next edition.
const NEWS_PATH: &str = "/-serve/editions";

/// What the reader sees in place of a page when the book can't be built.
const REPORT: &str = include_str!("report.html");

/// Nothing comes from another host, and no other site shows our pages in its own. mdBook has scripts and styles within
/// its pages.
const POLICY: &str = "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; \
                      img-src 'self' data:; font-src 'self' data:; object-src 'none'; base-uri 'self'; \
                      form-action 'self'; frame-ancestors 'self'";

const HTML: &str = "text/html; charset=utf-8";
const TEXT: &str = "text/plain; charset=utf-8";

type Answer = Response<UnsyncBoxBody<Bytes, Infallible>>;

/// All that an answer depends on, besides the question.
pub struct Server {
    pub port: u16,
    pub latest: Latest,
}

impl Server {
    /// The answer. It waits for the first build.
    pub async fn answer<B>(&self, request: &Request<B>) -> Answer {
        let mut answer = self.answer_to(request).await;
        let headers = answer.headers_mut();
        // The next edition may have another page, or another style, under the same name.
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
        headers.insert("x-content-type-options", HeaderValue::from_static("nosniff"));
        headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
        answer
    }

    async fn answer_to<B>(&self, request: &Request<B>) -> Answer {
        if !self.is_meant(request) {
            let why = format!("This server answers to http://127.0.0.1:{}/ and to no other name.\n", self.port);
            return whole(StatusCode::FORBIDDEN, TEXT, why);
        }
        if request.method() != Method::GET && request.method() != Method::HEAD {
            let mut answer = whole(StatusCode::METHOD_NOT_ALLOWED, TEXT, "A book can only be read.\n");
            answer.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
            return answer;
        }
        match request.uri().path() {
            SCRIPT_PATH => whole(StatusCode::OK, content_type(SCRIPT_PATH), SCRIPT),
            NEWS_PATH => news(self.latest.clone()),
            path => {
                let mut latest = self.latest.clone();
                let edition = latest.wait_for(Option::is_some).await.ok().and_then(|edition| edition.clone());
                match edition {
                    Some(edition) => page(&edition, path),
                    // We end, and the first build will never be seen.
                    None => whole(StatusCode::SERVICE_UNAVAILABLE, TEXT, "The server is about to end.\n"),
                }
            }
        }
    }

    /// Whether the request names us. A browser that was led here by another site's name says that name.
    fn is_meant<B>(&self, request: &Request<B>) -> bool {
        let is_ours = |host: &str| {
            let (name, port) = host.rsplit_once(':').unwrap_or((host, "80"));
            (name == "127.0.0.1" || name.eq_ignore_ascii_case("localhost")) && port.parse() == Ok(self.port)
        };
        let mut hosts = request.headers().get_all(HOST).iter();
        let named = hosts.next().and_then(|host| host.to_str().ok()).is_some_and(is_ours) && hosts.next().is_none();
        // A request may name its host in the address too.
        named && request.uri().authority().is_none_or(|authority| is_ours(authority.as_str()))
    }
}

/// The page at this path, or what there is to say instead.
fn page(edition: &Edition, path: &str) -> Answer {
    if let Some(report) = &edition.report
        && could_be_a_page(path)
    {
        let html = REPORT.replace("{{report}}", &escape(report));
        let html = reloading(html.as_bytes(), &edition.name, " data-report");
        return whole(StatusCode::INTERNAL_SERVER_ERROR, HTML, html);
    }
    let empty = Book::new();
    let book = edition.book.as_deref().unwrap_or(&empty);
    match decoded(path).map_or(Found::Nothing, |path| find(book, path)) {
        Found::File(name, file) => {
            // The page to print opens the printer's dialogue whenever it is loaded.
            let reloads = is_page(&name) && name != "print.html";
            let file = if reloads { reloading(file, &edition.name, "").into() } else { Bytes::clone(file) };
            whole(StatusCode::OK, content_type(&name), file)
        }
        Found::Folder(location) => {
            let mut answer = whole(StatusCode::TEMPORARY_REDIRECT, TEXT, "It is a folder.\n");
            answer.headers_mut().insert(LOCATION, location);
            answer
        }
        Found::Nothing => match book.get("404.html") {
            Some(file) => whole(StatusCode::NOT_FOUND, HTML, reloading(file, &edition.name, "")),
            None => whole(StatusCode::NOT_FOUND, TEXT, "There is no such page.\n"),
        },
    }
}

/// What a path leads to.
enum Found<'a> {
    File(String, &'a Bytes),
    /// A folder without the slash that the links on its page are relative to, and the path with it.
    Folder(HeaderValue),
    Nothing,
}

/// The path without its first slash, and with the characters that an address can't hold.
fn decoded(path: &str) -> Option<String> {
    Some(percent_decode_str(path.strip_prefix('/')?).decode_utf8().ok()?.into_owned())
}

/// Only what is in the book can be found: a name such as `../secret` is in no book.
fn find(book: &Book, mut path: String) -> Found<'_> {
    if path.is_empty() || path.ends_with('/') {
        path.push_str("index.html");
    } else if book.contains_key(&format!("{path}/index.html")) {
        let last = path.rsplit('/').next().unwrap_or_default();
        // Relative, so that it can lead to no other host.
        let location = HeaderValue::from_str(&format!("./{last}/"));
        return location.map_or(Found::Nothing, Found::Folder);
    }
    match book.get(&path) {
        Some(file) => Found::File(path, file),
        None => Found::Nothing,
    }
}

fn is_page(name: &str) -> bool {
    content_type(name) == HTML
}

/// Whether a report can be seen at this path, in the book or not: that of a page or a folder. What a page loads stays as
/// it was.
fn could_be_a_page(path: &str) -> bool {
    is_page(path) || Path::new(path).extension().is_none()
}

/// The page with the script that reloads it, as the last thing in it.
fn reloading(page: &[u8], edition: &str, more: &str) -> Vec<u8> {
    const END: &[u8] = b"</body>";
    let at = page.windows(END.len()).rposition(|bytes| bytes == END).unwrap_or(page.len());
    let script = format!("<script src=\"{SCRIPT_PATH}\" data-edition=\"{edition}\"{more}></script>\n");
    [&page[..at], script.as_bytes(), &page[at..]].concat()
}

/// An answer that does not end: the name of the edition that there is, and of each that comes.
fn news(latest: Latest) -> Answer {
    let events = stream::unfold((latest, None), |(mut latest, mut told): (Latest, Option<Arc<Edition>>)| async move {
        let is_new = |edition: &Option<Arc<Edition>>| {
            edition.as_ref().is_some_and(|edition| told.as_ref().is_none_or(|told| told.name != edition.name))
        };
        let edition = latest.wait_for(is_new).await.ok()?.clone()?;
        let event = Frame::data(Bytes::from(format!("data: {}\n\n", edition.name)));
        told = Some(edition);
        Some((Ok(event), (latest, told)))
    });
    answer(StatusCode::OK, "text/event-stream", StreamBody::new(events).boxed_unsync())
}

fn whole(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Answer {
    answer(status, content_type, Full::new(body.into()).boxed_unsync())
}

fn answer(status: StatusCode, content_type: &'static str, body: UnsyncBoxBody<Bytes, Infallible>) -> Answer {
    let mut answer = Response::new(body);
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    answer
}

/// What a browser shall take the file for. It guesses nothing itself.
fn content_type(name: &str) -> &'static str {
    let extension = Path::new(name).extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    match extension.to_ascii_lowercase().as_str() {
        "html" => HTML,
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "txt" => TEXT,
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff" => "font/woff",
        "woff2" => "font/woff2",
        "ttf" => "font/ttf",
        _ => "application/octet-stream",
    }
}
