//! What to do when the system has no room for another thread, process or file.
//!
//! Some runtimes panic then, and some programs hang after it. For a person it is no fault of the program but a limit, so
//! they read one sentence with the way out.

use std::io;

/// How Rust shows an operating system's error to a person: "Broken pipe (os error 32)".
const SHOWN: &str = "(os error ";

/// How it shows one to a programmer: `Os { code: 32, kind: BrokenPipe, message: "Broken pipe" }`.
const DEBUGGED: &str = "Os { code: ";

/// The number of the operating system's error that `text` speaks of, if it does.
pub(crate) fn os_error(text: &str) -> Option<i32> {
    let (_, rest) = text.rsplit_once(SHOWN).or_else(|| text.rsplit_once(DEBUGGED))?;
    rest.split([')', ',']).next()?.parse().ok()
}

/// The sentence for a panic with this message, if it is about a shortage. The way out is still to be added.
pub(crate) fn in_one_sentence(panic: &str) -> Option<String> {
    let code = os_error(panic)?;
    // The same number says that a socket is not ready, which is another matter.
    let is_about_threads = ["thread", "spawn"].iter().any(|word| panic.contains(word));
    if code == NO_MORE_THREADS && !is_about_threads {
        return None;
    }
    let what = panic.split(": ").next().unwrap_or(panic).trim_end_matches('.');
    way_out(code).map(|_| format!("{what}: {}", io::Error::from_raw_os_error(code)))
}

/// The sentence, with the way out if it ends in a shortage and does not name one itself.
pub(crate) fn with_way_out(sentence: String) -> String {
    let ending = os_error(&sentence).filter(|_| sentence.ends_with(')'));
    match ending.and_then(way_out) {
        Some(way_out) => sentence + way_out,
        None => sentence,
    }
}

/// Whether `error` is one.
pub(crate) fn is_one(error: &io::Error) -> bool {
    error.raw_os_error().and_then(way_out).is_some()
}

#[cfg(unix)]
const NO_MORE_THREADS: i32 = rustix::io::Errno::AGAIN.raw_os_error();
/// Never the number of an error.
#[cfg(not(unix))]
const NO_MORE_THREADS: i32 = 0;

#[cfg(unix)]
fn way_out(code: i32) -> Option<&'static str> {
    use rustix::io::Errno;

    match Errno::from_raw_os_error(code) {
        Errno::AGAIN => {
            Some(". If there is no room for another thread or process, end other programs, or raise `ulimit -u`.")
        }
        Errno::MFILE => Some(". Raise `ulimit -n`, in a new shell if this one refuses."),
        Errno::NFILE => Some(". Other programs have them. End some."),
        _ => None,
    }
}

/// Elsewhere there are no such limits.
#[cfg(not(unix))]
fn way_out(_code: i32) -> Option<&'static str> {
    None
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn what_runtimes_say_becomes_a_sentence() {
        let [again, many] = [rustix::io::Errno::AGAIN, rustix::io::Errno::MFILE].map(io::Error::from);
        for (panic, sentence) in [
            (format!("OS can't spawn worker thread: {again}"), format!("OS can't spawn worker thread: {again}")),
            (format!("failed to spawn thread: {again:?}"), format!("failed to spawn thread: {again}")),
            (
                format!("There is no pool of threads.: Error {{ kind: IO({again:?}) }}"),
                format!("There is no pool of threads: {again}"),
            ),
            (format!("Failed building the Runtime: {many:?}"), format!("Failed building the Runtime: {many}")),
        ] {
            let said = with_way_out(in_one_sentence(&panic).expect("it is a shortage"));
            assert!(said.strip_prefix(&sentence).is_some_and(|way_out| way_out.contains("`ulimit -")), "{said}");
        }
        let unready = format!("called `Result::unwrap()` on an `Err` value: {again:?}");
        for other in ["index out of bounds", &unready, &io::Error::from(rustix::io::Errno::PIPE).to_string()] {
            assert_eq!(in_one_sentence(other), None, "{other}");
        }
    }

    #[test]
    fn a_sentence_with_a_way_out_keeps_it() {
        let many = io::Error::from(rustix::io::Errno::MFILE);
        assert!(with_way_out(many.to_string()).contains("`ulimit -n`"));
        for other in [format!("cannot listen ({many}); try another"), "the disk is on fire".to_owned()] {
            assert_eq!(with_way_out(other.clone()), other);
        }
    }
}
