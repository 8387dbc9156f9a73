//! Which pages to ask for.
//!
//! A crawl goes level by level: first robots.txt of every host, then the page that it starts from, then all that this
//! links to, then all that these link to. A level is asked for all at once, in any order, and looked at when it is there
//! as a whole, in the order of the URLs. So it doesn't matter which answer comes first, and two crawls of the same sites
//! give the same report.

use std::{
    collections::{BTreeMap, BTreeSet},
    hash::{DefaultHasher, Hash, Hasher},
    mem,
};

use encoding_rs::UTF_8;
use url::Url;

use crate::crawl::{
    answer::{Answer, host},
    document::Document,
    links::{followed, links},
    report::{Report, Seen},
    robots::Robots,
};

/// How many steps from its start a crawl goes. A redirect is a step.
pub const DEEPEST: usize = 8;

/// How many redirects are followed from one robots.txt.
const ROBOTS_REDIRECTS: usize = 5;

/// What is asked for at once.
#[derive(Debug, PartialEq, Eq)]
pub struct Level {
    pub step: Step,
    pub urls: Vec<Url>,
}

/// How far the crawl has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// It asks what it may ask for. Redirects count.
    Robots(usize),
    /// It asks for pages that are so many steps away.
    Pages(usize),
}

/// What a host has said to the question what may be asked for.
#[derive(Debug)]
enum Access {
    /// It was not asked, since the crawl was stopped.
    Unknown,
    /// It has said so.
    Obeys(Robots),
    /// It was asked, and there was no telling.
    None,
}

