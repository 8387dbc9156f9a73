//! What has become of every item.

use std::{collections::BTreeMap, fmt};

use crate::download_error::DownloadError;

/// How a download ended.
#[derive(Debug)]
pub struct Outcome {
    /// How often it was tried.
    pub attempts: u32,
    /// The number of bytes, or why there are none.
    pub result: Result<usize, DownloadError>,
}

/// What has become of every item: each is in it once, whether its download has ended or not.
///
/// The same seed gives the same report on every runtime. That is why it says what kind an error is of, and no more:
/// [`causes`](Self::causes) has the clients' own words, in which each of them is different.
#[derive(Debug)]
pub struct Report {
    outcomes: Vec<Option<Outcome>>,
}

/// How many items there are of each kind. Together they are all.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Downloaded.
    pub ok: usize,
    /// Not there to be downloaded.
    pub not_found: usize,
    /// Given up.
    pub failed: usize,
    /// Not ended, or not begun.
    pub open: usize,
}

impl Report {
    /// A report on `items` items, of which none has ended.
    pub fn new(items: u32) -> Self {
        Self { outcomes: (0..items).map(|_| None).collect() }
    }

    /// Notes how the download of `item` ended.
    ///
    /// # Panics
    ///
    /// If it is none of the items, or has ended before.
    pub fn note(&mut self, item: u32, outcome: Outcome) {
        let place = self.outcomes.get_mut(item as usize).expect("it is one of the items");
        assert!(place.replace(outcome).is_none(), "item {item} has ended twice");
    }

    /// How many items there are of each kind.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for outcome in &self.outcomes {
            *match outcome.as_ref().map(|outcome| &outcome.result) {
                Some(Ok(_)) => &mut counts.ok,
                Some(Err(DownloadError::NotFound)) => &mut counts.not_found,
                Some(Err(_)) => &mut counts.failed,
                None => &mut counts.open,
            } += 1;
        }
        counts
    }

    /// One line for the time until everything has ended.
    pub fn progress(&self) -> String {
        let Counts { ok, not_found, failed, open } = self.counts();
        let (ended, all) = (self.outcomes.len() - open, self.outcomes.len());
        format!("{ended} of {all}: {ok} ok, {not_found} not found, {failed} failed")
    }

    /// For each kind of failure the first of its kind, in the words of the client that met it.
    pub fn causes(&self) -> String {
        let failures = self.outcomes.iter().flatten().filter_map(|outcome| outcome.result.as_ref().err());
        let mut causes = BTreeMap::new();
        for failure in failures.filter(|failure| failure.is_worth_a_retry()) {
            causes.entry(failure.to_string()).or_insert_with(|| failure.chain());
        }
        causes.into_values().fold(String::new(), |lines, chain| lines + "  " + &chain + "\n")
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Counts { ok, not_found, failed, open } = self.counts();
        write!(f, "{} items: {ok} ok, {not_found} not found, {failed} failed", self.outcomes.len())?;
        if open > 0 {
            write!(f, ", {open} not done")?;
        }
        let ended = || self.outcomes.iter().flatten();
        let attempts: u32 = ended().map(|outcome| outcome.attempts).sum();
        let bytes: usize = ended().filter_map(|outcome| outcome.result.as_ref().ok()).sum();
        write!(f, "\n{bytes} bytes in {attempts} attempts")?;
        if open > 0 {
            write!(f, ", those of what is not done left out")?;
        }
        writeln!(f)?;
        for (item, outcome) in self.outcomes.iter().enumerate() {
            if let Some(Outcome { attempts, result: Err(error) }) = outcome {
                let s = if *attempts == 1 { "" } else { "s" };
                writeln!(f, "  item {item}: {error}, after {attempts} attempt{s}")?;
            }
        }
        Ok(())
    }
}
