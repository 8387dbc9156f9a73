//! Every check is shown a page of the real book that was spoilt on purpose, and must name what is wrong with it.
//!
//! All of it needs Chromium and the built book, so `browser` is in the tests' names, and only the step `browser` runs them.

use std::{fs, time::Duration};

use anyhow::Result;

use crate::{
    at_once,
    browser::{Browser, LIMIT},
    check::On,
    checks::CHECKS,
    server::Server,
    site::{PRINT, Page, Site},
    task::{self, Task},
    view::View,
};

/// A page with this wrong, and what the check must say of it.
struct Spoilt {
    check: &'static str,
    /// What is added at its end.
    end: &'static str,
    /// What is put in place of what.
    edits: &'static [(&'static str, &'static str)],
    /// Parts of the sentences that name it.
    names: &'static [&'static str],
}

/// A page with this at its end.
const fn at_end(check: &'static str, end: &'static str, names: &'static [&'static str]) -> Spoilt {
    Spoilt { check, end, edits: &[], names }
}

const END: &str = "</main>";

const SPOILT: &[Spoilt] = &[
    at_end("load", "<script>console.error('spoilt words')</script><script>throw new Error('spoilt script')</script>
             <img alt='x' src='http://spoilt.example/x.png'><img alt='x' src='spoilt.png'><img alt='x' src='/root.png'>", &[
            "the console says `http://127.0.0.1",
            "spoilt words",
            "Error: spoilt script",
            "`http://spoilt.example/x.png` is loaded from another host",
            "spoilt.png` is answered with 404",
            "`/root.png` is looked for outside of the book's folder",
        ]),
    at_end("structure", "<img src='data:,'><img src='data:1,' alt=' '><h2>spoilt</h2><h4>spoilt heading</h4><h1>another</h1>
             <table><tr><td>1</td></tr></table><table><tr><th></th></tr></table>
             <svg id='bare' width='9' height='9'></svg><svg id='dumb' role='img' width='9' height='9'></svg>
             <nav id='nameless'>x</nav>", &[
            "`img` `data:,` has no words",
            "`img` `data:1,` has no words",
            "“spoilt heading”) skips a level after `h2`",
            "there are 2 headings `h1`",
            "has no headers",
            "has an empty header",
            "`svg#bare`",
            "is neither an image nor hidden",
            "`svg#dumb`",
            "has no words; give it a `title`",
            "`nav#nameless` (“x”) has no name",
        ]),
    Spoilt {
        check: "structure",
        end: "",
        edits: &[("<html lang=\"en-GB\"", "<html"), ("<title>", "<title></title><title>"), ("<main>", "<div>"), (END, "</div>")],
        names: &["`html` has no `lang`", "the page has no `title`", "there are 0 `main`"],
    },
    at_end("names", "<button id='silent'></button><a id='empty' href='index.html'></a><input id='what'>
             <img id='picture' src='data:,' width='9' height='9'>", &[
            "`button#silent` is a button without a name",
            "`a#empty` is a link without a name",
            "`input#what` is a textbox without a name",
            "`img#picture` is a image without a name",
        ]),
    at_end("width", "<div id='wide' style='width: 350px'>spoilt</div>
             <div id='far' style='overflow-x: auto'><p style='width: 2000px'>x</p></div>
             <div id='near' tabindex='0' style='overflow-x: auto'><p style='width: 2000px'>x</p></div>
             <div id='short' style='overflow-x: hidden'><p style='width: 2000px'>x</p></div>", &[
            "`div#wide` (“spoilt”) reaches to",
            "`div#far` (“x”) scrolls sideways, but not by keyboard",
            "`div#near` (“x”) scrolls and has no name",
            "`div#short` (“x”) is cut off",
        ]),
    at_end("width", "<pre id='bursts' style='white-space: pre; overflow: visible; letter-spacing: 400px'>spoilt</pre>", &["`pre#bursts` (“spoilt", "px wide inside and makes the page scroll sideways"]),
    at_end("contrast", "<p class='pale' style='color: #999'>pale</p><p class='dark' style='color: #555'>dark</p>
             <p class='thin' style='opacity: 0.3'>thin</p>
             <div style='background: #777'><p class='ground' style='color: #888'>ground</p></div>
             <p class='big' style='color: #999; font-size: 30px'>big</p>
             <style>.before::before { content: 'x'; color: #aaa }</style><p class='before'></p>
             <figure><svg role='img' width='90' height='40'><title>x</title><text class='drawn' y='20' fill='#bbb'>drawn</text>
             <rect class='mark' width='9' height='9' fill='#ccc'/></svg></figure>", &[
            "in the theme light, `p.pale` (“pale”)",
            "in the theme navy, `p.dark` (“dark”)",
            "in the theme light, `p.thin` (“thin”)",
            "in the theme light, `p.ground` (“ground”)",
            "in the theme light, `p.big` (“big”) has text of #999999 on #ffffff, a contrast of 2.85; give it 3 or more",
            "in the theme light, `p.before` has text in `::before`",
            "in the theme light, `text.drawn` (“drawn”)",
            "in the theme light, `rect.mark` has a mark of #cccccc",
        ]),
    at_end("pairs", "<style>.pair { grid-template-columns: 1fr !important } figcaption code { display: none !important }</style>
             <script>document.querySelector('.pair + ol').start = 7</script>", &["not beside each other", "does not say which file it is", "is not seen; show it", "and notes 7, 8"]),
    at_end("pairs", "<style>.pair { grid-template-columns: 1fr 1fr !important }</style>", &["in a window of 390 px", "not one below the other"]),
    at_end("copy", "<script>addEventListener('load', () => {
                 document.querySelectorAll('.listing pre code')[0].append('// spoilt');
                 document.querySelectorAll('.listing pre')[1].querySelector('.clip-button').remove();
             })</script>", &["does not hold; build the book again", "cannot be copied"]),
    at_end("copy", "<script>document.addEventListener('copy', event => {
                 event.clipboardData.setData('text/plain', 'spoilt');
                 event.preventDefault();
                 event.stopImmediatePropagation();
             }, true)</script>", &["is copied with something else than it shows"]),
    at_end("paper", "<p class='faint'>faint</p><style>@media print {
                 .content pre { max-height: 50px; overflow: hidden }
                 #mdbook-menu-bar { display: block !important }
                 .timeline svg { display: none }
                 .faint { color: #bbb }
                 .stretched { width: 2000px }
             }</style><p class='stretched'>stretched</p>", &[
            "is cut off at its foot on paper",
            "`div#mdbook-menu-bar",
            "is not printed; show it",
            "on paper, `p.faint` (“faint”)",
            "on paper, `p.stretched` (“stretched”) reaches to",
        ]),
    at_end("tab", "<style>#unseen:focus-visible { outline: none }</style><a id='unseen' href='index.html'>unseen</a>
             <button id='trap' onkeydown=\"if (event.key === 'Tab') event.preventDefault()\">trap</button>", &["`a#unseen` (“unseen”) does not show that it has the focus", "the Tab key never reaches"]),
    Spoilt {
        check: "scriptless",
        end: "",
        edits: &[
            (
                END,
                "<noscript><style>.timeline svg, .nav-chapters, .mobile-nav-chapters { display: none }</style></noscript>
                 <p id='late' hidden>late</p></main>",
            ),
            ("<iframe", "<i"),
        ],
        names: &[
            "`p#late` (“late”) is not seen without scripts",
            "`svg.timeline-drawing`",
            "there is no table of contents without scripts",
            "there is no link to the next page without scripts",
        ],
    },
    at_end("turns", "<script>addEventListener('keydown', event => {
                 event.stopImmediatePropagation();
                 if (event.key === 'ArrowRight') location.href = 'spoilt.html';
             }, true)</script>", &["`ArrowRight` leads to http://127.0.0.1", "spoilt.html, and the page names", "`ArrowLeft` does not lead to"]),
    at_end("arrows", "<script>addEventListener('keydown', event => event.stopImmediatePropagation(), true)</script>", &["`ArrowRight` does not lead to"]),
    Spoilt {
        check: "theme",
        end: "",
        edits: &[("</head>", "<script>localStorage.removeItem('mdbook-theme')</script></head>")],
        names: &["is forgotten when the page is loaded again"],
    },
    Spoilt {
        check: "theme",
        end: "",
        edits: &[
            ("</head>", "<style>#mdbook-theme-rust { display: none }</style></head>"),
            ("<script src=\"theme/reader", "<script data-src=\"theme/reader"),
            ("default_dark_theme = \"navy\"", "default_dark_theme = \"coal\""),
        ],
        names: &["the menu has the themes Auto, Light, Coal", "keep no hidden entries in it", "does not get the theme navy"],
    },
    Spoilt {
        check: "search",
        end: "",
        edits: &[("<script src=\"searcher", "<script data-src=\"searcher")],
        names: &["the search for `coroutine` by `/` fails", "the search for `coroutine` by `s` fails"],
    },
];

