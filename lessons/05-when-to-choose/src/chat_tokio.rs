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

use crate::{
    chat::{
        conversation::{Conversation, FULL, GREETING, Heard},
        lines::Lines,
        room::{Line, Missed, OUTBOX, Room},
        stage::{LINGER, Limits, Stage, report_end},
    },
    web::accepting::{Accepting, PAUSE},
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

pub fn main() -> Result<(), String> {
    let (stop, ended) = watch::channel(false);
    let limits = Limits::read()?;
    let stage = Stage::open(move || {
        stop.send_replace(true); // (1)
    })?;
    let served = serve(stage.listener, limits, ended);
    served.map_err(|error| format!("the chat failed: {error}"))
}

/// Lets clients in until the chat has `ended`, and then sees them out.
#[instrument(skip_all)]
#[tokio::main]
async fn serve(listener: std::net::TcpListener, limits: Limits, ended: watch::Receiver<bool>) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    let listener = TcpListener::from_std(listener)?;
    let chat = Arc::new(Chat { room: Mutex::new(Room::new()), ended, limits });
    let mut clients = JoinSet::new();
    tokio::select! {
        biased; // Without it chance decides, and lets in a client after the end.
        () = chat.ended() => (),
        () = accept(listener, &mut clients, &chat) => (),
    }
    let all_gone = async { while clients.join_next().await.is_some() {} };
    let _ = timeout(limits.stall, all_gone).await;
    clients.shutdown().await; // (2)
    report_end(chat.room().totals());
    Ok(())
}

/// Starts a task for every client. When this is dropped, nobody else can connect.
async fn accept(listener: TcpListener, clients: &mut JoinSet<()>, chat: &Arc<Chat>) {
    let mut accepting = Accepting::default();
    loop {
        match listener.accept().await {
            Ok((mut stream, _)) => {
                accepting.works();
                while clients.try_join_next().is_some() {}
                if !chat.room().admit(chat.limits.clients) {
                    let _ = timeout(PAUSE, stream.write_all(FULL.as_bytes())).await;
                    continue;
                }
                let chat = Arc::clone(chat);
                clients.spawn(async move {
                    // An error is the client's affair, who has gone away or taken nothing for too long.
                    let attended = attend(stream, &chat).await;
                    chat.room().part(&attended);
                });
            }
            Err(error) => {
                let connected = chat.room().connected();
                if let Some(pause) = accepting.failed(&error, connected) {
                    sleep(pause).await; // (3)
                }
            }
        }
    }
}

/// Serves one client.
#[instrument(skip_all)]
async fn attend(stream: TcpStream, chat: &Chat) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let (mut reader, writer) = stream.into_split();
    let (outbox, lines) = mpsc::channel(OUTBOX); // (4)
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
        // (6) Here the outbox is dropped. Nobody can send any more, so the writer ends when it has written what is there.
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
        let read = tokio::select! {
            biased; // After the end no more is read, however much has come.
            () = &mut ended => return,
            read = reader.read(&mut buffer) => read,
        };
        let Ok(length) = read else { return }; // It has vanished, perhaps in the middle of a line.
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
        let line = match missed.after(|| lines.try_recv()) {
            Ok(line) => line,
            Err(TryRecvError::Empty) => match lines.recv().await {
                Some(line) => line,
                None => return Ok(writer),
            },
            Err(TryRecvError::Disconnected) => return Ok(writer),
        };
        timeout(limits.stall, writer.write_all(line.as_bytes())).await??;
    }
}

/// Reads until the client closes as well, or sends nothing for a while.
async fn linger(reader: &mut OwnedReadHalf) {
    let mut buffer = [0; 4_096];
    while let Ok(Ok(1..)) = timeout(LINGER, reader.read(&mut buffer)).await {}
}
