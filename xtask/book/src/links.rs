//! Follows every link of the built book, as far as this machine: to a page, to a heading, to an image.
//!
//! Nothing is fetched. A link that leaves the book must be https, and nothing may be loaded from another host.

use crate::{
    problem::Problem,
    project::{self, PAGES, Project},
    summary,
};
use anyhow::{Result, bail, ensure};
use html5ever::{
    tendril::StrTendril,
    tokenizer::{
        BufferQueue, StartTag, Tag, TagToken, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
        states::RawKind::{Rawtext, Rcdata, ScriptData},
    },
};
use regex::Regex;
use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    sync::LazyLock,
};

/// Everything that is wrong with the references in the built book's HTML and CSS.
#[must_use]
pub fn check(project: &Project) -> Vec<Problem> {
    let built = &project.built();
    let mut site = Site { project, built, pages: BTreeMap::new() };
    let mut problems = Vec::new();
    for name in project::files(built, |_| true) {
        let extension = Path::new(&name).extension().unwrap_or_default();
        if extension != "html" && extension != "css" {
            continue;
        }
        match fs::read_to_string(built.join(&name)) {
            Ok(text) if extension == "html" => drop(site.pages.insert(name, read(&text))),
            Ok(text) => {
                let urls = other_hosts(&text);
                problems.extend(urls.map(|url| site.problem(&name, 1, url, loaded(url))));
            }
            Err(error) => {
                problems.push(site.problem(&name, 1, "", format!("it could not be read: {error}; build again")));
            }
        }
    }
    // mdBook makes one of the pages, with every link a second time and changed.
    for (name, page) in site.pages.iter().filter(|(name, _)| *name != "print.html") {
        for Reference { url, line, kind } in &page.references {
            if let Err(why) = site.follow(name, page, url, *kind) {
                problems.push(site.problem(name, *line, url, why.to_string()));
            }
        }
    }
    problems
}

/// What is built, and what it is built of.
struct Site<'a> {
    project: &'a Project,
    built: &'a Path,
    pages: BTreeMap<String, Page>,
}

/// What a page refers to, and what can be referred to in it.
#[derive(Default)]
struct Page {
    ids: BTreeSet<String>,
    references: Vec<Reference>,
    /// Whether its links start from the folder that the book is published in, and not from the page. So it is with the
    /// page for an address that leads nowhere, which can be anywhere.
    has_base: bool,
}

struct Reference {
    url: String,
    line: usize,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A reader may go there.
    Link,
    /// The browser goes there by itself.
    Load,
    /// An image without words for those who don't see it.
    Wordless,
}

impl Site<'_> {
    /// That this reference leads somewhere.
    fn follow(&self, name: &str, page: &Page, url: &str, kind: Kind) -> Result<()> {
        ensure!(kind != Kind::Wordless, "the image `{url}` has no alternative text; say in words what it shows");
        match (scheme(url), kind) {
            (None, _) => {}
            (Some("data"), Kind::Load) | (Some("https" | "mailto"), Kind::Link) => return Ok(()),
            (_, Kind::Load) => bail!(loaded(url)),
            _ => bail!("the link `{url}` is not https; use an https address"),
        }
        let (path, fragment) = url.split_once('#').unwrap_or((url, ""));
        let path = path.split('?').next().unwrap_or("");
        ensure!(
            !path.starts_with('/'),
            "the link `{url}` starts at the top of its host, and the book may lie deeper; make it relative"
        );
        let from = if page.has_base { "" } else { name };
        let mut target = if path.is_empty() { name.to_owned() } else { resolve(from, path) };
        if self.built.join(&target).is_dir() {
            target = resolve(&format!("{target}/"), "index.html");
        }
        ensure!(self.built.join(&target).is_file(), "the link `{url}` leads to nothing; correct its path");
        let is_there = |page: &Page| fragment.is_empty() || page.ids.contains(fragment);
        ensure!(
            self.pages.get(&target).is_none_or(is_there),
            "the link `{url}` leads to a place that its page does not have; correct what follows the `#`"
        );
        Ok(())
    }

    /// The problem, where a writer can mend it: on the page that was written, if this was built of one.
    fn problem(&self, name: &str, line: usize, url: &str, what: String) -> Problem {
        if let Some(file) = written_page(self.project, name) {
            let text = fs::read_to_string(self.project.root().join(&file)).unwrap_or_default();
            return Problem { file, line: line_of(&text, url), what };
        }
        let file = self.built.join(name);
        let file = file.strip_prefix(self.project.root()).unwrap_or(&file).display().to_string().replace('\\', "/");
        Problem { file, line, what }
    }
}

