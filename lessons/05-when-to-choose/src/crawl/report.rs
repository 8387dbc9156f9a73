//! What is printed at the end of a crawl.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::{self, Display},
};

use url::{Position, Url};

use crate::crawl::answer::Answer;

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
    /// It redirects to what is no URL, or none that is crawled.
    LeadsNowhere,
    /// Too large to be read.
    TooLarge,
    /// The connection was broken off on every attempt.
    BrokenOff,
    /// No attempt was answered in time.
    TimedOut,
    /// It could not be asked for, for want of file descriptors.
    NoRoom,
    /// Not asked for: robots.txt says so.
    Forbidden,
    /// Not asked for: it is on another host.
    Outside,
    /// Not asked for: it is too many steps away.
    TooDeep,
    /// Not asked for: there were enough.
    OverBudget,
    /// Not asked for, or not waited for: the crawl was stopped.
    Stopped,
}

/// What is counted and listed together, in the order of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Page,
    Duplicate,
    Redirect,
    Circle,
    NotText,
    Dead,
    TooLarge,
    BrokenOff,
    TimedOut,
    NoRoom,
    Forbidden,
    Outside,
    TooDeep,
    OverBudget,
    Stopped,
}

impl Kind {
    const ALL: [Self; 15] = [
        Self::Page,
        Self::Duplicate,
        Self::Redirect,
        Self::Circle,
        Self::NotText,
        Self::Dead,
        Self::TooLarge,
        Self::BrokenOff,
        Self::TimedOut,
        Self::NoRoom,
        Self::Forbidden,
        Self::Outside,
        Self::TooDeep,
        Self::OverBudget,
        Self::Stopped,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Page => "pages",
            Self::Duplicate => "duplicates",
            Self::Redirect => "redirects",
            Self::Circle => "redirects in a circle",
            Self::NotText => "no text",
            Self::Dead => "dead links",
            Self::TooLarge => "too large",
            Self::BrokenOff => "broken off",
            Self::TimedOut => "timed out",
            Self::NoRoom => "not asked for, since no file descriptor was left",
            Self::Forbidden => "kept out by robots.txt",
            Self::Outside => "on other hosts",
            Self::TooDeep => "too deep",
            Self::OverBudget => "over the budget",
            Self::Stopped => "left undone, since the crawl was stopped",
        }
    }

    /// The same of a single one.
    fn name_of_one(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Duplicate => "duplicate",
            Self::Redirect => "redirect",
            Self::Circle => "redirect in a circle",
            Self::Dead => "dead link",
            other => other.name(),
        }
    }

    /// Whether each of them is listed, and not only counted.
    fn is_listed(self) -> bool {
        !matches!(self, Self::Page | Self::Redirect | Self::NotText | Self::Forbidden | Self::Outside | Self::TooDeep)
    }
}

/// What a crawl has found. It depends on nothing but the sites and the limits.
#[derive(Debug, Default)]
pub struct Report {
    /// Each URL, how many steps away it is, and what became of it.
    seen: BTreeMap<Url, (usize, Seen)>,
    /// A page that links to it.
    from: BTreeMap<Url, Url>,
    /// Hosts that are left alone since they didn't tell what may be asked for, and what they did instead.
    left_alone: BTreeMap<String, String>,
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

    /// Notes that nothing of a host may be asked for, since the request for its robots.txt had this answer.
    pub fn leave_alone(&mut self, host: &str, answer: &Answer) {
        let what = match answer {
            Answer::Refused(status) | Answer::Busy(status, _) => format!("was answered with {status}"),
            Answer::Redirect(_) => "is redirected too often, or elsewhere".to_owned(),
            Answer::NotText | Answer::Text(_) | Answer::TooLarge(_) => "is no text".to_owned(),
            Answer::TimedOut => "took too long".to_owned(),
            Answer::NoRoom => "could not be asked for, since no file descriptor was left".to_owned(),
            _ => "was broken off".to_owned(),
        };
        self.left_alone.insert(host.to_owned(), what);
    }

    fn kind(&self, url: &Url, seen: &Seen) -> Kind {
        match seen {
            Seen::Page(_) => Kind::Page,
            Seen::Duplicate(_) => Kind::Duplicate,
            Seen::Redirect(_) if self.leads_in_a_circle(url) => Kind::Circle,
            Seen::Redirect(_) => Kind::Redirect,
            Seen::NotText => Kind::NotText,
            Seen::DeadLink(_) | Seen::LeadsNowhere => Kind::Dead,
            Seen::TooLarge => Kind::TooLarge,
            Seen::BrokenOff => Kind::BrokenOff,
            Seen::TimedOut => Kind::TimedOut,
            Seen::NoRoom => Kind::NoRoom,
            Seen::Forbidden => Kind::Forbidden,
            Seen::Outside => Kind::Outside,
            Seen::TooDeep => Kind::TooDeep,
            Seen::OverBudget => Kind::OverBudget,
            Seen::Stopped => Kind::Stopped,
        }
    }

    fn leads_in_a_circle<'a>(&'a self, mut url: &'a Url) -> bool {
        let mut passed = BTreeSet::new();
        while let Some((_, Seen::Redirect(target))) = self.seen.get(url) {
            if !passed.insert(url) {
                return true;
            }
            url = target;
        }
        false
    }

    /// One line of a list.
    fn line(&self, url: &Url, seen: &Seen) -> String {
        let what = match seen {
            // Nothing is wrong with it, so nobody wants to know where it came from.
            Seen::Duplicate(original) => return format!("{} is {}", shown(url), shown(original)),
            Seen::DeadLink(status) => format!(": {status}"),
            Seen::LeadsNowhere => " redirects to nothing that can be asked for".to_owned(),
            _ => String::new(),
        };
        let from = self.from.get(url).filter(|from| *from != url);
        let from = from.map(|from| format!(", linked from {}", shown(from))).unwrap_or_default();
        format!("{}{what}{from}", shown(url))
    }
}

/// A URL without what is the same in all of them.
fn shown(url: &Url) -> &str {
    &url[Position::BeforeHost..]
}

impl Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut kinds: BTreeMap<Kind, Vec<(&Url, &Seen)>> = BTreeMap::new();
        for (url, (_, seen)) in &self.seen {
            kinds.entry(self.kind(url, seen)).or_default().push((url, seen));
        }
        for (kind, all) in kinds.iter().filter(|(kind, _)| kind.is_listed()) {
            writeln!(f, "\n{}", kind.name())?;
            for (url, seen) in all {
                writeln!(f, "    {}", self.line(url, seen))?;
            }
        }
        if !self.left_alone.is_empty() {
            writeln!(f, "\nhosts that are left alone")?;
        }
        for (host, what) in &self.left_alone {
            writeln!(f, "    {host}, whose robots.txt {what}")?;
        }
        writeln!(f)?;
        for kind in Kind::ALL {
            let count = kinds.get(&kind).map_or(0, Vec::len);
            writeln!(f, "{count:>8} {}", if count == 1 { kind.name_of_one() } else { kind.name() })?;
        }
        let pages = self.seen.values().filter_map(|(depth, seen)| match seen {
            Seen::Page(size) => Some((*depth, *size)),
            _ => None,
        });
        writeln!(f, "{:>8} bytes in the pages", pages.clone().map(|(_, size)| size).sum::<usize>())?;
        let steps = pages.map(|(depth, _)| depth).max().unwrap_or(0);
        writeln!(f, "{steps:>8} {} to the farthest page", if steps == 1 { "step" } else { "steps" })
    }
}
