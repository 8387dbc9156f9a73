//! Shows the book in a browser while it is written: builds it, serves it, and builds it again when a source changes.
//!
//! What is served, and to whom, is as little as will do:
//!
//! - We listen on 127.0.0.1, which other machines can't reach.
//! - A request must name us as 127.0.0.1 or localhost, with our port. So a page of another site can't get at us under
//!   a name of its own that it has pointed here.
//! - We answer GET and HEAD, and allow no other site to read what we answer.
//! - The book that is served is in memory. A path is looked up among the pages that were built, and never on the disk.
//! - Pages may load nothing from another host.
//!
//! The pages that mdBook writes stay as they are. What makes them reload, and what is wrong with them, is added to what
//! we send.

mod answer;
mod builder;
mod edition;
mod ending;
mod notice;
mod port;
mod say;
mod sources;

pub use ending::Ending;

use crate::{browser, project::Project};
use anyhow::{Context, Result};
use builder::Builder;
use edition::Latest;
use ending::Endings;
use say::{complain, say};
use std::{io, net::TcpListener, thread, time::Duration};
use tokio::{runtime, sync::watch, task, time};

/// The port if none is asked for. It is that of `mdbook serve`, which a writer may know.
pub const PORT: u16 = 3000;

/// How long a build may go on after Ctrl-C before we say what we wait for. Most builds are over by then.
const PATIENCE: Duration = Duration::from_secs(1);

/// Serves until somebody ends it, and says how. Nothing of it is left then but this process.
///
/// # Errors
///
/// If the port can't be used, or the system refuses what a server needs. What is wrong with the book is none: it is
/// shown on its page, or instead of the book if there is none to show.
pub fn run(project: &Project, port: u16, open: bool) -> Result<Ending> {
    let listener = port::listen(port)?;
    // One thread answers the one reader that there is.
    let runtime = runtime::Builder::new_current_thread().enable_all().build();
    let ending = runtime.and_then(|runtime| runtime.block_on(serve(project, listener, open)));
    ending.context("the system refuses what a server needs")
}

async fn serve(project: &Project, listener: TcpListener, open: bool) -> io::Result<Ending> {
    // Before anything is begun that would have to be tidied up.
    let mut endings = Endings::new()?;
    let port = listener.local_addr()?.port();
    listener.set_nonblocking(true)?;
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let (sender, latest) = watch::channel(None);
    // No other server has this port, so none builds in this folder.
    let folder = project.root().join("target/serve").join(port.to_string());
    let builder = Builder::start(project.clone().built_in(folder), sender)?;
    let announcing = task::spawn(announce(latest.clone(), port, open));
    task::spawn(axum::serve(listener, answer::router(port, latest)).into_future());

    let ending = endings.next().await;
    // The first build may just be ending, and nobody shall be sent to a book that is about to go.
    announcing.abort();
    task::spawn(async move { endings.next().await.end_now() });
    // A build that is under way would go on writing files behind us.
    let mut stopping = task::spawn_blocking(|| builder.stop());
    if time::timeout(PATIENCE, &mut stopping).await.is_err() {
        say("waiting for the build to end; Ctrl-C once more does not wait");
        let _ = stopping.await;
    }
    Ok(ending)
}

/// Says where the book is, as soon as there is something to see.
async fn announce(mut latest: Latest, port: u16, open: bool) {
    // The other side is gone only when we end.
    if latest.wait_for(Option::is_some).await.is_err() {
        return;
    }
    let url = format!("http://127.0.0.1:{port}/");
    say(&format!("the book is at {url} until you press Ctrl-C"));
    if open {
        // A thread of its own, since some systems wait here until the browser is closed.
        thread::spawn(move || browser::open(url).unwrap_or_else(|why| complain(&why.to_string())));
    }
}
