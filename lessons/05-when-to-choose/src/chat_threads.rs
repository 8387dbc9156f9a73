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
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        mpsc::{self, Receiver, SyncSender, TryRecvError},
    },
    thread,
    time::{Duration, Instant},
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

/// How often a thread that waits for its client looks whether the chat has ended.
const TICK: Duration = Duration::from_millis(250);

/// What `read` says when the tick is over. Its name depends on the system, and a signal can come before.
const NOTHING_YET: [ErrorKind; 3] = [ErrorKind::WouldBlock, ErrorKind::TimedOut, ErrorKind::Interrupted];

/// What all threads share.
struct Chat {
    room: Mutex<Room<SyncSender<Line>>>,
    /// The socket of each client that is connected, under a number.
    clients: Mutex<HashMap<u64, Arc<TcpStream>>>,
    /// A client has gone.
    gone: Condvar,
    limits: Limits,
}

impl Chat {
    fn room(&self) -> MutexGuard<'_, Room<SyncSender<Line>>> {
        self.room.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn clients(&self) -> MutexGuard<'_, HashMap<u64, Arc<TcpStream>>> {
        self.clients.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that a client is no longer connected.
    fn part(&self, number: u64, attended: &io::Result<()>) {
        self.room().part(attended);
        self.clients().remove(&number);
        self.gone.notify_all();
    }
}

pub fn main() -> Result<(), String> {
    let (stop, stopped) = mpsc::channel();
    let limits = Limits::read_for_threads(2)?;
    let stage = Stage::open(move || {
        let _ = stop.send(()); // (1)
    })?;
    let served = serve(stage.listener, stage.address, limits, &stopped);
    served.map_err(|error| format!("the chat failed: {error}"))
}

/// Lets clients in until it is `stopped`, and then sees them out.
#[instrument(skip_all)]
fn serve(listener: TcpListener, address: SocketAddr, limits: Limits, stopped: &Receiver<()>) -> io::Result<()> {
    let (room, clients) = (Mutex::new(Room::new()), Mutex::default());
    let chat = Arc::new(Chat { room, clients, gone: Condvar::new(), limits });
    let accepting = thread::Builder::new().spawn({
        let chat = Arc::clone(&chat);
        move || accept(&listener, &chat)
    })?;
    let _ = stopped.recv();
    chat.room().close();
    while !accepting.is_finished() {
        // (2) For this one `accept` returns, and finds that the chat has ended.
        let _ = TcpStream::connect(address);
        thread::sleep(PAUSE);
    }
    let clients = chat.clients();
    let (clients, _) = chat
        .gone
        .wait_timeout_while(clients, limits.stall, |clients| !clients.is_empty())
        .unwrap_or_else(PoisonError::into_inner);
    // This comes first: afterwards who was cut off can't be told from who has gone.
    report_end(chat.room().totals());
    for client in clients.values() {
        let _ = client.shutdown(Shutdown::Both); // (3)
    }
    Ok(())
}

/// Starts a thread for every client. When this has returned, nobody else can connect.
fn accept(listener: &TcpListener, chat: &Arc<Chat>) {
    let mut accepting = Accepting::default();
    for number in 0.. {
        let accepted = listener.accept();
        if chat.room().is_closed() {
            return;
        }
        let stream = match accepted {
            Ok((stream, _)) => Arc::new(stream),
            Err(error) => {
                let connected = chat.room().connected();
                if let Some(pause) = accepting.failed(&error, connected) {
                    thread::sleep(pause); // (4)
                }
                continue;
            }
        };
        // What a client is told at first does not wait: there is room for that.
        if !chat.room().admit(chat.limits.clients) {
            let _ = (&*stream).write_all(FULL.as_bytes());
            continue;
        }
        chat.clients().insert(number, Arc::clone(&stream));
        let client = thread::Builder::new().spawn({
            let (chat, stream) = (Arc::clone(chat), Arc::clone(&stream));
            move || {
                // An error is the client's affair, who has gone away or taken nothing for too long.
                let attended = attend(&stream, &chat);
                chat.part(number, &attended);
            }
        });
        match client {
            Ok(_) => accepting.works(),
            Err(error) => {
                let _ = (&*stream).write_all(FULL.as_bytes());
                chat.part(number, &Ok(()));
                let connected = chat.room().connected();
                accepting.lacks_thread(&error, connected, "are turned away");
            }
        }
    }
}

