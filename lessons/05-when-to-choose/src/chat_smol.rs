//! A chat on smol: a task for each client, all of them on one thread.
//!
//! As on tokio, each task reads and writes at once, here with `select` of the crate `futures`. As all tasks are on one
//! thread, they share the room without a lock, in an `Rc<RefCell<..>>`. You see three clients talk, and then the chat end
//! for everybody. On the timeline: one lane.
//!
//!     cargo run -p lesson-05 -- chat-smol
//!     LISTEN=127.0.0.1:4000 cargo run -p lesson-05 -- chat-smol
//!     nc 127.0.0.1 4000      # in another terminal, or in two

use std::{
    cell::{RefCell, RefMut},
    io,
    net::Shutdown,
    pin::pin,
    rc::Rc,
    time::Duration,
};

use futures_util::{
    FutureExt as _,
    future::{Either, join, select},
    stream::{FuturesUnordered, StreamExt},
};
use smol::{
    Async, LocalExecutor, Task, Timer,
    channel::{self, Receiver, Sender, TryRecvError},
    future::{FutureExt as _, yield_now},
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
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
    room: RefCell<Room<Sender<Line>>>,
    /// Nothing ever comes here. It is closed when the chat has ended.
    ended: Receiver<()>,
    limits: Limits,
}

impl Chat {
    fn room(&self) -> RefMut<'_, Room<Sender<Line>>> {
        self.room.borrow_mut()
    }

    /// Waits for the end of the chat. Whoever learns of it first closes the room.
    async fn ended(&self) {
        let _ = self.ended.recv().await;
        self.room().close();
    }
}

pub fn main() -> Result<(), String> {
    let (stop, ended) = channel::bounded(1);
    let limits = Limits::read()?;
    let stage = Stage::open(move || {
        stop.close(); // (1)
    })?;
    let executor = LocalExecutor::new();
    let served = smol::block_on(executor.run(serve(&executor, stage.listener, limits, ended)));
    served.map_err(|error| format!("the chat failed: {error}"))
}

/// Lets clients in until the chat has `ended`, and then sees them out.
#[instrument(skip_all)]
async fn serve(
    executor: &LocalExecutor<'_>,
    listener: std::net::TcpListener,
    limits: Limits,
    ended: Receiver<()>,
) -> io::Result<()> {
    let listener = TcpListener::from(Async::new(listener)?);
    let chat = Rc::new(Chat { room: RefCell::new(Room::new()), ended, limits });
    let mut clients = FuturesUnordered::new();
    chat.ended().or(accept(executor, listener, &mut clients, &chat)).await;
    let all_gone = async { while clients.next().await.is_some() {} };
    all_gone.or(after(limits.stall)).await;
    drop(clients); // (2)
    report_end(chat.room().totals());
    Ok(())
}

/// Starts a task for every client. When this is dropped, nobody else can connect.
async fn accept(
    executor: &LocalExecutor<'_>,
    listener: TcpListener,
    clients: &mut FuturesUnordered<Task<()>>,
    chat: &Rc<Chat>,
) {
    let mut accepting = Accepting::default();
    loop {
        match listener.accept().await {
            Ok((mut stream, _)) => {
                accepting.works();
                while let Some(Some(())) = clients.next().now_or_never() {}
                if !chat.room().admit(chat.limits.clients) {
                    let _ = stream.write_all(FULL.as_bytes()).or(too_late(PAUSE)).await;
                    continue;
                }
                let chat = Rc::clone(chat);
                clients.push(executor.spawn(async move {
                    // An error is the client's affair, who has gone away or taken nothing for too long.
                    let attended = attend(stream, &chat).await;
                    chat.room().part(&attended);
                }));
            }
            Err(error) => {
                let connected = chat.room().connected();
                if let Some(pause) = accepting.failed(&error, connected) {
                    after(pause).await; // (3)
                }
            }
        }
    }
}

/// Serves one client.
#[instrument(skip_all)]
async fn attend(stream: TcpStream, chat: &Chat) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = stream.clone();
    let (outbox, lines) = channel::bounded(OUTBOX); // (4)
    let missed = Missed::default();
    let _ = outbox.send(GREETING.into()).await;
    let mut conversation = Conversation::new(outbox.clone(), missed.clone());
    let mut writing = pin!(write_lines(stream, lines, &missed, chat.limits));
    let written = {
        let listening = pin!(listen(&mut reader, &mut conversation, &outbox, chat));
        match select(&mut writing, listening).await {
            Either::Left((written, _)) => Some(written),
            Either::Right(((), _)) => None, // (5)
        }
    };
    let farewell = conversation.end(&mut chat.room());
    if let Some(written) = written {
        return written; // It has failed, since it ends only when nobody can send.
    }
    let last = async move {
        let _ = outbox.send(farewell).await;
        // (6) Here the outbox is dropped. Nobody can send any more, so the writer ends when it has written what is there.
    };
    let (written, ()) = join(writing, last).await;
    written?;
    reader.shutdown(Shutdown::Write)?;
    linger(&mut reader).or(after(chat.limits.stall)).await;
    Ok(())
}

/// Does what the client asks for, until it goes or the chat ends.
#[instrument(skip_all)]
async fn listen(
    reader: &mut TcpStream,
    conversation: &mut Conversation<Sender<Line>>,
    outbox: &Sender<Line>,
    chat: &Chat,
) {
    let mut ended = pin!(chat.ended());
    let mut lines = Lines::default();
    let mut buffer = [0; 4_096];
    loop {
        // The first is polled first. So the end is seen even if there is always something to read.
        let read = match select(&mut ended, reader.read(&mut buffer)).await {
            Either::Left(_) => return,
            Either::Right((read, _)) => read,
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
        // A client that sends all the time never lets us wait. The others have to get a turn all the same.
        yield_now().await;
    }
}

/// Writes what comes into the outbox, until nobody can put anything in.
#[instrument(skip_all)]
async fn write_lines(mut writer: TcpStream, lines: Receiver<Line>, missed: &Missed, limits: Limits) -> io::Result<()> {
    loop {
        let line = match missed.after(|| lines.try_recv()) {
            Ok(line) => line,
            Err(TryRecvError::Empty) => match lines.recv().await {
                Ok(line) => line,
                Err(_) => return Ok(()),
            },
            Err(TryRecvError::Closed) => return Ok(()),
        };
        writer.write_all(line.as_bytes()).or(too_late(limits.stall)).await?;
    }
}

/// Reads until the client closes as well, or sends nothing for a while.
async fn linger(reader: &mut TcpStream) {
    let mut buffer = [0; 4_096];
    let silence = || async {
        after(LINGER).await;
        Ok(0)
    };
    while let Ok(1..) = reader.read(&mut buffer).or(silence()).await {}
}

async fn after(time: Duration) {
    Timer::after(time).await;
}

async fn too_late(limit: Duration) -> io::Result<()> {
    after(limit).await;
    Err(io::ErrorKind::TimedOut.into())
}
