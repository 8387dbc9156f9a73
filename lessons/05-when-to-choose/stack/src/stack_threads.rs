//! The same service on threads: tiny_http for HTTP, and rusqlite.
//!
//! As many threads as may work at once take requests from the server, one after the
//! other, and each has a connection to the database. Nothing here has a time limit:
//! tiny_http knows none, and a thread that reads cannot be called off.
//!
//!     cargo run -p lesson-05-stack --bin stack-threads

use std::{
    error::Error,
    io::{Cursor, Read},
    path::Path,
    sync::mpsc,
    thread,
    time::Duration,
};

use lesson_05_stack::{
    ADD, CREATE, LARGEST_BODY, NEWEST, NewNote, Note, Settings, announce,
};
use rusqlite::Connection;
use tiny_http::{Header, Method, Request, Response, Server};

fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let settings = Settings::read()?;
    let open = || connection(&settings.database);
    open()?.execute(CREATE, ())?;
    // SQLite's calls block, and here a thread is there to be blocked.
    let connections = (0..settings.at_once).map(|_| open()); // (1)
    let connections = connections.collect::<Result<Vec<_>, _>>()?; // (2)

    let server = &Server::http(settings.listen)?;
    let (stop, stopped) = mpsc::channel();
    ctrlc::set_handler(move || stop.send(()).unwrap_or_default())?;
    announce(
        "stack-threads",
        server.server_addr().to_ip().ok_or("it has no IP address")?,
    );
    thread::scope(|scope| {
        for connection in connections {
            scope.spawn(move || work(server, &connection));
        }
        // It fails if the handler has gone, and that stays.
        let _ = stopped.recv(); // (4)
        for _ in 0..settings.at_once {
            server.unblock();
        }
    });
    Ok(())
}

fn connection(database: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(database)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.busy_timeout(Duration::from_secs(5))?;
    Ok(connection)
}

/// Takes requests and answers them, until the server is told to stop.
fn work(server: &Server, connection: &Connection) {
    while let Ok(mut request) = server.recv() {
        let response = answer(&mut request, connection);
        // A client that goes in the middle is no news.
        let _ = request.respond(response);
    }
}

type Answer = Result<(u16, Vec<u8>), Failure>;

fn answer(request: &mut Request, connection: &Connection) -> Response<Cursor<Vec<u8>>> {
    match route(request, connection) {
        Ok((status, json)) => Response::from_data(json)
            .with_status_code(status)
            .with_header(header("Content-Type", "application/json")),
        Err(Failure(405)) => empty(405).with_header(header("Allow", "GET,HEAD,POST")),
        Err(Failure(status)) => empty(status),
    }
}

fn route(request: &mut Request, connection: &Connection) -> Answer {
    let path = request.url().split('?').next().unwrap_or_default(); // (3)
    match (path, request.method()) {
        ("/notes", Method::Get | Method::Head) => newest(connection),
        ("/notes", Method::Post) => add(request, connection),
        ("/notes", _) => Err(Failure(405)),
        _ => Err(Failure(404)),
    }
}

fn newest(connection: &Connection) -> Answer {
    let mut statement = connection.prepare(NEWEST)?; // (5)
    let notes = statement
        .query_map((), |row| Ok(Note { id: row.get(0)?, text: row.get(1)? }))?;
    Ok((200, serde_json::to_vec(&notes.collect::<Result<Vec<_>, _>>()?)?))
}

fn add(request: &mut Request, connection: &Connection) -> Answer {
    let note: NewNote = json(request)?; // (6)
    if !note.is_valid() {
        return Err(Failure(422));
    }
    let id = connection.query_row(ADD, (&note.text,), |row| row.get(0))?;
    Ok((201, serde_json::to_vec(&Note { id, text: note.text })?))
}

/// The JSON in the body of `request`.
fn json(request: &mut Request) -> Result<NewNote, Failure> {
    let kind =
        request.headers().iter().find(|header| header.field.equiv("Content-Type"));
    if !kind.is_some_and(|kind| kind.value.as_str().starts_with("application/json")) {
        return Err(Failure(415));
    }
    let mut body = Vec::new();
    let most = LARGEST_BODY as u64 + 1;
    if request.as_reader().take(most).read_to_end(&mut body).is_err() {
        return Err(Failure(400));
    }
    if body.len() > LARGEST_BODY {
        return Err(Failure(413));
    }
    serde_json::from_slice(&body)
        .map_err(|error| if error.is_data() { Failure(422) } else { Failure(400) })
}

fn empty(status: u16) -> Response<Cursor<Vec<u8>>> {
    Response::from_data([]).with_status_code(status)
}

fn header(name: &str, value: &str) -> Header {
    Header::from_bytes(name, value).expect("it is a header")
}

/// What is answered when what was asked can't be done: its status.
struct Failure(u16);

impl<E: Into<Box<dyn Error>>> From<E> for Failure {
    fn from(error: E) -> Self {
        eprintln!("{}", error.into());
        Self(500)
    }
}
