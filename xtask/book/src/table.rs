//! Tables of figures, as HTML for pages.

use std::fmt::Write;

use lesson_data::figures::NO_FIGURE;

use crate::html::escape;

/// A table with a name for each row, and a caption. Its looks are in `book/theme/figures.css`. It has no empty line, which
/// would end the HTML inside Markdown.
pub struct Table {
    html: String,
    /// Of each column, whether it holds words, which stand on the left.
    words: Vec<bool>,
}

impl Table {
    /// One without rows yet. `names` stands above their names; each column has a head, and holds words or figures.
    pub fn new(classes: &str, caption: &str, names: &str, columns: impl IntoIterator<Item = (String, bool)>) -> Self {
        // It is wider than a phone, so it scrolls on its own, also for someone without a mouse. The caption does not.
        let mut html = format!(
            "<figure class=\"{classes}\">\n<figcaption>{}</figcaption>\n\
             <div class=\"table-wrapper\" role=\"region\" aria-label=\"What was measured\" tabindex=\"0\">\n<table>\n\
             <thead>\n<tr>",
            escape(caption),
        );
        match names {
            "" => html.push_str("<td></td>"),
            names => drop(write!(html, "<th scope=\"col\">{}</th>", escape(names))),
        }
        let mut words = Vec::new();
        for (head, holds_words) in columns {
            let class = if holds_words { "class=\"words\" " } else { "" };
            let _ = write!(html, "<th {class}scope=\"col\">{}</th>", escape(&head));
            words.push(holds_words);
        }
        html.push_str("</tr>\n</thead>\n<tbody>\n");
        Table { html, words }
    }

    /// Adds a row.
    pub fn row(&mut self, name: &str, cells: impl IntoIterator<Item = Option<String>>) {
        let _ = write!(self.html, "<tr><th scope=\"row\">{}</th>", escape(name));
        for (cell, holds_words) in cells.into_iter().zip(&self.words) {
            let class = if *holds_words { " class=\"words\"" } else { "" };
            let _ = write!(self.html, "<td{class}>{}</td>", escape(cell.as_deref().unwrap_or(NO_FIGURE)));
        }
        self.html.push_str("</tr>\n");
    }

    /// The whole table.
    pub fn html(self) -> String {
        self.html + "</tbody>\n</table>\n</div>\n</figure>\n"
    }
}

/// The name of a column of figures, with their unit, which is empty for a count.
pub fn with_unit(name: &str, unit: &str) -> String {
    if unit.is_empty() { name.to_owned() } else { format!("{name} ({unit})") }
}
