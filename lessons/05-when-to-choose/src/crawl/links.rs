//! From the bytes of a page to its links.

mod tree;

use std::{
    cell::{Cell, RefCell},
    collections::HashSet,
    rc::Rc,
};

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use html5ever::{
    Attribute, TokenizerResult,
    tendril::StrTendril,
    tokenizer::{
        BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
        states::{Rawtext, Rcdata, ScriptData},
    },
    tree_builder::{TreeBuilder, TreeBuilderOpts},
};
use url::Url;

use self::tree::{Element, Elements};
use crate::crawl::document::{Document, charset};

/// How many links of a page are followed, and how long a URL may be, in bytes: what has more or is longer was made by a
/// program that doesn't end.
const MOST_LINKS: usize = 1_000;
const LONGEST_URL: usize = 2_000;

/// The pages that the page at `url` links to, without what comes after `#`. What is no http link is left out.
pub fn links(url: &Url, page: &Document) -> Vec<Url> {
    let (of_mark, mark) = Encoding::for_bom(&page.bytes).unzip();
    let bytes = &page.bytes[mark.unwrap_or(0)..];
    let declared = of_mark.or(page.charset);
    let mut charset = declared.unwrap_or(UTF_8);
    let mut found = Links::of(&charset.decode_without_bom_handling(bytes).0);
    // What a page says of its own charset is ASCII, so it can be read in any, and then once more in that one.
    if let (None, Some(own)) = (declared, found.charset.get())
        && own != charset
    {
        charset = own;
        found = Links::of(&charset.decode_without_bom_handling(bytes).0);
    }
    let base = found.base.into_inner().and_then(|base| url.join(&base).ok()).unwrap_or_else(|| url.clone());
    let mut seen = HashSet::new();
    let links = found.hrefs.into_inner().into_iter().filter_map(|href| followed(&base, &href, charset));
    links.filter(|link| seen.insert(link.clone())).take(MOST_LINKS).collect()
}

/// Where `href` leads from a page at `base`, if that is a place to crawl. Its query is sent in the charset of the page, as
/// browsers do.
pub fn followed(base: &Url, href: &str, charset: &'static Encoding) -> Option<Url> {
    let joined = Url::options()
        .base_url(Some(base))
        .encoding_override(Some(&|query| charset.encode(query).0))
        .parse(href.trim());
    let mut url = joined.ok()?;
    if url.scheme() != "http" || url.as_str().len() > LONGEST_URL {
        return None;
    }
    // Neither is sent to the server, so without them it is the same page.
    url.set_fragment(None);
    url.set_username("").and_then(|()| url.set_password(None)).ok()?;
    Some(url)
}

/// Looks at the tags of a page, and forgets everything else at once.
///
/// Whether something in angle brackets is a tag depends on what it stands in: not in `<title>`, but again in a `<title>`
/// in `<svg>`. A tree builder knows, so it gets to see each tag, although nobody wants its tree.
struct Links {
    builder: TreeBuilder<Rc<Element>, Elements>,
    base: RefCell<Option<String>>,
    hrefs: RefCell<Vec<String>>,
    charset: Cell<Option<&'static Encoding>>,
}

impl Links {
    /// What is in this text.
    fn of(text: &str) -> Self {
        // Nothing runs here, so what is for browsers without scripts is for us.
        let options = TreeBuilderOpts { scripting_enabled: false, ..TreeBuilderOpts::default() };
        let links = Self {
            builder: TreeBuilder::new(Elements::default(), options),
            base: RefCell::default(),
            hrefs: RefCell::default(),
            charset: Cell::default(),
        };
        let input = BufferQueue::default();
        input.push_back(StrTendril::from(text));
        let tokenizer = Tokenizer::new(links, TokenizerOpts::default());
        while !matches!(tokenizer.feed(&input), TokenizerResult::Done) {}
        tokenizer.end();
        tokenizer.sink
    }

    /// What this token is in the tree. For a page that costs too much, only the name of a tag decides.
    fn in_tree(&self, token: Token, line: u64) -> TokenSinkResult<Rc<Element>> {
        if !self.builder.sink.cost_too_much() {
            return self.builder.process_token(token, line);
        }
        match token {
            Token::TagToken(Tag { kind: TagKind::StartTag, name, .. }) => match &*name {
                "script" => TokenSinkResult::RawData(ScriptData),
                "style" | "iframe" | "noembed" | "noframes" | "xmp" => TokenSinkResult::RawData(Rawtext),
                "title" | "textarea" => TokenSinkResult::RawData(Rcdata),
                _ => TokenSinkResult::Continue,
            },
            _ => TokenSinkResult::Continue,
        }
    }
}

impl TokenSink for Links {
    type Handle = Rc<Element>;

