//! Serves the built book on this machine, below a folder, as it is served for projects that share a host.
//!
//! A test can have a file changed on its way, to see whether the checks notice.

use std::{
    collections::HashMap,
    convert::Infallible,
    fs,
    net::SocketAddr,
    path::{Component, Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use http_body_util::Full;
use hyper::{
    Request, Response, StatusCode, body::Bytes, header::CONTENT_TYPE, server::conn::http1, service::service_fn,
};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpListener, runtime::Handle};

/// The folder that the book is served below. A page that asks for something outside of it would not find it.
pub const BELOW: &str = "/sub-path/";

/// A server, until the runtime ends.
#[derive(Debug, Clone)]
pub struct Server {
    address: SocketAddr,
    files: Arc<Files>,
}

#[derive(Debug)]
struct Files {
    folder: PathBuf,
    /// What the page for an address that leads nowhere takes for the folder of the book.
    base: String,
    changed: Mutex<HashMap<String, String>>,
}

impl Server {
    /// Serves what lies in `folder`.
    ///
    /// # Errors
    ///
    /// If there is no port for it.
    pub fn start(runtime: &Handle, folder: &Path) -> Result<Self, String> {
        let base = base(&fs::read_to_string(folder.join("404.html")).unwrap_or_default());
        let files = Arc::new(Files { folder: folder.to_path_buf(), base, changed: Mutex::default() });
        let failed = |error| format!("the book could not be served: {error}");
        let listener = runtime.block_on(TcpListener::bind(("127.0.0.1", 0))).map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        runtime.spawn(serve(listener, Arc::clone(&files)));
        Ok(Server { address, files })
    }

    /// The address of a page. The one for an address that leads nowhere is where it thinks it is.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        let below = if path == "404.html" { &self.files.base } else { BELOW };
        format!("{}{below}{path}", self.origin())
    }

    /// What all our addresses begin with.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Serves this text in the file's place, until told otherwise.
    pub fn change(&self, path: &str, text: String) {
        self.files.changed.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned(), text);
    }

    /// Serves every file as it is.
    pub fn restore(&self) {
        self.files.changed.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

async fn serve(listener: TcpListener, files: Arc<Files>) {
    while let Ok((stream, _)) = listener.accept().await {
        let _ = stream.set_nodelay(true);
        let files = Arc::clone(&files);
        let service = service_fn(move |request: Request<_>| {
            let answer = files.answer(request.uri().path());
            async move { Ok::<_, Infallible>(answer) }
        });
        // A browser that went away is none of our concern.
        tokio::spawn(async move { drop(http1::Builder::new().serve_connection(TokioIo::new(stream), service).await) });
    }
}

impl Files {
    fn answer(&self, path: &str) -> Response<Full<Bytes>> {
        let found = [BELOW, &self.base].into_iter().find_map(|below| self.read(path.strip_prefix(below)?));
        let (status, kind, body) = match found {
            Some((kind, body)) => (StatusCode::OK, kind, body),
            None => (StatusCode::NOT_FOUND, "text/plain", Vec::new()),
        };
        // Pages change on their way. What they load is the same for all of them, and each is loaded many times.
        let keep = if status == StatusCode::OK && !kind.starts_with("text/html") { "max-age=3600" } else { "no-store" };
        let response = Response::builder().status(status).header(CONTENT_TYPE, kind).header("Cache-Control", keep);
        response.body(Full::new(body.into())).expect("status and headers are well-formed")
    }

    fn read(&self, path: &str) -> Option<(&'static str, Vec<u8>)> {
        let path = if path.is_empty() || path.ends_with('/') { format!("{path}index.html") } else { path.to_owned() };
        if Path::new(&path).components().any(|part| !matches!(part, Component::Normal(_))) {
            return None;
        }
        let changed = self.changed.lock().unwrap_or_else(PoisonError::into_inner).get(&path).cloned();
        let body = changed.map(String::into_bytes).or_else(|| fs::read(self.folder.join(&path)).ok())?;
        Some((kind(&path), body))
    }
}

/// What a browser takes the file for.
fn kind(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css",
        "js" => "text/javascript",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
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
    fn files_are_found_below_their_folder_and_nowhere_else() {
        let folder = tempfile::TempDir::new().expect("there is room for a folder");
        fs::write(folder.path().join("index.html"), "one").expect("it is written");
        let files = Files { folder: folder.path().to_path_buf(), base: "/base/".into(), changed: Mutex::default() };
        for (path, expected) in [
            ("/sub-path/", 200),
            ("/sub-path/index.html", 200),
            ("/base/index.html", 200),
            ("/index.html", 404),
            ("/sub-path/none.html", 404),
            ("/sub-path/../index.html", 404),
            ("/sub-path//etc/passwd", 404),
        ] {
            assert_eq!(files.answer(path).status(), expected, "{path}");
        }
    }

    #[test]
    fn the_base_is_that_of_the_page() {
        assert_eq!(base("<head><base href=\"/repository/\">"), "/repository/");
        assert_eq!(base("<head>"), "/");
        assert_eq!(base("<base href=\"https://example.org/\">"), "/");
    }
}
