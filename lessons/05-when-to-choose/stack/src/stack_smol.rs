//! The same service on smol: hyper for HTTP, and sqlx, which runs on smol too.
//!
//! It has no router and no layers: what axum and tower do on tokio stands here in
//! `answer`, `route` and `json`. To its clients it is the same service.
//!
//!     cargo run -p lesson-05-stack --bin stack-smol

use std::{error::Error, pin::pin, rc::Rc, time::Duration};

use async_signal::{Signal, Signals};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::{
    Method, Request, Response, StatusCode,
    body::{Bytes, Incoming},
    header::{ALLOW, CONTENT_TYPE},
    server::conn::http1,
    service::service_fn,
};
use lesson_05_stack::{
    ADD, CREATE, LARGEST_BODY, NEWEST, NewNote, Note, Settings, announce,
};
use smol::{
    LocalExecutor, Timer, channel,
    future::FutureExt as _,
    lock::Semaphore,
    net::{TcpListener, TcpStream},
    stream::StreamExt as _,
};
use smol_hyper::rt::{FuturesIo, SmolTimer};
use sqlx::{
    SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions},
};

fn main() -> Result<(), Box<dyn Error>> {
    let executor = LocalExecutor::new();
    smol::block_on(executor.run(serve(&executor)))
}

async fn serve(executor: &LocalExecutor<'_>) -> Result<(), Box<dyn Error>> {
    let settings = Settings::read()?;
    let options = SqliteConnectOptions::new()
        .filename(&settings.database)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal);
    // SQLite's calls block, so each connection of the pool is an OS thread.
    let pool =
        SqlitePoolOptions::new().max_connections(4).connect_with(options).await?; // (1)
    sqlx::query(CREATE).execute(&pool).await?;

    let patience = Duration::from_secs(settings.patience);
    let places = Semaphore::new(settings.at_once); // (2)
    let service = Rc::new(Service { pool: pool.clone(), patience, places });

    let listener = TcpListener::bind(settings.listen).await?;
    announce("stack-smol", listener.local_addr()?);
    let mut signals = Signals::new([Signal::Int])?;
    let (stop, stopped) = channel::bounded::<()>(1);
    let mut connections = Vec::new();
    loop {
        let next = async { Some(listener.accept().await) }; // (4)
        match next.or(async { signals.next().await.and(None) }).await {
            Some(Ok((socket, _))) => {
                connections
                    .retain(|connection: &smol::Task<()>| !connection.is_finished());
                let connection = connection(service.clone(), socket, stopped.clone());
                connections.push(executor.spawn(connection));
            }
            Some(Err(error)) => eprintln!("accept: {error}"),
            None => break,
        }
    }
    drop(stop);
    for connection in connections {
        connection.await;
    }
    pool.close().await;
    Ok(())
}

/// Serves a client until it goes, or the service stops and has answered it.
async fn connection(
    service: Rc<Service>,
    socket: TcpStream,
    stopped: channel::Receiver<()>,
) {
    let answer = service_fn(move |request| service.clone().answer(request));
    let mut connection = pin!(
        http1::Builder::new()
            .timer(SmolTimer::new())
            .serve_connection(FuturesIo::new(socket), answer)
    );
    let has_ended = async { Some(connection.as_mut().await) };
    // A client that goes in the middle is no news.
    if has_ended.or(async { stopped.recv().await.ok().and(None) }).await.is_none() {
        connection.as_mut().graceful_shutdown();
        let _ = connection.await;
    }
}

struct Service {
    pool: SqlitePool,
    patience: Duration,
    places: Semaphore,
}

type Answer = Result<(StatusCode, Vec<u8>), Failure>;

impl Service {
    /// What the layers do on tokio: a time limit, and inside it the limit at once.
    async fn answer(
        self: Rc<Self>,
        request: Request<Incoming>,
    ) -> Result<Response<Full<Bytes>>, hyper::http::Error> {
        let answered = async {
            let Some(_place) = self.places.try_acquire() else {
                return Err(Failure(StatusCode::SERVICE_UNAVAILABLE));
            };
            self.route(request).await
        };
        let late = async {
            Timer::after(self.patience).await;
            Err(Failure(StatusCode::REQUEST_TIMEOUT))
        };
        let response = Response::builder();
        match answered.or(late).await {
            Ok((status, json)) => response
                .status(status)
                .header(CONTENT_TYPE, "application/json")
                .body(Full::from(json)),
            Err(Failure(status @ StatusCode::METHOD_NOT_ALLOWED)) => response
                .status(status)
                .header(ALLOW, "GET,HEAD,POST")
                .body(Full::default()),
            Err(Failure(status)) => response.status(status).body(Full::default()),
        }
    }

    async fn route(&self, request: Request<Incoming>) -> Answer {
        match (request.uri().path(), request.method()) {
            ("/notes", &Method::GET | &Method::HEAD) => self.newest().await, // (3)
            ("/notes", &Method::POST) => self.add(request).await,
            ("/notes", _) => Err(Failure(StatusCode::METHOD_NOT_ALLOWED)),
            _ => Err(Failure(StatusCode::NOT_FOUND)),
        }
    }

    async fn newest(&self) -> Answer {
        let rows = sqlx::query_as(NEWEST).fetch_all(&self.pool).await?; // (5)
        let notes: Vec<_> =
            rows.into_iter().map(|(id, text)| Note { id, text }).collect();
        Ok((StatusCode::OK, serde_json::to_vec(&notes)?))
    }

    async fn add(&self, request: Request<Incoming>) -> Answer {
        let note: NewNote = json(request).await?; // (6)
        if !note.is_valid() {
            return Err(Failure(StatusCode::UNPROCESSABLE_ENTITY));
        }
        let id = sqlx::query_scalar(ADD).bind(&note.text).fetch_one(&self.pool).await?;
        Ok((StatusCode::CREATED, serde_json::to_vec(&Note { id, text: note.text })?))
    }
}

/// The JSON in the body of `request`.
async fn json(request: Request<Incoming>) -> Result<NewNote, Failure> {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    if !kind.is_some_and(|kind| kind.starts_with("application/json")) {
        return Err(Failure(StatusCode::UNSUPPORTED_MEDIA_TYPE));
    }
    let body = Limited::new(request.into_body(), LARGEST_BODY).collect().await;
    let body = body.map_err(|error| {
        Failure(if error.is::<LengthLimitError>() {
            StatusCode::PAYLOAD_TOO_LARGE
        } else {
            StatusCode::BAD_REQUEST
        })
    })?;
    serde_json::from_slice(&body.to_bytes()).map_err(|error| {
        Failure(if error.is_data() {
            StatusCode::UNPROCESSABLE_ENTITY
        } else {
            StatusCode::BAD_REQUEST
        })
    })
}

/// What is answered when what was asked can't be done.
struct Failure(StatusCode);

impl<E: Into<Box<dyn Error>>> From<E> for Failure {
    fn from(error: E) -> Self {
        eprintln!("{}", error.into());
        Self(StatusCode::INTERNAL_SERVER_ERROR)
    }
}
