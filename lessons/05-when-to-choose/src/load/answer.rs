//! Answers of a service that we know nothing of, up to where each of them ends.

use std::io;

/// The most headers that an answer may have here.
const MOST_HEADERS: usize = 128;

/// The longest head of an answer, and the longest line between its chunks, in bytes.
const LONGEST_HEAD: usize = 64 * 1024;

/// Reads one answer after another.
#[derive(Debug, Default)]
pub struct AnswerReader {
    /// What has come and was not understood yet: a part of a head, or of a line.
    unread: Vec<u8>,
    part: Part,
    is_error: bool,
    closes: bool,
}

/// Which part of an answer comes next.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Part {
    #[default]
    Head,
    /// So many bytes of content, and then the end.
    Content(u64),
    /// A line with the length of a chunk.
    ChunkSize,
    /// So many bytes, with the line's end behind the chunk.
    Chunk(u64),
    /// Lines up to an empty one.
    Trailers,
    /// All that comes until the connection ends.
    Rest,
}

/// An answer that has come whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// Its status code is one of an error.
    pub is_error: bool,
    /// The connection ends with it.
    pub closes: bool,
}

impl AnswerReader {
    /// Takes what has come. Gives the answer if this was the last of it.
    ///
    /// # Errors
    ///
    /// If this is no answer, or there is more than the one that was asked for.
    pub fn take(&mut self, mut bytes: &[u8]) -> io::Result<Option<Answer>> {
        loop {
            match self.part {
                Part::Content(0) => {
                    if !bytes.is_empty() || !self.unread.is_empty() {
                        return Err(wrong("there is more than the answer"));
                    }
                    return Ok(Some(self.finish()));
                }
                Part::Rest => return Ok(None),
                _ if bytes.is_empty() && self.unread.is_empty() => return Ok(None),
                Part::Content(left) => {
                    let taken = self.skip(&mut bytes, left);
                    self.part = Part::Content(left - taken);
                }
                Part::Chunk(0) => self.part = Part::ChunkSize,
                Part::Chunk(left) => {
                    let taken = self.skip(&mut bytes, left);
                    self.part = Part::Chunk(left - taken);
                }
                Part::Head | Part::ChunkSize | Part::Trailers => {
                    self.unread.extend_from_slice(bytes);
                    bytes = &[];
                    let Some(length) = self.understand()? else {
                        if self.unread.len() > LONGEST_HEAD {
                            return Err(wrong("its head is too long"));
                        }
                        return Ok(None);
                    };
                    self.unread.drain(..length);
                }
            }
        }
    }

    /// Whether nothing of the next answer has come.
    pub fn is_empty(&self) -> bool {
        self.part == Part::Head && self.unread.is_empty()
    }

    /// The connection has ended. Gives the answer if that was the end of it, too.
    pub fn end(&mut self) -> Option<Answer> {
        let is_whole = self.part == Part::Rest;
        let answer = self.finish();
        is_whole.then_some(answer)
    }

    fn finish(&mut self) -> Answer {
        let Self { is_error, closes, .. } = std::mem::take(self);
        Answer { is_error, closes }
    }

    /// Drops what is left of a part, as far as it has come.
    fn skip(&mut self, bytes: &mut &[u8], left: u64) -> u64 {
        let most = usize::try_from(left).unwrap_or(usize::MAX);
        if self.unread.is_empty() {
            let taken = bytes.len().min(most);
            *bytes = &bytes[taken..];
            return taken as u64;
        }
        let taken = self.unread.len().min(most);
        self.unread.drain(..taken);
        taken as u64
    }

    /// Reads a head or a line, and gives how long it is, if all of it is there.
    fn understand(&mut self) -> io::Result<Option<usize>> {
        match self.part {
            Part::Head => self.head(),
            Part::ChunkSize => match httparse::parse_chunk_size(&self.unread) {
                Ok(httparse::Status::Complete((length, 0))) => {
                    self.part = Part::Trailers;
                    Ok(Some(length))
                }
                Ok(httparse::Status::Complete((length, size))) => {
                    self.part = Part::Chunk(size.saturating_add(2));
                    Ok(Some(length))
                }
                Ok(httparse::Status::Partial) => Ok(None),
                Err(_) => Err(wrong("its chunks make no sense")),
            },
            _ => {
                let end = self.unread.iter().position(|&byte| byte == b'\n');
                let Some(end) = end else { return Ok(None) };
                if self.unread[..end].iter().all(|&byte| byte == b'\r') {
                    self.part = Part::Content(0);
                }
                Ok(Some(end + 1))
            }
        }
    }

