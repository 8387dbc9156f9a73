//! What an answer carries.

use std::{
    convert::Infallible,
    fmt::Write,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};

use super::tally::InHand;

/// How much of a stream is made at a time. Whoever reads slowly has no more than this, and a few buffers, made for them.
const PIECE: usize = 16 * 1024;

/// The content of an answer: a text that is there, or lines that are made while they are sent.
#[derive(Debug)]
pub struct Content {
    remains: Remains,
    in_hand: Option<InHand>,
}

#[derive(Debug)]
enum Remains {
    /// `None` once it has been given.
    Text(Option<Bytes>),
    Lines {
        next: u32,
        end: u32,
    },
}

impl Content {
    pub fn text(text: Bytes) -> Self {
        Self { remains: Remains::Text(Some(text).filter(|text| !text.is_empty())), in_hand: None }
    }

    /// So many lines, numbered from 0.
    pub fn lines(count: u32) -> Self {
        Self { remains: Remains::Lines { next: 0, end: count }, in_hand: None }
    }

    /// How long it is, in bytes, if that is known before it is made.
    pub fn length(&self) -> Option<usize> {
        match &self.remains {
            Remains::Text(text) => Some(text.as_ref().map_or(0, Bytes::len)),
            Remains::Lines { .. } => None,
        }
    }

    /// Counts for `in_hand` as soon as all of it has been given, or at once if it `is_left_out`.
    pub fn counts_for(&mut self, in_hand: InHand, is_left_out: bool) {
        if self.is_over() || is_left_out {
            in_hand.answered();
        } else {
            self.in_hand = Some(in_hand);
        }
    }

    fn is_over(&self) -> bool {
        match self.remains {
            Remains::Text(ref text) => text.is_none(),
            Remains::Lines { next, end } => next == end,
        }
    }
}

/// Piece by piece. A piece is never empty.
impl Iterator for Content {
    type Item = Bytes;

    fn next(&mut self) -> Option<Bytes> {
        let piece = match &mut self.remains {
            Remains::Text(text) => text.take(),
            Remains::Lines { next, end } if next == end => None,
            Remains::Lines { next, end } => {
                let mut piece = String::with_capacity(PIECE);
                while next < end && piece.len() + 16 < PIECE {
                    writeln!(piece, "line {next}").expect("a String takes all that is written");
                    *next += 1;
                }
                Some(piece.into())
            }
        };
        if self.is_over() {
            if let Some(in_hand) = self.in_hand.take() {
                in_hand.answered();
            }
        }
        piece
    }
}

/// hyper asks for the next piece when there is room for it.
impl Body for Content {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.next().map(|piece| Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.is_over()
    }

    fn size_hint(&self) -> SizeHint {
        self.length().map_or_else(SizeHint::new, |length| SizeHint::with_exact(length as u64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn makes_all_lines_once() {
        let pieces: Vec<_> = Content::lines(10_000).collect();
        assert!(pieces.iter().all(|piece| (1..=PIECE).contains(&piece.len())) && pieces.len() > 2);
        let text = String::from_utf8(pieces.concat()).expect("it was written as text");
        assert!(text.lines().enumerate().all(|(number, line)| line == format!("line {number}")));
        assert_eq!(text.lines().count(), 10_000);
    }
}
