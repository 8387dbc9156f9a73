//! A listing: a file or an item of it, as it stands in the sources, with its path and the command that runs it.

use crate::{html::escape, project::Project, source};
use std::{collections::BTreeSet, fmt::Write};

/// What a page shows of a source.
#[derive(Debug)]
pub struct Listing {
    path: String,
    language: &'static str,
    text: String,
    command: Option<String>,
}

impl Listing {
    /// The listing that `PATH` or `PATH#item` names.
    ///
    /// # Errors
    ///
    /// If there is no such file or item, or if the file's anchors are broken.
    pub fn load(project: &Project, reference: &str) -> Result<Self, String> {
        let (path, item) = match reference.split_once('#') {
            Some((path, item)) => (path, Some(item)),
            None => (reference, None),
        };
        let language = language(path)?;
        let text = project.source(path)?;
        let part = match item {
            Some(item) => source::item(&text, item),
            None => source::whole(&text),
        };
        let text = part.map_err(|why| format!("`{path}` {why}"))?;
        Ok(Listing { path: path.to_owned(), language, text, command: project.command(path) })
    }

    /// The numbers of its markers.
    #[must_use]
    pub fn markers(&self) -> BTreeSet<u64> {
        source::markers(&self.text)
    }

    /// Its path, for a problem.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The listing with its caption. It is HTML, since a fence could not hold a marker that looks like one.
    #[must_use]
    pub fn html(&self) -> String {
        let command = self.command.as_ref();
        let command = command.map_or_else(String::new, |command| format!(" <code class=\"command\">{command}</code>"));
        format!(
            "<figure class=\"listing\">\n<figcaption><code>{}</code>{command}</figcaption>\n\n<pre><code \
             class=\"language-{}\">{}\n</code></pre>\n</figure>",
            escape(&self.path),
            self.language,
            self.code()
        )
    }

    fn code(&self) -> String {
        let has_markers = !self.markers().is_empty();
        let line = |line: &str| match &source::markers_of(line)[..] {
            // mdBook hides a line that starts like this, as rustdoc does, unless its sign is doubled. It looks only at
            // code without tags in it.
            [] if !has_markers && self.language == "rust" && is_hidden(line) => escape(line).replacen('#', "##", 1),
            markers => {
                let mut html = String::new();
                let mut end = 0;
                for marker in markers {
                    html += &escape(&line[end..marker.from]);
                    let _ = write!(html, "<span class=\"marker\">{}</span>", &line[marker.from..marker.to]);
                    end = marker.to;
                }
                html + &escape(&line[end..])
            }
        };
        self.text.lines().map(line).collect::<Vec<_>>().join("\n")
    }
}

/// Whether mdBook takes this for a line to hide.
fn is_hidden(line: &str) -> bool {
    let line = line.trim_start();
    line == "#" || line.starts_with("# ") || line.starts_with("##")
}

fn language(path: &str) -> Result<&'static str, String> {
    match path.rsplit_once('.') {
        Some((_, "rs")) => Ok("rust"),
        Some((_, "py")) => Ok("python"),
        Some((_, "toml")) => Ok("toml"),
        _ => Err(format!("`{path}` is no source that a listing can show; name a .rs, .py or .toml file")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listing(language: &'static str, text: &str) -> Listing {
        let command = Some("cargo run -p lesson-01 -- tokio".to_owned());
        Listing { path: "lessons/a.rs".into(), language, text: text.into(), command }
    }

    #[test]
    fn a_listing_with_its_caption() {
        assert_eq!(
            listing("rust", "a < b; // (1) Why.\n\nc").html(),
            "<figure class=\"listing\">\n<figcaption><code>lessons/a.rs</code> <code class=\"command\">cargo run -p \
             lesson-01 -- tokio</code></figcaption>\n\n<pre><code class=\"language-rust\">a &lt; b; // <span \
             class=\"marker\">(1)</span> Why.\n\nc\n</code></pre>\n</figure>"
        );
    }

    #[test]
    fn every_marker_of_a_comment_is_marked() {
        assert_eq!(
            listing("rust", "a; // (1), (2) Why <b>.").code(),
            "a; // <span class=\"marker\">(1)</span>, <span class=\"marker\">(2)</span> Why &lt;b&gt;."
        );
    }

    #[test]
    fn no_line_is_hidden() {
        assert_eq!(listing("rust", "r\"\n# title\n\"").code(), "r&quot;\n## title\n&quot;");
        assert_eq!(listing("rust", "r\"\n# title\n\"; // (1)").code().lines().nth(1), Some("# title"));
        assert_eq!(listing("rust", "#[instrument]").code(), "#[instrument]");
        assert_eq!(listing("python", "# why").code(), "# why");
    }
}