/// The page that this file of the built book was made of, as a problem names it; `None` if it was made of no page.
#[must_use]
pub fn written_page(project: &Project, name: &str) -> Option<String> {
    let stem = name.strip_suffix(".html")?;
    let readme = stem.strip_suffix("index").map(|folder| format!("{folder}README.md"));
    let mut candidates: Vec<_> = [format!("{stem}.md")].into_iter().chain(readme).collect();
    if name == "index.html" {
        // mdBook makes the book's own index a copy of the first page that there is.
        candidates.extend(summary::pages(project));
    }
    let page = candidates.into_iter().find(|page| fs::read_to_string(project.pages().join(page)).is_ok())?;
    Some(format!("{PAGES}/{page}"))
}

fn loaded(url: &str) -> String {
    format!("`{url}` would be loaded from another host; put the file into the book")
}

/// The line of the written page that this link stands on. A link to a page is written with `.md`.
fn line_of(text: &str, url: &str) -> usize {
    let written = url.replace(".html", ".md");
    let readme = url.replace("index.html", "README.md");
    let at = [url, &written, &readme].into_iter().filter(|url| !url.is_empty()).find_map(|url| text.find(url));
    text[..at.unwrap_or(0)].matches('\n').count() + 1
}

/// What stands before the colon, and `//` for an address that takes the page's own scheme.
fn scheme(url: &str) -> Option<&str> {
    if url.starts_with("//") {
        return Some("//");
    }
    let (scheme, _) = url.split_once(':')?;
    scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+.-".contains(&byte)).then_some(scheme)
}

/// The file that a relative path means, seen from another file.
fn resolve(from: &str, path: &str) -> String {
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

static LOADED: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"(?:@import\s+(?:url\()?|url\()\s*["']?([^"');\s]+)"#).expect("this is a pattern"));

/// The addresses of other hosts that this CSS loads.
fn other_hosts(css: &str) -> impl Iterator<Item = &str> {
    let urls = LOADED.captures_iter(css).filter_map(|found| Some(found.get(1)?.as_str()));
    urls.filter(|url| scheme(url).is_some_and(|scheme| scheme != "data"))
}

/// Reads one page.
fn read(html: &str) -> Page {
    let tokenizer = Tokenizer::new(Reader::default(), TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(html));
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    tokenizer.sink.page.into_inner()
}

/// Collects references from tags.
#[derive(Default)]
struct Reader {
    page: RefCell<Page>,
}

impl TokenSink for Reader {
    type Handle = ();

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<()> {
        let TagToken(tag) = token else { return TokenSinkResult::Continue };
        if tag.kind != StartTag {
            return TokenSinkResult::Continue;
        }
        self.page.borrow_mut().take(&tag, usize::try_from(line).unwrap_or(1));
        match &*tag.name {
            "script" => TokenSinkResult::RawData(ScriptData),
            "style" => TokenSinkResult::RawData(Rawtext),
            "title" | "textarea" => TokenSinkResult::RawData(Rcdata),
            _ => TokenSinkResult::Continue,
        }
    }
}

impl Page {
    fn take(&mut self, tag: &Tag, line: usize) {
        let value = |name: &str| {
            let attribute = tag.attrs.iter().find(|attribute| &*attribute.name.local == name);
            attribute.map(|attribute| attribute.value.trim().to_owned())
        };
        let mut refer = |url: String, kind: Kind| self.references.push(Reference { url, line, kind });
        let kind = if matches!(&*tag.name, "a" | "area") { Kind::Link } else { Kind::Load };
        if &*tag.name == "base" {
            self.has_base = true;
        } else {
            for name in ["href", "src", "data", "poster", "action", "xlink:href"] {
                if let Some(url) = value(name) {
                    refer(url, kind);
                }
            }
        }
        for candidate in value("srcset").iter().flat_map(|set| set.split(',')) {
            if let Some(url) = candidate.split_whitespace().next() {
                refer(url.to_owned(), Kind::Load);
            }
        }
        for url in value("style").iter().flat_map(|style| other_hosts(style)) {
            refer(url.to_owned(), Kind::Load);
        }
        if &*tag.name == "img" && value("alt").is_none_or(|words| words.is_empty()) {
            refer(value("src").unwrap_or_default(), Kind::Wordless);
        }
        self.ids.extend(value("id"));
        if &*tag.name == "a" {
            self.ids.extend(value("name"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn css_that_loads_from_other_hosts() {
        let css = "a { b: url(\"c.png\"), url(data:x), url(https://d/e) } @import '//f/g.css';";
        assert_eq!(other_hosts(css).collect::<Vec<_>>(), ["https://d/e", "//f/g.css"]);
    }

    #[test]
    fn a_base_is_the_folder_of_the_book() {
        assert!(read("<head><base href='/anywhere/'><link href=a.css>").has_base);
        assert!(!read("<head><link href=a.css>").has_base);
    }

    #[test]
    fn scripts_are_no_html() {
        let page = read("<script>'<img src=a>'</script><p id=b><a href=c>");
        assert_eq!(page.references.iter().map(|reference| reference.url.as_str()).collect::<Vec<_>>(), ["c"]);
        assert!(page.ids.contains("b"));
    }
}
