//! A future that is cancelled after so many polls: at each of its awaits in turn, if a test tries all numbers.

use std::{
    pin::Pin,
    sync::mpsc,
    task::{Context, Poll},
};

use super::patience;

/// Polls the future inside so many times at most, and then drops it.
pub struct Cut<F> {
    future: Option<Pin<Box<F>>>,
    polls: usize,
    most: usize,
}

/// `future`, dropped as soon as it has been polled `most` times and is not ready, and before it is polled at all if that
/// is 0. Gives `None` then, and its result if it was ready before.
pub fn cut<F: Future>(future: F, most: usize) -> Cut<F> {
    Cut { future: Some(Box::pin(future)), polls: 0, most }
}

impl<F: Future> Future for Cut<F> {
    type Output = Option<F::Output>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        let Some(future) = &mut this.future else { return Poll::Ready(None) };
        if this.polls < this.most {
            this.polls += 1;
            match future.as_mut().poll(cx) {
                Poll::Ready(output) => {
                    this.future = None;
                    return Poll::Ready(Some(output));
                }
                Poll::Pending if this.polls < this.most => return Poll::Pending,
                Poll::Pending => {}
            }
        }
        this.future = None;
        Poll::Ready(None)
    }
}

/// Calls `program` with 0, 1, 2 and so on for the number of polls until it says that it came to its end. Gives how often
/// it was cut short.
///
/// # Panics
///
/// If it never ends.
pub fn at_every_await(mut program: impl FnMut(usize) -> bool + Send + 'static) -> usize {
    let (sender, times) = mpsc::channel();
    patience::ends(move || {
        let times = (0..10_000).find(|&polls| program(polls)).expect("a program has an end");
        sender.send(times).expect("somebody waits for it");
    });
    times.recv().expect("it was sent")
}
