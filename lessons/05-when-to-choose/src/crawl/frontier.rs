//! Which pages to ask for.
//!
//! A crawl goes level by level: first the page that it starts from, then all that this links to, then all that these link
//! to. A level is asked for all at once, in any order, and looked at when it is there as a whole, in the order of the
//! URLs. So it doesn't matter which answer comes first, and two crawls of the same sites give the same report.

use std::{
    collections::{BTreeMap, BTreeSet},
    hash::{DefaultHasher, Hash, Hasher},
};

use url::Url;

use crate::crawl::{
    answer::{Answer, host},
    links::{followed, links},
    report::{Report, Seen},
    robots::Robots,
};

/// How many steps from its start a crawl goes. A redirect is a step.
pub const DEEPEST: usize = 8;

/// What is to be asked for, and what is known already.
#[derive(Debug)]
pub struct Frontier {
    robots: BTreeMap<String, Robots>,
    /// How many more pages may be asked for.
    budget: usize,
    depth: usize,
    /// Every URL that was met, also those that are not asked for.
    met: BTreeSet<Url>,
    /// The next level, each page with the one that links to it.
    next: BTreeMap<Url, Url>,
    /// A hash of each page, and where it was found first.
    originals: BTreeMap<u64, Url>,
    report: Report,
}

impl Frontier {
    /// A crawl that starts at `start`, asks for at most `budget` pages, and stays on `hosts`.
    pub fn new(start: Url, hosts: &[&str], budget: usize) -> Self {
        let robots = hosts.iter().map(|&host| (host.to_owned(), Robots::default())).collect();
        let (met, next) = (BTreeSet::from([start.clone()]), BTreeMap::from([(start.clone(), start)]));
        Self { robots, budget, depth: 0, met, next, originals: BTreeMap::new(), report: Report::default() }
    }

    /// Where each host says what it doesn't want to be asked for. That is to be asked for first.
    pub fn robots(&self) -> Vec<Url> {
        let address = |host: &String| Url::parse(&format!("http://{host}/robots.txt")).expect("it is a name of ours");
        self.robots.keys().map(address).collect()
    }

    /// Takes what the hosts have answered to that.
    pub fn obey(&mut self, answers: Vec<(Url, Answer)>) {
        for (url, answer) in answers {
            self.robots.insert(host(&url).to_owned(), Robots::from_answer(&answer));
        }
    }

    /// The pages of the next level; none when the crawl is over.
    pub fn next_level(&mut self) -> Vec<Url> {
        let mut level = Vec::new();
        for (url, from) in std::mem::take(&mut self.next) {
            let seen = match self.robots.get(host(&url)) {
                None => Seen::Outside,
                Some(robots) if !robots.allows(&url) => Seen::Forbidden,
                Some(_) if self.depth > DEEPEST => Seen::TooDeep,
                Some(_) if level.len() == self.budget => Seen::OverBudget,
                Some(_) => {
                    self.report.link(&url, from);
                    level.push(url);
                    continue;
                }
            };
            self.report.note(self.depth, &url, seen);
        }
        self.budget -= level.len();
        level
    }

    /// Takes the answers to a level.
    pub fn take(&mut self, mut answers: Vec<(Url, Answer)>) {
        answers.sort_by(|(one, _), (other, _)| one.cmp(other));
        for (url, answer) in answers {
            let seen = match answer {
                Answer::Text(page) => self.read(&url, &page),
                Answer::Redirect(location) => match followed(&url, &location) {
                    Some(target) => {
                        self.meet(&url, [target.clone()]);
                        Seen::Redirect(target)
                    }
                    None => Seen::DeadLink(0),
                },
                Answer::NotText => Seen::NotText,
                Answer::Refused(status) => Seen::DeadLink(status),
                Answer::TooLarge => Seen::TooLarge,
                Answer::BrokenOff => Seen::BrokenOff,
                Answer::TimedOut => Seen::TimedOut,
                Answer::NotAsked => Seen::NotAsked,
            };
            self.report.note(self.depth, &url, seen);
        }
        self.depth += 1;
    }

    fn read(&mut self, url: &Url, page: &[u8]) -> Seen {
        let mut hasher = DefaultHasher::new();
        page.hash(&mut hasher);
        if let Some(original) = self.originals.get(&hasher.finish()) {
            // Its links are those of the original.
            return Seen::Duplicate(original.clone());
        }
        self.originals.insert(hasher.finish(), url.clone());
        self.meet(url, links(url, page));
        Seen::Page(page.len())
    }

    fn meet(&mut self, from: &Url, links: impl IntoIterator<Item = Url>) {
        for link in links {
            if self.met.insert(link.clone()) {
                self.next.insert(link, from.clone());
            }
        }
    }

    /// What has been found.
    pub fn into_report(self) -> Report {
        self.report
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn url(path: &str) -> Url {
        Url::parse("http://a.example").and_then(|url| url.join(path)).expect("a URL")
    }

    fn page(text: &str) -> Answer {
        Answer::Text(text.as_bytes().to_vec())
    }

    #[test]
    fn a_page_is_asked_for_once_whatever_links_to_it() {
        let mut frontier = Frontier::new(url("/"), &["a.example"], 100);
        assert_eq!(frontier.next_level(), [url("/")]);
        frontier.take(vec![(url("/"), page("<a href=/><a href=x><a href=/./x#part><a href=/y>"))]);
        assert_eq!(frontier.next_level(), [url("/x"), url("/y")]);
        frontier.take(vec![(url("/y"), page("<a href=/x>")), (url("/x"), Answer::Redirect("/y".into()))]);
        assert_eq!(frontier.next_level(), []);
    }

    #[test]
    fn what_is_forbidden_outside_or_over_the_budget_is_not_asked_for() {
        let mut frontier = Frontier::new(url("/"), &["a.example"], 2);
        frontier.obey(vec![(url("/robots.txt"), page("User-agent: *\nDisallow: /private"))]);
        frontier.next_level();
        frontier.take(vec![(url("/"), page("<a href=/private><a href=//b.example><a href=/x><a href=/y>"))]);
        assert_eq!(frontier.next_level(), [url("/x")]);
    }

    #[test]
    fn an_endless_site_is_left_at_the_limit_of_depth() {
        let mut frontier = Frontier::new(url("/"), &["a.example"], 100);
        for depth in 0..=DEEPEST {
            let level = frontier.next_level();
            assert_eq!(level.len(), 1, "at depth {depth}");
            let answer = page(&format!("<a href=/{depth}>"));
            frontier.take(level.into_iter().map(|url| (url, answer.clone())).collect());
        }
        assert_eq!(frontier.next_level(), []);
    }

    proptest! {
        #[test]
        fn the_order_of_the_answers_does_not_matter(order in Just((0..20).collect::<Vec<u32>>()).prop_shuffle()) {
            let crawl = |order: &[u32]| {
                let mut frontier = Frontier::new(url("/"), &["a.example"], 100);
                frontier.next_level();
                let links = (0..20).map(|number| format!("<a href=/{number}>")).collect::<Vec<_>>();
                frontier.take(vec![(url("/"), page(&links.concat()))]);
                frontier.next_level();
                // Some of them are the same.
                let answer = |number: &u32| (url(&number.to_string()), page(&format!("<a href=/{}>", number % 7 + 30)));
                frontier.take(order.iter().map(answer).collect());
                (frontier.next_level(), frontier.into_report().to_string())
            };
            prop_assert_eq!(crawl(&order), crawl(&(0..20).collect::<Vec<_>>()));
        }
    }
}
