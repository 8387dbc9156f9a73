//! Three clients that say a few words, one after the other, and print what they send and get.

use std::{
    io::{self, BufRead, BufReader, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

/// Nobody on this machine takes that long.
const PATIENCE: Duration = Duration::from_secs(30);

struct Client {
    name: &'static str,
    stream: BufReader<TcpStream>,
}

impl Client {
    fn join(name: &'static str, chat: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(chat)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let mut client = Self { name, stream: BufReader::new(stream) };
        client.gets()?;
        client.says(name)?;
        client.gets()?;
        Ok(client)
    }

    fn says(&mut self, line: &str) -> io::Result<()> {
        println!("{:>4} > {line}", self.name);
        self.stream.get_mut().write_all(format!("{line}\n").as_bytes())
    }

    fn gets(&mut self) -> io::Result<()> {
        let mut line = String::new();
        if self.stream.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        println!("{:>4} < {}", self.name, line.trim_end());
        Ok(())
    }
}

/// Plays it, and calls `stop` before the last line, or when something goes wrong.
pub fn run(chat: SocketAddr, stop: &dyn Fn()) {
    let played = talk(chat, stop);
    stop();
    if let Err(error) = played {
        eprintln!("the demonstration was cut short: {error}");
    }
}

fn talk(chat: SocketAddr, stop: &dyn Fn()) -> io::Result<()> {
    let mut ada = Client::join("ada", chat)?;
    let mut bob = Client::join("bob", chat)?;
    ada.gets()?;
    let mut eve = Client::join("eve", chat)?;
    ada.gets()?;
    bob.gets()?;
    ada.says("hello, both of you")?;
    bob.gets()?;
    eve.gets()?;
    bob.says("/to ada who is she?")?;
    ada.gets()?;
    eve.says("/list")?;
    eve.gets()?;
    eve.says("/leave")?;
    eve.gets()?;
    ada.gets()?;
    bob.gets()?;
    stop();
    ada.gets()?;
    bob.gets()
}