    fn process_token(&self, mut token: Token, line: u64) -> TokenSinkResult<Rc<Element>> {
        let Token::TagToken(Tag { kind: TagKind::StartTag, name, attrs, .. }) = &mut token else {
            return self.in_tree(token, line);
        };
        match &**name {
            "a" | "area" => self.hrefs.borrow_mut().extend(value(attrs, "href")),
            "base" if self.base.borrow().is_none() => *self.base.borrow_mut() = value(attrs, "href"),
            "meta" if self.charset.get().is_none() => self.charset.set(declared_by(attrs)),
            _ => (),
        }
        // The tree builder of html5ever 0.39 would panic at a content that ends in `charset`.
        attrs.retain(|attribute| &*attribute.name.local != "http-equiv");
        self.in_tree(token, line)
    }

    fn end(&self) {
        self.builder.end();
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.builder.adjusted_current_node_present_but_not_in_html_namespace()
    }
}

fn value(attributes: &[Attribute], name: &str) -> Option<String> {
    let attribute = attributes.iter().find(|attribute| &*attribute.name.local == name);
    attribute.map(|attribute| attribute.value.to_string())
}

/// The charset that a `<meta>` with these attributes declares for its page.
fn declared_by(attributes: &[Attribute]) -> Option<&'static Encoding> {
    let declared = if let Some(label) = value(attributes, "charset") {
        Encoding::for_label(label.as_bytes())
    } else {
        let is_content_type = value(attributes, "http-equiv")?.eq_ignore_ascii_case("content-type");
        charset(&value(attributes, "content").filter(|_| is_content_type)?)
    };
    // It was read as something with ASCII in it, so it is not that.
    declared.map(|charset| if [UTF_16LE, UTF_16BE].contains(&charset) { UTF_8 } else { charset })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(page: impl AsRef<[u8]>) -> Vec<String> {
        let url = Url::parse("http://a.example/dir/page").expect("it is one");
        let page = Document { bytes: page.as_ref().to_vec(), charset: None };
        links(&url, &page).iter().map(Url::to_string).collect()
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
    fn what_is_a_tag_depends_on_what_it_stands_in() {
        for (before, is_found) in [
            ("<svg><title/></svg>", true),
            ("<svg><title></svg>", true),
            ("<svg><style/></svg>", true),
            ("<svg><style></svg>", true),
            ("<svg><script/></svg>", true),
            ("<svg><script></svg>", true),
            ("<svg><textarea/>", true),
            ("<math><title/></math>", true),
            ("<math><title></math>", true),
            // Within these, HTML is HTML.
            ("<svg><foreignObject><style></svg>", false),
            ("<svg><desc><title></svg>", false),
            ("<math><mi><style></math>", false),
            ("<math><annotation-xml encoding=text/html><style></math>", false),
            ("<math><annotation-xml><style></math>", true),
            // A tag that SVG doesn't have ends it.
            ("<svg><p><title>", false),
            ("<svg><font color=red><title>", false),
            ("<svg><font><title>", true),
            ("<svg></p><title>", false),
            // It has sections of text.
            ("<svg><![CDATA[><style>]]></svg>", true),
            ("<![CDATA[><style>]]>", false),
            // For browsers without scripts, as this one.
            ("<noscript>", true),
            ("<body><noscript><p>", true),
            ("<title>", false),
            ("<title/>", false),
            ("<iframe>", false),
            ("<plaintext>", false),
        ] {
            let expected: &[&str] = if is_found { &["http://a.example/x"] } else { &[] };
            assert_eq!(of(format!("{before}<a href=/x>x</a>")), expected, "{before}");
        }
    }

    #[test]
    fn a_charset_that_is_declared_is_that_of_the_links() {
        let page = |meta: &str, link: &[u8]| [meta.as_bytes(), b"<a href=", link, b">"].concat();
        // A path is always sent in UTF-8, a query as the page is written.
        let latin = ["http://a.example/caf%C3%A9?q=%E9"];
        for meta in [
            "<meta charset=iso-8859-1>",
            "<META CHARSET='Latin1'/>",
            "<meta http-equiv=Content-Type content='text/html; charset=windows-1252'>",
            "<title>t</title><meta charset=iso-8859-1><meta charset=utf-8>",
        ] {
            assert_eq!(of(page(meta, b"/caf\xe9?q=\xe9")), latin, "{meta}");
        }
        assert_eq!(of(page("<meta charset=koi8-r>", b"/\xd1?\xd1")), ["http://a.example/%D1%8F?%D1"]);
        // In Shift_JIS, the second half of a letter can be a backslash.
        assert_eq!(of(page("<meta charset=shift_jis>", b"/\x95\x5c")), ["http://a.example/%E8%A1%A8"]);
        let utf_8 = ["http://a.example/caf%C3%A9?q=%C3%A9"];
        for meta in
            ["", "<meta charset=utf-16>", "<meta charset=klingon>", "<meta content='text/html; charset=latin1'>"]
        {
            assert_eq!(of(page(meta, "/caf\u{e9}?q=\u{e9}".as_bytes())), utf_8, "{meta}");
        }
        // The head of the answer counts more than the page, and a mark more than both.
        let url = Url::parse("http://a.example/").expect("it is one");
        let bytes = page("<meta charset=utf-8>", b"/\xe9");
        let document = Document { bytes, charset: Encoding::for_label(b"latin1") };
        assert_eq!(links(&url, &document)[0].path(), "/%C3%A9");
        let bytes = [b"\xef\xbb\xbf".to_vec(), page("<meta charset=latin1>", "/\u{e9}".as_bytes())].concat();
        let document = Document { bytes, charset: Encoding::for_label(b"latin1") };
        assert_eq!(links(&url, &document)[0].path(), "/%C3%A9");
        let bytes: Vec<_> = "\u{feff}<a href=/\u{e9}?\u{e9}>".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(of(bytes), ["http://a.example/%C3%A9?%C3%A9"]);
    }

    /// html5ever indexes past the end of it.
    #[test]
    fn a_charset_without_a_name_is_none() {
        for content in ["charset", "text/html; charset", "charset ", "charset=", "charset='", "text/html;charset= "] {
            let page = format!("<meta http-equiv=content-type content=\"{content}\"><a href=/x>");
            assert_eq!(of(page), ["http://a.example/x"], "{content}");
        }
    }

    /// A tree builder alone takes minutes for the first of these.
    #[test]
    fn a_page_that_costs_too_much_has_links_all_the_same() {
        let many = |tag: &str, bytes: usize| tag.repeat(bytes / tag.len());
        let formatting = (0..20_000).map(|number| format!("<b id={number}>")).collect::<Vec<_>>().concat();
        for page in [
            // Each paragraph opens all of the bold again.
            formatting + &many("<p>x</p>", 250_000),
            // Each end of a paragraph looks for its beginning in all that is open.
            many("<span>", 250_000) + &many("</p>", 250_000),
            many("<svg><g>", 250_000) + &many("</x>", 250_000),
            many("<table><td>", 500_000),
        ] {
            let page = format!("<a href=/x>{page}<title><a href=/y></title><a href=/z>");
            assert_eq!(of(page), ["http://a.example/x", "http://a.example/z"]);
        }
    }

    #[test]
    fn a_page_can_link_to_so_much_and_no_more() {
        let links = |number: usize| (0..number).map(|number| format!("<a href={number}>")).collect::<Vec<_>>().concat();
        assert_eq!(of(links(MOST_LINKS - 1)).len(), MOST_LINKS - 1);
        assert_eq!(of(links(MOST_LINKS + 1)).len(), MOST_LINKS);
        assert_eq!(of(format!("<a href=/{}><a href=/x>", "x".repeat(LONGEST_URL))), ["http://a.example/x"]);
    }

    #[test]
    fn a_name_and_a_password_are_nobodys_business() {
        assert_eq!(of("<a href=http://me:secret@b.example/#top>"), ["http://b.example/"]);
    }

    /// Tags that have something to do with each other.
    fn tag() -> impl Strategy<Value = String> {
        let names = "a p b table tr td caption colgroup select option svg math mi title style script template form input \
            foreignObject desc annotation-xml frameset html head body base meta noscript textarea button nobr plaintext";
        let names: Vec<_> = names.split_whitespace().collect();
        let rest = prop_oneof![
            5 => Just(">"),
            1 => Just("/>"),
            1 => Just(" href=/x>"),
            1 => Just(" charset=utf-8>"),
            1 => Just(" http-equiv=content-type content=charset>"),
            1 => Just(">text"),
            1 => Just("><!--c--><![CDATA[x]]>"),
            1 => Just(""),
        ];
        let open = prop_oneof![2 => Just("<"), 1 => Just("</")];
        (open, prop::sample::select(names), rest).prop_map(|(open, name, rest)| format!("{open}{name}{rest}"))
    }

    proptest! {
        #[test]
        fn no_page_is_too_broken(page in proptest::collection::vec(any::<u8>(), 0..2_000)) {
            of(page);
        }

        #[test]
        fn no_tags_are_too_strange(page in proptest::collection::vec(tag(), 0..60)) {
            of(page.concat());
        }

        #[test]
        fn links_survive_what_is_broken_around_them(before in "[^<>\"'&\0]{0,40}(<[a-z/]{1,5} ?>){0,4}") {
            prop_assume!(!["script", "style", "title", "xmp"].iter().any(|raw| before.contains(raw)));
            prop_assert_eq!(of(format!("{before}<a href=/found>")), ["http://a.example/found"]);
        }
    }
}
