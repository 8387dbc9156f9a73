//! From the bytes of a page to its links.

use std::cell::RefCell;

use html5ever::{
    Attribute, TokenizerResult,
    tendril::{ByteTendril, StrTendril, TendrilSink},
    tokenizer::{
        BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
        states::{Rawtext, Rcdata, ScriptData},
    },
};
use url::Url;

/// How many links of a page are followed, and how long a URL may be, in bytes: what has more or is longer was made by a
/// program that doesn't end.
const MOST_LINKS: usize = 1_000;
const LONGEST_URL: usize = 2_000;

/// The pages that the page at `url` links to, without what comes after `#`. What is no http link is left out.
pub fn links(url: &Url, page: &[u8]) -> Vec<Url> {
    let mut text = html5ever::tendril::stream::Utf8LossyDecoder::new(Text::default());
    text.process(ByteTendril::from_slice(page));
    let input = BufferQueue::default();
    input.push_back(text.finish());
    let tokenizer = Tokenizer::new(Links::default(), TokenizerOpts::default());
    while !matches!(tokenizer.feed(&input), TokenizerResult::Done) {}
    tokenizer.end();
    let Links { base, hrefs } = tokenizer.sink;
    let base = base.into_inner().and_then(|base| url.join(&base).ok()).unwrap_or_else(|| url.clone());
    hrefs.into_inner().iter().filter_map(|href| followed(&base, href)).take(MOST_LINKS).collect()
}

/// Where `href` leads from a page at `base`, if that is a place to crawl.
pub fn followed(base: &Url, href: &str) -> Option<Url> {
    let mut url = base.join(href.trim()).ok()?;
    if url.scheme() != "http" || url.as_str().len() > LONGEST_URL {
        return None;
    }
    // Neither is sent to the server, so without them it is the same page.
    url.set_fragment(None);
    url.set_username("").and_then(|()| url.set_password(None)).ok()?;
    Some(url)
}

/// Collects the text of a page.
#[derive(Default)]
struct Text(StrTendril);

impl TendrilSink<html5ever::tendril::fmt::UTF8> for Text {
    type Output = StrTendril;

    fn process(&mut self, text: StrTendril) {
        self.0.push_tendril(&text);
    }

    fn error(&mut self, _description: std::borrow::Cow<'static, str>) {}

    fn finish(self) -> StrTendril {
        self.0
    }
}

/// Looks at the tags of a page, and forgets everything else at once.
#[derive(Default)]
struct Links {
    base: RefCell<Option<String>>,
    hrefs: RefCell<Vec<String>>,
}

impl TokenSink for Links {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let Token::TagToken(Tag { kind: TagKind::StartTag, name, attrs, .. }) = token else {
            return TokenSinkResult::Continue;
        };
        match &*name {
            "a" | "area" => self.hrefs.borrow_mut().extend(href(&attrs)),
            "base" if self.base.borrow().is_none() => *self.base.borrow_mut() = href(&attrs),
            // What looks like a tag in there is none. Only whoever builds the tree knows, so we have to say it.
            "script" => return TokenSinkResult::RawData(ScriptData),
            "style" | "iframe" | "noembed" | "noframes" | "xmp" => return TokenSinkResult::RawData(Rawtext),
            "title" | "textarea" => return TokenSinkResult::RawData(Rcdata),
            _ => (),
        }
        TokenSinkResult::Continue
    }
}

fn href(attributes: &[Attribute]) -> Option<String> {
    attributes.iter().find(|attribute| &*attribute.name.local == "href").map(|attribute| attribute.value.to_string())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(page: &str) -> Vec<String> {
        let url = Url::parse("http://a.example/dir/page").expect("it is one");
        links(&url, page.as_bytes()).iter().map(Url::to_string).collect()
    }

    #[test]
    fn links_are_where_a_browser_finds_them() {
        for (page, expected) in [
            ("<a href='/x'>x</a>", "http://a.example/x"),
            ("<A HREF=other>x", "http://a.example/dir/other"),
            ("<p><a class=x href=\"../up?a=1&amp;b=2#part\"", ""),
            ("<p><a class=x href=\"../up?a=1&amp;b=2#part\">", "http://a.example/up?a=1&b=2"),
            ("<a href=//B.Example:80/./y/../z>", "http://b.example/z"),
            ("<base href='/elsewhere/'><a href=x>", "http://a.example/elsewhere/x"),
            ("<!-- <a href=/x> --><script>'<a href=/y>'</script><a href=/z>", "http://a.example/z"),
            ("<title><a href=/x></title><textarea><a href=/x></textarea>", ""),
            ("<a href='mailto:a@b.example'><a href='javascript:x'><a href='http://'><a>", ""),
            ("</p></p><b><i></b><td><a href = '/x' href='/y'>", "http://a.example/x"),
        ] {
            assert_eq!(of(page).join(" "), expected, "{page}");
        }
    }

    #[test]
    fn a_page_can_link_to_so_much_and_no_more() {
        let links = |number: usize| (0..number).map(|number| format!("<a href={number}>")).collect::<Vec<_>>().concat();
        assert_eq!(of(&links(MOST_LINKS - 1)).len(), MOST_LINKS - 1);
        assert_eq!(of(&links(MOST_LINKS + 1)).len(), MOST_LINKS);
        assert_eq!(of(&format!("<a href=/{}><a href=/x>", "x".repeat(LONGEST_URL))), ["http://a.example/x"]);
    }

    #[test]
    fn a_name_and_a_password_are_nobodys_business() {
        assert_eq!(of("<a href=http://me:secret@b.example/#top>"), ["http://b.example/"]);
    }

    proptest! {
        #[test]
        fn no_page_is_too_broken(page in proptest::collection::vec(any::<u8>(), 0..2_000)) {
            links(&Url::parse("http://a.example/").expect("it is one"), &page);
        }

        #[test]
        fn links_survive_what_is_broken_around_them(before in "[^<>\"'&\0]{0,40}(<[a-z/]{1,5} ?>){0,4}") {
            prop_assume!(!["script", "style", "title", "xmp"].iter().any(|raw| before.contains(raw)));
            prop_assert_eq!(of(&format!("{before}<a href=/found>")), ["http://a.example/found"]);
        }
    }
}