/// What is to be asked for, and what is known already.
#[derive(Debug)]
pub struct Frontier {
    step: Step,
    /// Each robots.txt that is to be asked for or is asked for now, with the hosts that it stands for.
    robots: BTreeMap<Url, Vec<String>>,
    hosts: BTreeMap<String, Access>,
    /// How many more pages may be asked for.
    budget: usize,
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
        let address = |host| Url::parse(&format!("http://{host}/robots.txt")).expect("it is a name of ours");
        Self {
            step: Step::Robots(0),
            robots: hosts.iter().map(|host| (address(host), vec![(*host).to_owned()])).collect(),
            hosts: hosts.iter().map(|&host| (host.to_owned(), Access::Unknown)).collect(),
            budget,
            met: BTreeSet::from([start.clone()]),
            next: BTreeMap::from([(start.clone(), start)]),
            originals: BTreeMap::new(),
            report: Report::default(),
        }
    }

    /// What is to be asked for next; `None` when the crawl is over.
    pub fn next_level(&mut self) -> Option<Level> {
        if !self.robots.is_empty() {
            return Some(Level { step: self.step, urls: self.robots.keys().cloned().collect() });
        }
        let depth = match self.step {
            Step::Robots(_) => 0,
            Step::Pages(depth) => depth + 1,
        };
        self.step = Step::Pages(depth);
        let mut urls = Vec::new();
        for (url, from) in mem::take(&mut self.next) {
            self.report.link(&url, from);
            let seen = match self.hosts.get(host(&url)) {
                None => Seen::Outside,
                Some(Access::Unknown) => Seen::Stopped,
                Some(Access::None) => Seen::Forbidden,
                Some(Access::Obeys(robots)) if !robots.allows(&url) => Seen::Forbidden,
                Some(_) if depth > DEEPEST => Seen::TooDeep,
                Some(_) if urls.len() == self.budget => Seen::OverBudget,
                Some(_) => {
                    urls.push(url);
                    continue;
                }
            };
            self.report.note(depth, &url, seen);
        }
        self.budget -= urls.len();
        (!urls.is_empty()).then_some(Level { step: self.step, urls })
    }

    /// Takes the answers to a level.
    pub fn take(&mut self, mut answers: Vec<(Url, Answer)>) {
        answers.sort_by(|(one, _), (other, _)| one.cmp(other));
        match self.step {
            Step::Robots(redirects) => self.take_robots(redirects, answers),
            Step::Pages(depth) => self.take_pages(depth, answers),
        }
    }

    /// Takes what hosts say of themselves.
    fn take_robots(&mut self, redirects: usize, answers: Vec<(Url, Answer)>) {
        let mut asked = mem::take(&mut self.robots);
        for (url, answer) in answers {
            let hosts = asked.remove(&url).unwrap_or_default();
            if let Answer::Redirect(location) = &answer {
                let target = followed(&url, location, UTF_8).filter(|target| self.hosts.contains_key(host(target)));
                if let Some(target) = target.filter(|_| redirects < ROBOTS_REDIRECTS) {
                    self.robots.entry(target).or_default().extend(hosts);
                    continue;
                }
            }
            for host in hosts {
                let access = match (&answer, Robots::from_answer(&answer)) {
                    (Answer::Stopped, _) => Access::Unknown,
                    (_, Some(robots)) => Access::Obeys(robots),
                    (_, None) => {
                        self.report.leave_alone(&host, &answer);
                        Access::None
                    }
                };
                self.hosts.insert(host, access);
            }
        }
        self.step = Step::Robots(redirects + 1);
    }

    fn take_pages(&mut self, depth: usize, answers: Vec<(Url, Answer)>) {
        for (url, answer) in answers {
            let seen = match answer {
                Answer::Text(document) => self.read(&url, &document),
                Answer::Redirect(location) => match followed(&url, &location, UTF_8) {
                    Some(target) => {
                        self.meet(&url, [target.clone()]);
                        Seen::Redirect(target)
                    }
                    None => Seen::LeadsNowhere,
                },
                Answer::NotText => Seen::NotText,
                Answer::Refused(status) | Answer::Busy(status, _) => Seen::DeadLink(status),
                Answer::TooLarge(_) => Seen::TooLarge,
                Answer::BrokenOff => Seen::BrokenOff,
                Answer::TimedOut => Seen::TimedOut,
                Answer::NoRoom => Seen::NoRoom,
                Answer::Stopped => Seen::Stopped,
            };
            self.report.note(depth, &url, seen);
        }
    }

    fn read(&mut self, url: &Url, document: &Document) -> Seen {
        let mut hasher = DefaultHasher::new();
        document.bytes.hash(&mut hasher);
        if let Some(original) = self.originals.get(&hasher.finish()) {
            // Its links are left alone. On a mirror they would lead round the same pages again, and a link like
            // `?again=1` on a page that is the same whatever comes after `?` would never end.
            return Seen::Duplicate(original.clone());
        }
        self.originals.insert(hasher.finish(), url.clone());
        self.meet(url, links(url, document));
        Seen::Page(document.bytes.len())
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
        Answer::Text(Document { bytes: text.as_bytes().to_vec(), charset: None })
    }

    /// A crawl of two hosts, of which the first has said what it has to say, and the second that it says nothing.
    fn frontier(robots: Answer, budget: usize) -> Frontier {
        let mut frontier = Frontier::new(url("/"), &["a.example", "b.example"], budget);
        frontier.take(vec![(url("/robots.txt"), robots), (url("//b.example/robots.txt"), Answer::Refused(404))]);
        frontier
    }

    fn asked(frontier: &mut Frontier) -> Vec<Url> {
        frontier.next_level().map(|level| level.urls).unwrap_or_default()
    }

    #[test]
    fn a_page_is_asked_for_once_whatever_links_to_it() {
        let mut frontier = frontier(Answer::Refused(404), 100);
        assert_eq!(asked(&mut frontier), [url("/")]);
        frontier.take(vec![(url("/"), page("<a href=/><a href=x><a href=//me:pw@a.example:80/./x#part><a href=/y>"))]);
        assert_eq!(asked(&mut frontier), [url("/x"), url("/y")]);
        frontier.take(vec![(url("/y"), page("<a href=/x>")), (url("/x"), Answer::Redirect("/y".into()))]);
        assert_eq!(frontier.next_level(), None);
    }

    #[test]
    fn what_is_forbidden_outside_or_over_the_budget_is_not_asked_for() {
        let mut frontier = frontier(page("User-agent: *\nDisallow: /private"), 2);
        frontier.next_level();
        let links = "<a href=/private><a href=//c.example><a href=//a.example:81><a href=/x><a href=/y>";
        frontier.take(vec![(url("/"), page(links))]);
        assert_eq!(asked(&mut frontier), [url("/x")]);
    }

    #[test]
    fn a_host_that_cannot_say_what_it_wants_is_left_alone() {
        for answer in [
            Answer::Refused(500),
            Answer::Refused(429),
            Answer::TimedOut,
            Answer::Stopped,
            Answer::Redirect("//c.example".into()),
        ] {
            assert_eq!(frontier(answer, 9).next_level(), None);
        }
    }

    #[test]
    fn robots_may_be_at_the_end_of_five_redirects_but_no_more() {
        for (redirects, is_read) in [(1, true), (5, true), (6, false)] {
            let mut frontier = frontier(Answer::Redirect("/0".into()), 9);
            for number in 1..redirects {
                let level = Level { step: Step::Robots(number), urls: vec![url(&format!("/{}", number - 1))] };
                assert_eq!(frontier.next_level(), Some(level), "{redirects}");
                frontier.take(vec![(url(&format!("/{}", number - 1)), Answer::Redirect(format!("/{number}")))]);
            }
            if is_read {
                let last = url(&format!("/{}", redirects - 1));
                assert_eq!(asked(&mut frontier), std::slice::from_ref(&last));
                frontier.take(vec![(last, page("User-agent: *\nDisallow: /x"))]);
            }
            assert_eq!(asked(&mut frontier), [url("/")][usize::from(!is_read)..], "{redirects}");
        }
    }

    #[test]
    fn a_robots_that_is_redirected_to_that_of_another_host_counts_for_both() {
        let mut frontier = Frontier::new(url("/"), &["a.example", "b.example"], 9);
        let redirect = Answer::Redirect("http://a.example/all".into());
        frontier.take(vec![(url("/robots.txt"), redirect.clone()), (url("//b.example/robots.txt"), redirect)]);
        assert_eq!(asked(&mut frontier), [url("/all")]);
        frontier.take(vec![(url("/all"), page("User-agent: *\nDisallow: /x"))]);
        assert_eq!(asked(&mut frontier), [url("/")]);
        frontier.take(vec![(url("/"), page("<a href=/x><a href=//b.example/x><a href=//b.example/y>"))]);
        assert_eq!(asked(&mut frontier), [url("//b.example/y")]);
    }

    #[test]
    fn an_endless_site_is_left_at_the_limit_of_depth() {
        let mut frontier = frontier(Answer::Refused(404), 100);
        for depth in 0..=DEEPEST {
            let level = frontier.next_level().expect("it goes on");
            assert_eq!((level.step, level.urls.len()), (Step::Pages(depth), 1));
            let answer = page(&format!("<a href=/{depth}>"));
            frontier.take(level.urls.into_iter().map(|url| (url, answer.clone())).collect());
        }
        assert_eq!(frontier.next_level(), None);
    }

    #[test]
    fn the_report_says_what_leads_in_circles_or_nowhere() {
        let mut frontier = frontier(Answer::Refused(404), 100);
        frontier.next_level();
        frontier.take(vec![(url("/"), page("<a href=/1><a href=/2><a href=/self><a href=/fine><a href=/mail>"))]);
        let redirect = |from, to: &str| (url(from), Answer::Redirect(to.into()));
        frontier.next_level();
        frontier.take(vec![
            redirect("/1", "2"),
            redirect("/2", "1"),
            redirect("/self", "#top"),
            redirect("/fine", "/end"),
            redirect("/mail", "mailto:me@a.example"),
        ]);
        frontier.next_level();
        frontier.take(vec![(url("/end"), page("here"))]);
        let report = frontier.into_report().to_string();
        for line in [
            "\nredirects in a circle\n    a.example/1, linked from a.example/\n    a.example/2, linked from a.example/\n    a.example/self, linked from a.example/\n",
            "\ndead links\n    a.example/mail redirects to nothing that can be asked for, linked from a.example/\n",
            "\n       3 redirects in a circle\n",
            "\n       1 redirect\n",
        ] {
            assert!(report.contains(line), "{line} in {report}");
        }
    }

    proptest! {
        #[test]
        fn the_order_of_the_answers_does_not_matter(order in Just((0..20).collect::<Vec<u32>>()).prop_shuffle()) {
            let crawl = |order: &[u32]| {
                let mut frontier = frontier(Answer::Refused(404), 100);
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
