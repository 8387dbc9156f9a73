//! Answers a request: with a page, with the report of what is wrong, or with news of the next edition.

use super::edition::{Book, Edition, Latest};
use crate::html::escape;
use axum::{
    Router,
    body::Bytes,
    extract::{Request, State},
    http::{
        HeaderMap, HeaderValue, StatusCode, Uri,
        header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST},
    },
    middleware::{self, Next},
    response::{
        Html, IntoResponse, Redirect, Response,
        sse::{Event, Sse},
    },
    routing::get,
};
use percent_encoding::percent_decode_str;
use std::{convert::Infallible, path::Path, sync::Arc};
use tokio_stream::{Stream, StreamExt, wrappers::WatchStream};

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

/// All that the server answers, when it listens on this port.
pub fn router(port: u16, latest: Latest) -> Router {
    let script = ([(CONTENT_TYPE, content_type(SCRIPT_PATH))], SCRIPT);
    Router::new()
        .route(SCRIPT_PATH, get(script))
        .route(NEWS_PATH, get(news))
        .fallback_service(get(page).with_state(latest.clone()))
        .with_state(latest)
        .layer(middleware::from_fn_with_state(port, guard))
}

/// Lets in what is meant for us, and says to a browser what it may do with the answer.
async fn guard(State(port): State<u16>, request: Request, next: Next) -> Response {
    let mut answer = if is_meant(port, request.uri(), request.headers()) {
        next.run(request).await
    } else {
        let why = format!("This server answers to http://127.0.0.1:{port}/ and to no other name.\n");
        (StatusCode::FORBIDDEN, why).into_response()
    };
    let headers = answer.headers_mut();
    // The next edition may have another page, or another style, under the same name.
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert("x-content-type-options", HeaderValue::from_static("nosniff"));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    answer
}

/// Whether the request names us. A browser that was led here by another site's name says that name.
fn is_meant(port: u16, address: &Uri, headers: &HeaderMap) -> bool {
    let is_ours = |host: &str| {
        let (name, named) = host.rsplit_once(':').unwrap_or((host, "80"));
        (name == "127.0.0.1" || name.eq_ignore_ascii_case("localhost")) && named.parse() == Ok(port)
    };
    let mut hosts = headers.get_all(HOST).iter();
    let is_named = hosts.next().and_then(|host| host.to_str().ok()).is_some_and(is_ours) && hosts.next().is_none();
    // A request may name its host in the address too.
    is_named && address.authority().is_none_or(|authority| is_ours(authority.as_str()))
}

/// The page at this path, or what there is to say instead. It waits for the first build.
async fn page(State(mut latest): State<Latest>, address: Uri) -> Response {
    let edition = latest.wait_for(Option::is_some).await.ok().and_then(|edition| edition.clone());
    let Some(edition) = edition else {
        // We end, and the first build will never be seen.
        return (StatusCode::SERVICE_UNAVAILABLE, "The server is about to end.\n").into_response();
    };
    let Edition { name: edition, book, report } = &*edition;
    if let Some(report) = report
        && could_be_a_page(address.path())
    {
        let html = REPORT.replace("{{report}}", &escape(report));
        let html = reloading(html.as_bytes(), edition, " data-report");
        return (StatusCode::INTERNAL_SERVER_ERROR, Html(html)).into_response();
    }
    let book = book.as_deref();
    let found = decoded(address.path()).and_then(|path| find(book?, path));
    match (found, book.and_then(|book| book.get("404.html"))) {
        (Some(found), _) => found.answer(edition),
        (None, Some(file)) => (StatusCode::NOT_FOUND, Html(reloading(file, edition, ""))).into_response(),
        (None, None) => (StatusCode::NOT_FOUND, "There is no such page.\n").into_response(),
    }
}

/// What a path leads to.
enum Found<'a> {
    File(String, &'a Bytes),
    /// A folder without the slash that the links on its page are relative to, and the path with it.
    Folder(String),
}

impl Found<'_> {
    fn answer(self, edition: &str) -> Response {
        match self {
            // Relative, so that it can lead to no other host.
            Found::Folder(location) => Redirect::temporary(&location).into_response(),
            // The page to print opens the printer's dialogue whenever it is loaded.
            Found::File(name, file) if is_page(&name) && name != "print.html" => {
                Html(reloading(file, edition, "")).into_response()
            }
            Found::File(name, file) => ([(CONTENT_TYPE, content_type(&name))], Bytes::clone(file)).into_response(),
        }
    }
}

/// The path without its first slash, and with the characters that an address can't hold.
fn decoded(path: &str) -> Option<String> {
    Some(percent_decode_str(path.strip_prefix('/')?).decode_utf8().ok()?.into_owned())
}

/// Only what is in the book can be found: a name such as `../secret` is in no book.
fn find(book: &Book, mut path: String) -> Option<Found<'_>> {
    if path.is_empty() || path.ends_with('/') {
        path.push_str("index.html");
    } else if book.contains_key(&format!("{path}/index.html")) {
        return Some(Found::Folder(format!("./{}/", path.rsplit('/').next()?)));
    }
    book.get(&path).map(|file| Found::File(path, file))
}

fn is_page(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("html"))
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
async fn news(State(latest): State<Latest>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    Sse::new(
        WatchStream::new(latest).filter_map(|edition: Option<Arc<Edition>>| {
            edition.map(|edition| Ok(Event::default().data(&edition.name)))
        }),
    )
}

/// What a browser shall take the file for. It guesses nothing itself.
fn content_type(name: &str) -> String {
    let kind = mime_guess::from_path(name).first_or_octet_stream();
    let is_text = kind.type_() == mime_guess::mime::TEXT;
    if is_text { format!("{kind}; charset=utf-8") } else { kind.to_string() }
}
