//! A chat on tokio: a task for each client.
//!
//! The task does two things at once, with `select!`: it reads what the client sends, and it writes what waits in its
//! outbox. The room is behind the lock of the standard library, since nobody holds it across an `.await`. The end is one
//! more thing to wait for. You see three clients talk, and then the chat end for everybody. On the timeline: the tasks
//! move between the worker threads.
//!
//!     cargo run -p lesson-05 -- chat-tokio
//!     LISTEN=127.0.0.1:4000 cargo run -p lesson-05 -- chat-tokio
//!     nc 127.0.0.1 4000      # in another terminal, or in two

use std::{
    io,
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::{
        mpsc::{self, Receiver, Sender, error::TryRecvError},
        watch,
    },
    task::JoinSet,
    time::{sleep, timeout},
};
use tracing::instrument;

use crate::chat::{
    conversation::{Conversation, FULL, GREETING, Heard},
    lines::Lines,
    room::{Line, Missed, OUTBOX, Room},
    stage::{LINGER, Limits, PAUSE, Stage, report_end, report_refused},
};

/// What all tasks share.
struct Chat {
    room: Mutex<Room<Sender<Line>>>,
    /// Says whether the chat has ended.
    ended: watch::Receiver<bool>,
    limits: Limits,
}

impl Chat {
    fn room(&self) -> MutexGuard<'_, Room<Sender<Line>>> {
        self.room.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the end of the chat. Whoever learns of it first closes the room.
    async fn ended(&self) {
        // Without a sender it has ended as well.
        let _ = self.ended.clone().wait_for(|ended| *ended).await;
        self.room().close();
    }
}

#[tokio::main]
pub async fn main() -> Result<(), String> {
    let (stop, ended) = watch::channel(false);
    let mut stage = Stage::open(move || {
        stop.send_replace(true);
    })?; // (1)
    let served = serve(&mut stage, ended).await;
    served.map_err(|error| format!("the chat failed: {error}"))
}

/// Lets clients in until the chat has `ended`, and then sees them out.
#[instrument(skip_all)]
async fn serve(stage: &mut Stage, ended: watch::Receiver<bool>) -> io::Result<()> {
    let listener = stage.listener.try_clone()?;
    listener.set_nonblocking(true)?;
    let listener = TcpListener::from_std(listener)?;
    let limits = stage.limits;
    let chat = Arc::new(Chat { room: Mutex::new(Room::new()), ended, limits });
    let mut clients = JoinSet::new();
    tokio::select! {
        () = chat.ended() => (),
        () = accept(&listener, &mut clients, &chat) => (),
    }
    let seen_out = timeout(limits.stall, async { while clients.join_next().await.is_some() {} }).await;
    let cut_off = if seen_out.is_ok() { 0 } else { clients.len() };
    clients.shutdown().await; // (6)
    report_end(chat.room().totals(), cut_off);
    Ok(())
}

/// Starts a task for every client.
async fn accept(listener: &TcpListener, clients: &mut JoinSet<()>, chat: &Arc<Chat>) {
    loop {
        match listener.accept().await {
            Ok((mut stream, _)) => {
                while clients.try_join_next().is_some() {}
                if clients.len() >= chat.limits.clients {
                    let _ = stream.try_write(FULL.as_bytes());
                    let _ = stream.shutdown().await;
                    continue;
                }
                let chat = Arc::clone(chat);
                clients.spawn(async move {
                    // An error is the client's affair, who has gone away or taken nothing for too long.
                    let _ = attend(stream, &chat).await;
                });
            }
            Err(error) => {
                report_refused(&error);
                sleep(PAUSE).await; // (2)
            }
        }
    }
}

/// Serves one client.
#[instrument(skip_all)]
async fn attend(stream: TcpStream, chat: &Chat) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let (mut reader, writer) = stream.into_split();
    let (outbox, lines) = mpsc::channel(OUTBOX); // (3)
    let missed = Missed::default();
    let _ = outbox.send(GREETING.into()).await;
    let mut conversation = Conversation::new(outbox.clone(), missed.clone());
    let mut writing = pin!(write_lines(writer, lines, &missed, chat.limits));
    let written = tokio::select! {
        written = &mut writing => Some(written),
        () = listen(&mut reader, &mut conversation, &outbox, chat) => None, // (5)
    };
    let farewell = conversation.end(&mut chat.room());
    if let Some(written) = written {
        return written.map(drop); // It has failed, since it ends only when nobody can send.
    }
    let last = async move {
        let _ = outbox.send(farewell).await;
        // (4) Here the outbox is dropped. Nobody can send any more, so the writer ends when it has written what is there.
    };
    let (written, ()) = tokio::join!(writing, last);
    let mut writer = written?;
    writer.shutdown().await?;
    let _ = timeout(chat.limits.stall, linger(&mut reader)).await;
    Ok(())
}

/// Does what the client asks for, until it goes or the chat ends.
#[instrument(skip_all)]
async fn listen(
    reader: &mut OwnedReadHalf,
    conversation: &mut Conversation<Sender<Line>>,
    outbox: &Sender<Line>,
    chat: &Chat,
) {
    let mut ended = pin!(chat.ended());
    let mut lines = Lines::default();
    let mut buffer = [0; 4_096];
    loop {
        let length = tokio::select! {
            read = reader.read(&mut buffer) => read.unwrap_or(0),
            () = &mut ended => return,
        };
        if length == 0 {
            lines.end();
        }
        lines.feed(&buffer[..length]);
        for line in &mut lines {
            let heard = conversation.hear(&mut chat.room(), line);
            match heard {
                Heard::Done => (),
                Heard::Reply(line) => {
                    if outbox.send(line).await.is_err() {
                        return;
                    }
                }
                Heard::Over => return,
            }
        }
        if length == 0 {
            return;
        }
    }
}

/// Writes what comes into the outbox, until nobody can put anything in.
#[instrument(skip_all)]
async fn write_lines(
    mut writer: OwnedWriteHalf,
    mut lines: Receiver<Line>,
    missed: &Missed,
    limits: Limits,
) -> io::Result<OwnedWriteHalf> {
    loop {
        let line = match lines.try_recv() {
            Ok(line) => line,
            Err(ended) => match (missed.take(), ended) {
                (Some(notice), _) => notice,
                (None, TryRecvError::Empty) => match lines.recv().await {
                    Some(line) => line,
                    None => continue,
                },
                (None, TryRecvError::Disconnected) => return Ok(writer),
            },
        };
        timeout(limits.stall, writer.write_all(line.as_bytes())).await??;
    }
}

/// Reads until the client closes as well, or sends nothing for a while.
async fn linger(reader: &mut OwnedReadHalf) {
    let mut buffer = [0; 4_096];
    while let Ok(Ok(1..)) = timeout(LINGER, reader.read(&mut buffer)).await {}
}
