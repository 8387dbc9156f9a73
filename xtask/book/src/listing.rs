//! A listing: a file or an item of it, as it stands in the sources, with its path and the command that runs it.

use crate::{html::escape, project::Project, source};
use anyhow::{Result, anyhow, bail};
use std::collections::BTreeSet;

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
    pub fn load(project: &Project, reference: &str) -> Result<Self> {
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
        let text = part.map_err(|why| anyhow!("`{path}` {why}"))?;
        Ok(Listing { path: path.to_owned(), language, text, command: project.command(path) })
    }

    /// The numbers of its markers.
    pub fn markers(&self) -> BTreeSet<u64> {
        source::markers(&self.text)
    }

    /// Its path, for a problem.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The listing with its caption. It is HTML, since a fence could not hold a marker that looks like one.
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
        let line = |line: &str| {
            let html = escape(line);
            // mdBook hides a line that starts like this, as rustdoc does, unless its sign is doubled. It looks only at
            // code without tags in it.
            if !has_markers && self.language == "rust" && is_hidden(line) {
                return html.replacen('#', "##", 1);
            }
            source::with_marked_markers(&html).into_owned()
        };
        self.text.lines().map(line).collect::<Vec<_>>().join("\n")
    }
}

/// Whether mdBook takes this for a line to hide.
fn is_hidden(line: &str) -> bool {
    let line = line.trim_start();
    line == "#" || line.starts_with("# ") || line.starts_with("##")
}

fn language(path: &str) -> Result<&'static str> {
    Ok(match path.rsplit_once('.') {
        Some((_, "rs")) => "rust",
        Some((_, "py")) => "python",
        Some((_, "toml")) => "toml",
        _ => bail!("`{path}` is no source that a listing can show; name a .rs, .py or .toml file"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listing(language: &'static str, text: &str) -> Listing {
        Listing { path: "lessons/a.rs".into(), language, text: text.into(), command: None }
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
