//! Serves the built book on this machine, below a folder, as it is served for projects that share a host.

use std::{fs, net::TcpListener, path::Path, thread};

use anyhow::{Context, Result};
use axum::{
    Router,
    http::{HeaderValue, header},
    middleware,
    response::Response,
    serve::ListenerExt,
};
use tempfile::TempDir;
use tower_http::services::ServeDir;

use crate::site::NOT_FOUND;

/// The folder below which the book is served.
pub const BELOW: &str = "/sub-path/";

/// A server of the built book. It ends with the program.
#[derive(Debug)]
pub struct Server {
    /// What all its addresses begin with.
    pub origin: String,
    /// What is in this folder is served in place of the book's own files. Only a test puts anything there.
    #[cfg_attr(not(test), expect(dead_code, reason = "it is kept until the server ends"))]
    pub instead: TempDir,
    base: String,
}

impl Server {
    /// Serves the book in this folder, on a port that nobody has chosen.
    pub fn start(built: &Path) -> Result<Self> {
        Self::listen(built).context("the book could not be served")
    }

    fn listen(built: &Path) -> Result<Self> {
        let base = base(&fs::read_to_string(built.join(NOT_FOUND)).unwrap_or_default());
        let instead = TempDir::with_prefix("lesson-browser-")?;
        let files = ServeDir::new(instead.path()).fallback(ServeDir::new(built));
        let mut routes = Router::new().nest_service(BELOW.trim_end_matches('/'), files.clone());
        routes = match base.trim_end_matches('/') {
            "" => routes.fallback_service(files),
            folder => routes.nest_service(folder, files),
        };
        let routes = routes.layer(middleware::map_response(keep));
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        listener.set_nonblocking(true)?;
        let origin = format!("http://{}", listener.local_addr()?);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        thread::spawn(move || {
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener)?.tap_io(|stream| {
                    let _ = stream.set_nodelay(true);
                });
                axum::serve(listener, routes).await
            })
        });
        Ok(Server { origin, instead, base })
    }

    /// The address of a page. The one for an address that leads nowhere is where it thinks it is.
    pub fn url(&self, path: &str) -> String {
        format!("{}{}{path}", self.origin, if path == NOT_FOUND { &self.base } else { BELOW })
    }
}

/// Pages can change. What they load is the same for all of them, and each is loaded many times.
async fn keep(mut response: Response) -> Response {
    let is_page = response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == "text/html");
    let keep = if response.status().is_success() && !is_page { "max-age=3600" } else { "no-store" };
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    response
}

/// The folder that the page's relative addresses start from.
fn base(html: &str) -> String {
    let folder = html.split_once("<base href=\"").and_then(|(_, rest)| rest.split('"').next()).unwrap_or("/");
    if folder.starts_with('/') && folder.ends_with('/') { folder.to_owned() } else { "/".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_base_is_that_of_the_page() {
        assert_eq!(base("<head><base href=\"/repository/\">"), "/repository/");
        assert_eq!(base("<head>"), "/");
        assert_eq!(base("<base href=\"https://example.org/\">"), "/");
    }
}
