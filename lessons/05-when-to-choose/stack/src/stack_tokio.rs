//! A small service with a database, as teams write it on tokio: axum, tower and sqlx.
//!
//! Clients add notes and read the newest. What all routes have in common stands in
//! layers: how long a request may take, how many are worked on at once, how large a
//! body may be. The handlers do not speak of it. Ask it from a second terminal:
//!
//!     cargo run -p lesson-05-stack --bin stack-tokio
//!     curl --json "{\"text\": \"hello\"}" http://127.0.0.1:8090/notes
//!     curl http://127.0.0.1:8090/notes

use std::{error::Error, time::Duration};

use axum::{
    BoxError, Json, Router,
    error_handling::HandleErrorLayer,
    extract::{DefaultBodyLimit, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use lesson_05_stack::{
    ADD, CREATE, LARGEST_BODY, NEWEST, NewNote, Note, Settings, announce,
};
use sqlx::{
    SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions},
};
use tokio::{net::TcpListener, signal};
use tower::{
    ServiceBuilder, limit::GlobalConcurrencyLimitLayer, load_shed::LoadShedLayer,
};
use tower_http::timeout::TimeoutLayer;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
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
    let layers =
        ServiceBuilder::new() // (2)
            .layer(TimeoutLayer::with_status_code(
                StatusCode::REQUEST_TIMEOUT,
                patience,
            ))
            .layer(HandleErrorLayer::new(async |_: BoxError| {
                StatusCode::SERVICE_UNAVAILABLE
            }))
            .layer(LoadShedLayer::new())
            // Not `ConcurrencyLimitLayer`, of which axum would make one for each route.
            .layer(GlobalConcurrencyLimitLayer::new(settings.at_once))
            .layer(DefaultBodyLimit::max(LARGEST_BODY));
    let service = Router::new() // (3)
        .route("/notes", get(newest).post(add))
        .layer(layers)
        .with_state(pool.clone());

    let listener = TcpListener::bind(settings.listen).await?;
    announce("stack-tokio", listener.local_addr()?);
    axum::serve(listener, service) // (4)
        .with_graceful_shutdown(async { drop(signal::ctrl_c().await) })
        .await?;
    pool.close().await;
    Ok(())
}

async fn newest(State(pool): State<SqlitePool>) -> Result<Json<Vec<Note>>, Failure> {
    let rows = sqlx::query_as(NEWEST).fetch_all(&pool).await?; // (5)
    Ok(Json(rows.into_iter().map(|(id, text)| Note { id, text }).collect()))
}

async fn add(
    State(pool): State<SqlitePool>,
    Json(note): Json<NewNote>, // (6)
) -> Result<(StatusCode, Json<Note>), Failure> {
    if !note.is_valid() {
        return Err(Failure(StatusCode::UNPROCESSABLE_ENTITY));
    }
    let id = sqlx::query_scalar(ADD).bind(&note.text).fetch_one(&pool).await?;
    Ok((StatusCode::CREATED, Json(Note { id, text: note.text })))
}

/// What a handler answers when it can't do what was asked.
struct Failure(StatusCode);

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        eprintln!("database: {error}");
        Self(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        self.0.into_response()
    }
}
