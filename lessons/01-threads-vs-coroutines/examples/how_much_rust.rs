//! The Rust that the lessons take for granted, a few lines for each idea. Nothing here waits or draws: each function
//! says what it does in one line.
//!
//!     cargo run -p lesson-01 --example how_much_rust

use std::{
    fmt::Display,
    future::Future,
    num::ParseIntError,
    pin::pin,
    sync::{Arc, Mutex},
    task::{Context, Waker},
    thread,
};

fn main() {
    println!("owner:   {}", owner());
    println!("borrow:  {}", borrow());
    println!("drop:    {}", order_of_drops());
    println!("closure: {}", closure());
    println!("Arc:     {}", shared());
    println!("?:       {:?} {:?}", seconds("3"), seconds("three"));
    println!("trait:   {}", trait_by_name());
    println!("Pin:     {}", pinned());
}

// ANCHOR: owner
fn owner() -> String {
    let message = String::from("thinking!");
    let label = message; // Moved: from here on `message` can't be used.
    label // Moved once more, to the caller.
}
// ANCHOR_END: owner

// ANCHOR: borrow
fn count(frames: &[char]) -> usize {
    frames.len() // A borrow: it looks at them, and they stay the caller's.
}

fn borrow() -> usize {
    let mut frames = vec!['|', '/', '-'];
    frames.push('\\'); // The owner may change them: nothing borrows them now.
    count(&frames)
}
// ANCHOR_END: borrow

// ANCHOR: drop
struct Line(Arc<Mutex<String>>);

impl Drop for Line {
    fn drop(&mut self) {
        self.0.lock().expect("no thread panics").push_str("erased");
    }
}

fn order_of_drops() -> String {
    let screen = Arc::new(Mutex::new(String::from("drawn, ")));
    {
        let _line = Line(Arc::clone(&screen));
    } // The block ends, and `_line` with it: `drop` runs here.
    screen.lock().expect("no thread panics").clone()
}
// ANCHOR_END: drop

// ANCHOR: closure
fn closure() -> String {
    let message = String::from("thinking!");
    let spinner = thread::spawn(move || format!("| {message}"));
    spinner.join().expect("it does not panic")
}
// ANCHOR_END: closure

// ANCHOR: shared
fn shared() -> u32 {
    let frames = Arc::new(Mutex::new(0));
    let theirs = Arc::clone(&frames); // A second owner of the same counter.
    let spinner = thread::spawn(move || *theirs.lock().expect("no thread panics") += 31);
    spinner.join().expect("it does not panic");
    *frames.lock().expect("no thread panics")
}
// ANCHOR_END: shared

// ANCHOR: question_mark
fn seconds(text: &str) -> Result<u32, ParseIntError> {
    let seconds: u32 = text.parse()?; // An error leaves the function here.
    Ok(seconds * 1_000)
}
// ANCHOR_END: question_mark

// ANCHOR: trait
fn show(frame: impl Display, message: impl Display) -> String {
    format!("{frame} {message}")
}

fn trait_by_name() -> String {
    show('|', "thinking!") // A `char` and a `&str`: both can be displayed.
}
// ANCHOR_END: trait

// ANCHOR: pin
fn pinned() -> bool {
    let mut future = pin!(async { 42 }); // From here on it stays where it is.
    let mut context = Context::from_waker(Waker::noop());
    future.as_mut().poll(&mut context).is_ready()
}
// ANCHOR_END: pin

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_function_does_what_its_page_says() {
        assert_eq!(owner(), "thinking!");
        assert_eq!(borrow(), 4);
        assert_eq!(order_of_drops(), "drawn, erased");
        assert_eq!(closure(), "| thinking!");
        assert_eq!(shared(), 31);
        assert_eq!(seconds("3"), Ok(3_000));
        assert!(seconds("three").is_err());
        assert_eq!(trait_by_name(), "| thinking!");
        assert!(pinned());
    }
}
