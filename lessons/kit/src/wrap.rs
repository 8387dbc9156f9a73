//! Sentences that fit the terminal.

/// Breaks `text` between words, so that no line is longer than `columns`, and begins each line but the first with
/// `indent` blanks. Without a terminal nothing is broken.
pub(crate) fn at(text: &str, indent: usize, columns: Option<usize>) -> String {
    let Some(columns) = columns else { return text.to_owned() };
    let (mut lines, mut line) = (Vec::new(), String::new());
    for word in text.split_inclusive(' ') {
        let length = line.chars().count() + word.trim_end().chars().count();
        if length > columns && line.len() > indent && !line.trim().is_empty() {
            lines.push(std::mem::replace(&mut line, " ".repeat(indent)));
        }
        line.push_str(word);
    }
    lines.push(line);
    lines.iter().map(|line| line.trim_end()).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::at;

    #[test]
    fn breaks_between_words() {
        assert_eq!(at("one two three", 2, Some(7)), "one two\n  three");
        assert_eq!(at("  one two", 2, Some(5)), "  one\n  two");
        assert_eq!(at("unbreakable word", 2, Some(4)), "unbreakable\n  word");
        assert_eq!(at("one two three", 2, None), "one two three");
    }
}
