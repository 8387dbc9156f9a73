//! What is printed at the end of a crawl.

use std::{
    collections::BTreeMap,
    fmt::{self, Display},
};

use url::Url;

/// What became of a URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// A page of so many bytes.
    Page(usize),
    /// The same page as at another URL.
    Duplicate(Url),
    /// It leads to another URL.
    Redirect(Url),
    /// No page.
    NotText,
    /// The server's answer had this status.
    DeadLink(u16),
    /// Too large to be read.
    TooLarge,
    /// The connection was broken off on every attempt.
    BrokenOff,
    /// No attempt was answered in time.
    TimedOut,
    /// Not asked for: robots.txt says so.
    Forbidden,
    /// Not asked for: it is on another host.
    Outside,
    /// Not asked for: it is too many steps away.
    TooDeep,
    /// Not asked for: there were enough.
    OverBudget,
    /// Not asked for: the crawl was stopped.
    NotAsked,
}

impl Seen {
    /// What is counted, in the order of the report.
    const KINDS: [&'static str; 13] = [
        "pages",
        "duplicates",
        "redirects",
        "no text",
        "dead links",
        "too large",
        "broken off",
        "timed out",
        "kept out by robots.txt",
        "on other hosts",
        "too deep",
        "over the budget",
        "not asked, since it was stopped",
    ];

    /// Which of them it is, and what to say of it on its own.
    fn kind(&self) -> (usize, Option<String>) {
        let said = |text: &str| Some(text.to_owned());
        match self {
            Self::Page(_) => (0, None),
            Self::Duplicate(of) => (1, Some(format!("is the same as {of}"))),
            Self::Redirect(_) => (2, None),
            Self::NotText => (3, None),
            Self::DeadLink(status) => (4, Some(format!("was answered with {status}"))),
            Self::TooLarge => (5, said("is too large")),
            Self::BrokenOff => (6, said("was broken off")),
            Self::TimedOut => (7, said("took too long")),
            Self::Forbidden => (8, None),
            Self::Outside => (9, None),
            Self::TooDeep => (10, None),
            Self::OverBudget => (11, None),
            Self::NotAsked => (12, None),
        }
    }
}

/// What a crawl has found. It depends on nothing but the sites and the limits.
#[derive(Debug, Default)]
pub struct Report {
    /// Each URL, how many steps away it is, and what became of it.
    seen: BTreeMap<Url, (usize, Seen)>,
    /// A page that links to it.
    from: BTreeMap<Url, Url>,
}

impl Report {
    /// Notes what became of a URL.
    pub fn note(&mut self, depth: usize, url: &Url, seen: Seen) {
        self.seen.insert(url.clone(), (depth, seen));
    }

    /// Notes who links to a URL.
    pub fn link(&mut self, url: &Url, from: Url) {
        self.from.insert(url.clone(), from);
    }
}

impl Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (url, (_, seen)) in &self.seen {
            if let (_, Some(said)) = seen.kind() {
                let from = self.from.get(url).filter(|from| *from != url);
                let from = from.map(|from| format!(", linked from {from}")).unwrap_or_default();
                writeln!(f, "{url} {said}{from}")?;
            }
        }
        writeln!(f)?;
        for (kind, name) in Seen::KINDS.into_iter().enumerate() {
            let count = self.seen.values().filter(|(_, seen)| seen.kind().0 == kind).count();
            writeln!(f, "{count:>8} {name}")?;
        }
        let sizes = self.seen.values().map(|(_, seen)| if let Seen::Page(size) = seen { *size } else { 0 });
        writeln!(f, "{:>8} bytes in the pages", sizes.sum::<usize>())?;
        let deepest =
            self.seen.values().filter(|(_, seen)| matches!(seen, Seen::Page(_))).map(|(depth, _)| depth).max();
        writeln!(f, "{:>8} steps to the farthest page", deepest.unwrap_or(&0))
    }
}