/// Long enough for what comes, and short enough to wait for what does not.
const SHORT: Duration = Duration::from_secs(5);

/// A page that has something for every check.
fn rich(site: &Site) -> &Page {
    let has_all = |page: &&Page| {
        let html = fs::read_to_string(site.built.join(&page.path)).unwrap_or_default();
        page.path != PRINT && ["class=\"pair\"", "class=\"timeline\""].iter().all(|part| html.contains(part))
    };
    site.pages.iter().find(has_all).expect("a page of the book has a pair and a timeline")
}

/// What is wrong with our checks of a page as it is, or spoilt; nothing if all is well.
fn missed(site: &Site, browser: &mut Browser, server: &Server, spoilt: Option<&Spoilt>) -> Result<String> {
    let page = rich(site);
    let Some(spoilt) = spoilt else {
        let view = View::new(browser, server, site, false, true);
        let tasks = Task::all(CHECKS, site, std::slice::from_ref(page), true);
        let found: Result<Vec<_>> = tasks.iter().map(|task| task.run(&view)).collect();
        return Ok(task::report(&found?));
    };
    let check = CHECKS.iter().find(|check| check.name == spoilt.check).expect("the check is in the table");
    let page = if check.on == On::First { &site.first } else { page };
    let mut html = fs::read_to_string(site.built.join(&page.path))?;
    let end = [(END, &*format!("{}{END}", spoilt.end))];
    for (from, to) in end.iter().chain(spoilt.edits) {
        assert!(html.contains(from), "`{from}` is not on {}, so it cannot be spoilt", page.path);
        html = html.replacen(from, to, 1);
    }
    let file = server.instead.path().join(&page.path);
    fs::create_dir_all(file.parent().expect("it lies in a folder"))?;
    fs::write(&file, html)?;
    browser.patience = SHORT;
    let found = Task { page, checks: vec![check] }.run(&View::new(browser, server, site, false, true));
    browser.patience = LIMIT;
    fs::remove_file(file)?;
    let report = task::report(&[found?]);
    let missing = spoilt.names.iter().filter(|name| !report.contains(**name));
    let missing: Vec<_> = missing.map(|name| format!("{}: `{name}` is missing in:\n{report}", spoilt.check)).collect();
    Ok(missing.join("\n\n"))
}

#[test]
fn what_was_spoilt_is_named_in_a_browser_and_a_good_page_passes() {
    let site = Site::here().expect("`cargo xtask book` has built the book");
    // What takes longest comes first: those at the end wait for what never comes.
    let cases: Vec<_> = std::iter::once(None).chain(SPOILT.iter().rev().map(Some)).collect();
    let missed = at_once::run(&site, &cases, |browser, server, case| missed(&site, browser, server, *case));
    let missed = missed.expect("Chromium is installed, and the checks run");
    assert_eq!(missed.len(), cases.len());
    let missed: Vec<_> = missed.into_iter().filter(|missed| !missed.is_empty()).collect();
    assert!(missed.is_empty(), "{}", missed.join("\n\n"));
    for check in CHECKS {
        assert!(SPOILT.iter().any(|spoilt| spoilt.check == check.name), "nothing is spoilt for `{}`", check.name);
    }
}
