//! A chat on threads: two for each client.
//!
//! One thread reads what the client sends, the other writes what waits in its outbox, and both can take as long as they
//! like: nobody else waits for them. The room is behind a lock, which nobody holds while it waits for anything. You see
//! three clients talk, and then the chat end for everybody. The ends are what is hard on threads: a thread that waits in
//! `read` or in `accept` can't be told anything.
//!
//!     cargo run -p lesson-05 -- chat-threads
//!     LISTEN=127.0.0.1:4000 cargo run -p lesson-05 -- chat-threads
//!     nc 127.0.0.1 4000      # in another terminal, or in two

use std::{
    collections::HashMap,
    io::{self, ErrorKind, Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        mpsc::{self, Receiver, SyncSender, TryRecvError},
    },
    thread,
    time::{Duration, Instant},
};

use tracing::instrument;

use crate::chat::{
    conversation::{Conversation, FULL, GREETING, Heard},
    lines::Lines,
    room::{Line, Missed, OUTBOX, Room},
    stage::{LINGER, Limits, PAUSE, Stage, report_end, report_refused},
};

/// How often a thread that waits for its client looks whether the chat has ended.
const TICK: Duration = Duration::from_millis(250);

/// What all threads share.
struct Chat {
    room: Mutex<Room<SyncSender<Line>>>,
    /// The socket of each client that is connected, under a number.
    clients: Mutex<HashMap<u64, TcpStream>>,
    /// A client has gone.
    gone: Condvar,
    limits: Limits,
}

impl Chat {
    fn room(&self) -> MutexGuard<'_, Room<SyncSender<Line>>> {
        self.room.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn clients(&self) -> MutexGuard<'_, HashMap<u64, TcpStream>> {
        self.clients.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub fn main() -> Result<(), String> {
    let (stop, stopped) = mpsc::channel();
    let stage = Stage::open(move || {
        let _ = stop.send(()); // (1)
    })?;
    serve(&stage.listener, stage.limits, &stopped).map_err(|error| format!("the chat failed: {error}"))
}

/// Lets clients in until it is `stopped`, and then sees them out.
#[instrument(skip_all)]
fn serve(listener: &TcpListener, limits: Limits, stopped: &Receiver<()>) -> io::Result<()> {
    let (room, clients) = (Mutex::new(Room::new()), Mutex::default());
    let chat = Arc::new(Chat { room, clients, gone: Condvar::new(), limits });
    let address = listener.local_addr()?;
    let accepting = thread::Builder::new().spawn({
        let (listener, chat) = (listener.try_clone()?, Arc::clone(&chat));
        move || accept(&listener, &chat)
    })?;
    let _ = stopped.recv();
    chat.room().close();
    let clients = chat.clients();
    let (clients, _) = chat
        .gone
        .wait_timeout_while(clients, limits.stall, |clients| !clients.is_empty())
        .unwrap_or_else(PoisonError::into_inner);
    let cut_off = clients.len();
    for client in clients.values() {
        let _ = client.shutdown(Shutdown::Both); // (6) This wakes both of its threads.
    }
    drop(clients);
    // One more client, for whom `accept` returns and finds that the chat has ended.
    drop(TcpStream::connect(address)?);
    let _ = accepting.join();
    report_end(chat.room().totals(), cut_off);
    Ok(())
}

/// Starts a thread for every client.
fn accept(listener: &TcpListener, chat: &Arc<Chat>) {
    for number in 0.. {
        let accepted = listener.accept();
        if chat.room().is_closed() {
            return;
        }
        let started = accepted.and_then(|(stream, _)| {
            let stream = Arc::new(stream);
            if chat.clients().len() >= chat.limits.clients {
                return (&*stream).write_all(FULL.as_bytes());
            }
            chat.clients().insert(number, stream.try_clone()?);
            let attending = thread::Builder::new().spawn({
                let chat = Arc::clone(chat);
                move || {
                    // An error is the client's affair, who has gone away or taken nothing for too long.
                    let _ = attend(&stream, &chat);
                    chat.clients().remove(&number);
                    chat.gone.notify_all();
                }
            });
            attending.map(drop).inspect_err(|_| drop(chat.clients().remove(&number)))
        });
        if let Err(error) = started {
            report_refused(&error);
            thread::sleep(PAUSE); // (2)
        }
    }
}

/// Serves one client.
#[instrument(skip_all)]
fn attend(stream: &Arc<TcpStream>, chat: &Chat) -> io::Result<()> {
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(TICK))?;
    stream.set_write_timeout(Some(chat.limits.stall))?;
    let (outbox, lines) = mpsc::sync_channel(OUTBOX); // (3)
    let missed = Missed::default();
    let _ = outbox.send(GREETING.into());
    let mut conversation = Conversation::new(outbox.clone(), missed.clone());
    let writing = thread::Builder::new().spawn({
        let stream = Arc::clone(stream);
        move || {
            let written = write_lines(&stream, &lines, &missed);
            // If it has failed, the other thread has nothing to wait for.
            let _ = stream.shutdown(if written.is_ok() { Shutdown::Write } else { Shutdown::Both });
        }
    })?;
    listen(stream, &mut conversation, &outbox, chat);
    let _ = outbox.send(conversation.end(&mut chat.room()));
    drop(outbox); // (4) Nobody can send any more, so the writer ends when it has written what is there.
    let _ = writing.join();
    linger(stream, chat.limits)
}

/// Does what the client asks for, until it goes or the chat ends.
#[instrument(skip_all)]
fn listen(
    mut stream: &TcpStream,
    conversation: &mut Conversation<SyncSender<Line>>,
    outbox: &SyncSender<Line>,
    chat: &Chat,
) {
    let mut lines = Lines::default();
    let mut buffer = [0; 4_096];
    loop {
        let length = match stream.read(&mut buffer) {
            Ok(0) | Err(_) if chat.room().is_closed() => return,
            Err(error) if [ErrorKind::WouldBlock, ErrorKind::TimedOut].contains(&error.kind()) => continue, // (5)
            Ok(0) | Err(_) => {
                lines.end();
                0
            }
            Ok(length) => length,
        };
        lines.feed(&buffer[..length]);
        for line in &mut lines {
            let heard = conversation.hear(&mut chat.room(), line);
            match heard {
                Heard::Done => (),
                Heard::Reply(line) => {
                    if outbox.send(line).is_err() {
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
fn write_lines(mut stream: &TcpStream, lines: &Receiver<Line>, missed: &Missed) -> io::Result<()> {
    loop {
        let line = match lines.try_recv() {
            Ok(line) => line,
            Err(ended) => match (missed.take(), ended) {
                (Some(notice), _) => notice,
                (None, TryRecvError::Empty) => match lines.recv() {
                    Ok(line) => line,
                    Err(_) => continue,
                },
                (None, TryRecvError::Disconnected) => return Ok(()),
            },
        };
        stream.write_all(line.as_bytes())?;
    }
}

/// Reads until the client closes as well, or sends nothing for a while.
fn linger(mut stream: &TcpStream, limits: Limits) -> io::Result<()> {
    let began = Instant::now();
    let mut buffer = [0; 4_096];
    stream.set_read_timeout(Some(LINGER))?;
    while began.elapsed() < limits.stall && stream.read(&mut buffer)? > 0 {}
    Ok(())
}