/// Serves one client.
#[instrument(skip_all)]
fn attend(stream: &Arc<TcpStream>, chat: &Chat) -> io::Result<()> {
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(TICK))?;
    let (outbox, lines) = mpsc::sync_channel(OUTBOX); // (5)
    let missed = Missed::default();
    let _ = outbox.send(GREETING.into());
    let mut conversation = Conversation::new(outbox.clone(), missed.clone());
    let writing = thread::Builder::new().spawn({
        let (stream, limits) = (Arc::clone(stream), chat.limits);
        move || {
            let written = write_lines(&stream, &lines, &missed, limits);
            // If it has failed, the other thread has nothing to wait for.
            let _ = stream.shutdown(if written.is_ok() { Shutdown::Write } else { Shutdown::Both });
            written
        }
    });
    let writing = writing.inspect_err(|_| drop((&**stream).write_all(FULL.as_bytes())))?;
    listen(stream, &mut conversation, &outbox, chat);
    let farewell = conversation.end(&mut chat.room()); // The lock is held no longer: the next line may wait.
    let _ = outbox.send(farewell);
    drop(outbox); // (6) Nobody can send any more, so the writer ends when it has written what is there.
    writing.join().expect("nothing in it panics")?;
    linger(stream, chat.limits);
    Ok(())
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
        let read = stream.read(&mut buffer);
        if chat.room().is_closed() {
            return;
        }
        let length = match read {
            Ok(0) if stream.peer_addr().is_err() => return, // It has vanished, and the other thread got the error.
            Ok(length) => length,
            Err(error) if NOTHING_YET.contains(&error.kind()) => continue, // (7)
            Err(_) => return, // It has vanished, perhaps in the middle of a line.
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
fn write_lines(stream: &TcpStream, lines: &Receiver<Line>, missed: &Missed, limits: Limits) -> io::Result<()> {
    loop {
        let line = match missed.after(|| lines.try_recv()) {
            Ok(line) => line,
            Err(TryRecvError::Empty) => match lines.recv() {
                Ok(line) => line,
                Err(_) => return Ok(()),
            },
            Err(TryRecvError::Disconnected) => return Ok(()),
        };
        write_in_time(stream, line.as_bytes(), limits.stall)?;
    }
}

/// Writes all of it in this time, or fails.
fn write_in_time(mut stream: &TcpStream, mut bytes: &[u8], limit: Duration) -> io::Result<()> {
    let until = Instant::now() + limit;
    while !bytes.is_empty() {
        // A write that takes too long may have written a part. The timeout of the socket would
        // begin anew for the rest, so it is set to what is left.
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(ErrorKind::TimedOut.into());
        }
        stream.set_write_timeout(Some(left))?;
        match stream.write(bytes) {
            Ok(length) => bytes = &bytes[length..],
            Err(error) if error.kind() == ErrorKind::Interrupted => (),
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Reads until the client closes as well, or sends nothing for a while.
fn linger(mut stream: &TcpStream, limits: Limits) {
    let until = Instant::now() + limits.stall;
    let mut buffer = [0; 4_096];
    loop {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return;
        }
        // If it is refused, a tick is long enough.
        let _ = stream.set_read_timeout(Some(left.min(LINGER)));
        match stream.read(&mut buffer) {
            Ok(1..) => (),
            Err(error) if error.kind() == ErrorKind::Interrupted => (),
            _ => return,
        }
    }
}
