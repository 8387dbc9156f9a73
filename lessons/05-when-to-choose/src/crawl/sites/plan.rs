//! What stands at which URL: all of it follows from the seed.

use std::fmt::Write;

/// The hosts that there are. The crawl begins on the first. The last can't say what it doesn't want to be asked for.
pub const HOSTS: [&str; 4] = ["alpha.example", "beta.example", "gamma.example", "broken.example"];

/// How many pages a host has, those that are found under several URLs counted once.
const PAGES: u64 = 60;

/// What stands at a URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Page {
    /// HTML.
    Whole(String),
    /// HTML that takes its time to begin.
    Slow(String),
    /// HTML that comes a byte at a time.
    Dribbled(String),
    /// HTML, but 503 on every other attempt, the first of them included.
    FailsFirst(String),
    /// robots.txt.
    Robots(String),
    /// No HTML.
    Picture,
    /// 301.
    Redirect(String),
    /// 404.
    Missing,
    /// 503 on every attempt.
    Unavailable,
    /// The beginning of a page.
    CutShort,
    /// No HTTP.
    Garbage,
    /// HTML without end.
    Enormous,
    /// Nothing.
    Silent,
}

/// All pages of all hosts.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    seed: u64,
}

impl Plan {
    /// The pages of `seed`.
    pub fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// What stands at `target` of `host`.
    pub fn page(self, host: &str, target: &str) -> Page {
        let Some(site) = HOSTS.iter().position(|name| *name == host) else { return Page::Missing };
        let (path, _query) = target.split_once('?').unwrap_or((target, ""));
        if path == "/robots.txt" {
            return match site {
                0 => Page::Robots("User-agent: *\nDisallow: /private/\nAllow: /private/open\n".to_owned()),
                1 => Page::Robots("User-agent: others\nDisallow: /\n\nUser-agent: *\nDisallow: /*.zip$\n".to_owned()),
                2 => Page::Missing,
                _ => Page::Unavailable,
            };
        }
        if path == "/" {
            return Page::Whole(self.html(site, 0));
        }
        if path == "/silent" {
            return Page::Silent;
        }
        // A calendar without end: each day links to the next.
        if let Some(day) = path.strip_prefix("/day/").and_then(|day| day.parse::<u64>().ok()) {
            return Page::Whole(format!("<h1>Day {day}</h1><a href=/day/{}>tomorrow</a>", day.saturating_add(1)));
        }
        // Each leads to the next, and the last to the first.
        if let Some(corner) = path.strip_prefix("/circle/").and_then(|corner| corner.parse::<u64>().ok()) {
            return Page::Redirect(format!("/circle/{}", corner % 3 + 1));
        }
        if path.starts_with("/private/") || path == "/big.zip" {
            return Page::Whole(format!("<p>{path} of {host}, which robots.txt may have something to say about"));
        }
        let number = path.strip_prefix("/page/").and_then(|number| number.parse().ok());
        let Some(number) = number.filter(|number| (1..PAGES).contains(number)) else { return Page::Missing };
        self.numbered(site, number)
    }

    /// Page `number` of a site. Each site has some of every kind, at numbers that follow from the seed.
    fn numbered(self, site: usize, number: u64) -> Page {
        let html = || self.html(site, number);
        // A step that has no divisor in common with the number of pages goes through all of them.
        let steps = [7, 11, 13, 17, 19, 23, 29, 31];
        let step = steps[usize::try_from(self.hash(site, 0, 1) % 8).expect("it is small")];
        match (number * step + self.hash(site, 0, 2)) % PAGES {
            0 | 1 => Page::Missing,
            2 => Page::Redirect(format!("/page/{}", number % (PAGES - 1) + 1)),
            3 => Page::Redirect(format!("http://{}/page/{number}", HOSTS[(site + 1) % 3])),
            // To itself.
            4 => Page::Redirect(format!("{number}")),
            5 => Page::Unavailable,
            6 | 7 => Page::FailsFirst(html()),
            8 => Page::CutShort,
            9 => Page::Garbage,
            10 => Page::Enormous,
            11 => Page::Picture,
            12..16 => Page::Slow(html()),
            16..18 => Page::Dribbled(html()),
            _ => Page::Whole(html()),
        }
    }

    /// A page: links to the next in a tree, some across, and what is wrong with pages out there.
    fn html(self, site: usize, number: u64) -> String {
        let host = HOSTS[site];
        let mut html = format!("<!doctype html><title>{host} {number}</title><h1>Page {number}</h1>\n");
        let mut add = |line: &str| writeln!(html, "{line}").expect("a String takes all that is written");
        for child in [3 * number + 1, 3 * number + 2, 3 * number + 3] {
            if child < PAGES {
                add(&format!("<p><a href=\"/page/{child}\">{child}</a>"));
            }
        }
        let across = |draw| self.hash(site, number, draw) % PAGES;
        add(&format!("<a href='/page/{}#part'>a part</a></i></b>", across(3)));
        add(&format!("<A HREF=page/../../page/./{}>the same elsewhere<td>", across(4)));
        let other = HOSTS[usize::try_from(across(5)).expect("it is small") % HOSTS.len()];
        add(&format!("<a class=x href=//{}:80/page/{}>", other.to_uppercase(), across(6)));
        add("<!-- <a href=/page/commented-out> --><script>'<a href=/page/in-a-script>'</script>");
        if number % 5 == 0 {
            add(&format!("<a href=\"/page/{}?session={}&amp;from={number}\">again</a>", across(7), across(8)));
            add("<a href=/private/secret><a href=/private/open><a href=/big.zip><a href=mailto:me@here.example>");
        }
        if number == 0 {
            add("<a href=/day/1>a calendar</a> <a href=http://elsewhere.example/>elsewhere</a>");
            // Either costs a crawler something, so there is one of it.
            if site == 0 {
                add("<a href=silent>no answer</a> <a href=circle/1>round and round</a>");
            }
            add(&format!("<a href=http://{}/><a href=http://{}/>", HOSTS[1], HOSTS[2]));
        }
        html + "<p"
    }

    fn hash(self, site: usize, number: u64, draw: u64) -> u64 {
        mixed(mixed(mixed(self.seed) ^ draw) ^ (number << 8) ^ mixed(site as u64))
    }
}

/// A number in which every bit depends on every bit of `number`. This is the finaliser of SplitMix64, by Guy Steele,
/// Doug Lea and Christine Flood.
fn mixed(number: u64) -> u64 {
    let number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

#[cfg(test)]
mod tests {
    use std::mem::discriminant;

    use super::*;

    #[test]
    fn every_site_has_pages_of_every_kind_whatever_the_seed() {
        for seed in 0..50 {
            let plan = Plan::new(seed);
            let kinds = |site| {
                let mut kinds: Vec<_> = Vec::new();
                for number in 1..PAGES {
                    let kind = discriminant(&plan.numbered(site, number));
                    if !kinds.contains(&kind) {
                        kinds.push(kind);
                    }
                }
                kinds.len()
            };
            // One number of sixty is the front page, so one kind can be missing.
            assert!(kinds(0) >= 10 && kinds(1) >= 10, "seed {seed}: {} and {}", kinds(0), kinds(1));
        }
    }

    #[test]
    fn a_page_is_the_same_every_time_and_with_any_query() {
        let page = |seed, target| Plan::new(seed).page(HOSTS[1], target);
        assert_eq!(page(3, "/"), page(3, "/?session=1"));
        assert_ne!(page(3, "/"), page(4, "/"));
        assert_eq!(page(3, "/page/60"), Page::Missing);
    }
}