    fn head(&mut self) -> io::Result<Option<usize>> {
        let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
        let mut parsed = httparse::Response::new(&mut headers);
        let length = match parsed.parse(&self.unread) {
            Ok(httparse::Status::Complete(length)) => length,
            Ok(httparse::Status::Partial) => return Ok(None),
            Err(error) => {
                let begin = &self.unread[..self.unread.len().min(40)];
                return Err(wrong(&format!("{error}: {}", begin.escape_ascii())));
            }
        };
        let code = parsed.code.unwrap_or_default();
        if (100..200).contains(&code) {
            return Ok(Some(length)); // A word in between, before the answer.
        }
        let value = |name: &str| {
            let mut named = parsed.headers.iter().filter(|header| header.name.eq_ignore_ascii_case(name));
            named.next().map(|header| String::from_utf8_lossy(header.value).trim().to_ascii_lowercase())
        };
        let connection = value("connection").unwrap_or_default();
        let says = |option| connection.split(',').any(|word| word.trim() == option);
        let is_1_1 = parsed.version == Some(1);
        self.is_error = code >= 400;
        self.closes = says("close") || !(is_1_1 || says("keep-alive"));
        let is_chunked = value("transfer-encoding").is_some_and(|coding| coding.ends_with("chunked"));
        self.part = match value("content-length") {
            _ if code == 204 || code == 304 => Part::Content(0),
            _ if is_chunked => Part::ChunkSize,
            Some(length) => Part::Content(length.parse().map_err(|_| wrong("its length is no number"))?),
            None => {
                self.closes = true;
                Part::Rest
            }
        };
        Ok(Some(length))
    }
}

fn wrong(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("that is no answer in HTTP/1.1: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OK: Answer = Answer { is_error: false, closes: false };

    /// What is read of it byte by byte, which is the same as of all at once.
    fn read(answer: &str) -> Result<Option<Answer>, String> {
        let at_once = AnswerReader::default().take(answer.as_bytes());
        let mut reader = AnswerReader::default();
        let mut last = Ok(None);
        for byte in answer.bytes() {
            assert!(matches!(last, Ok(None)), "{answer:?} is over too soon: {last:?}");
            last = reader.take(&[byte]);
        }
        let words = |read: io::Result<_>| read.map_err(|error| error.to_string());
        let last = words(last);
        assert_eq!(last.is_ok(), at_once.is_ok(), "{answer:?}");
        if last.is_ok() {
            assert_eq!(last, words(at_once), "{answer:?}");
        }
        last
    }

    #[test]
    fn knows_where_an_answer_ends() {
        for answer in [
            "HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nok\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 204 No Content\r\n\r\n",
            "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 304 Not Modified\r\n\r\n",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2;a=b\r\nok\r\n1\r\n\n\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\ntrailer: 1\r\n\r\n",
            "HTTP/1.0 200 OK\r\nconnection: Keep-Alive\r\ncontent-length: 1\r\n\r\n.",
        ] {
            assert_eq!(read(answer), Ok(Some(OK)), "{answer:?}");
        }
        let refused = "HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\ncontent-length: 1\r\n\r\n.";
        assert_eq!(read(refused), Ok(Some(Answer { is_error: true, closes: true })));
    }

    #[test]
    fn the_end_of_a_connection_may_be_that_of_an_answer() {
        let closes = Answer { closes: true, ..OK };
        for (came, answer) in [
            ("HTTP/1.1 200 OK\r\n\r\n", Some(closes)),
            ("HTTP/1.0 200 OK\r\n\r\nok", Some(closes)),
            ("HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nok", None),
            ("HTTP/1.1 200 O", None),
            ("", None),
        ] {
            let mut reader = AnswerReader::default();
            assert_eq!(reader.take(came.as_bytes()).expect("it is one"), None, "{came:?}");
            assert_eq!(reader.end(), answer, "{came:?}");
        }
    }

    #[test]
    fn refuses_what_is_no_answer() {
        for wrong in [
            "SSH-2.0-OpenSSH_9.2\r\n",
            "HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n",
        ] {
            let read = AnswerReader::default().take(wrong.as_bytes());
            assert!(read.is_err(), "{wrong:?}: {read:?}");
        }
    }
}
