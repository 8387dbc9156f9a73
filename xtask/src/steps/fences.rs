//! Reads the commands out of a Markdown file's ```` ```sh ```` fences, and says what in them is no command of ours.

/// A command that the file shows.
#[derive(Debug, PartialEq, Eq)]
pub struct Shown {
    /// The line it stands on, counted from 1.
    pub line: usize,
    /// The command without its comment.
    pub command: String,
}

/// What the fences hold: commands, and problems as (line, sentence).
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Fences {
    pub commands: Vec<Shown>,
    pub problems: Vec<(usize, String)>,
}

/// What would need a shell, and we have none: a command must do the same on every system.
const SHELL: &str = "'\"`\\$|&;<>()[]{}*?~";

/// Reads the whole file.
pub fn read(text: &str) -> Fences {
    let mut fences = Fences::default();
    let mut open: Option<Fence> = None;
    for (index, raw) in text.lines().enumerate() {
        let (number, line) = (index + 1, raw.trim());
        match &mut open {
            None => open = Fence::opened_by(line, number),
            Some(fence) if fence.is_closed_by(line) => {
                fences.take(fence);
                open = None;
            }
            Some(fence) => fence.body.push((number, line)),
        }
    }
    if let Some(fence) = open {
        // What follows it could be anything, so it is not read as commands.
        let why = format!("the fence is never closed; put `{}` on a line of its own after it", fence.marker());
        fences.problems.push((fence.line, why));
    }
    fences
}

impl Fences {
    fn take(&mut self, fence: &Fence<'_>) {
        if !fence.is_sh {
            return;
        }
        for &(line, text) in &fence.body {
            match command(text) {
                Ok("") => {}
                Ok(command) => self.commands.push(Shown { line, command: command.to_owned() }),
                Err(why) => self.problems.push((line, why)),
            }
        }
    }
}

/// A fence that has been opened, and what stands in it so far.
struct Fence<'a> {
    character: char,
    length: usize,
    line: usize,
    is_sh: bool,
    body: Vec<(usize, &'a str)>,
}

impl Fence<'_> {
    /// The fence that this line opens, if it opens one. Any indentation will do, as a fence may stand in a list.
    fn opened_by(line: &str, number: usize) -> Option<Self> {
        let character = line.chars().next().filter(|c| matches!(c, '`' | '~'))?;
        let info = line.trim_start_matches(character);
        let length = line.len() - info.len();
        // Three backticks with more backticks after them on the same line are code within a sentence.
        if length < 3 || (character == '`' && info.contains('`')) {
            return None;
        }
        let is_sh = info.split_whitespace().next() == Some("sh");
        Some(Fence { character, length, line: number, is_sh, body: Vec::new() })
    }

    fn is_closed_by(&self, line: &str) -> bool {
        line.len() >= self.length && line.chars().all(|c| c == self.character)
    }

    fn marker(&self) -> String {
        String::from(self.character).repeat(self.length)
    }
}

/// The command on one line of a fence, empty if there is none, or why it cannot be one.
fn command(line: &str) -> Result<&str, String> {
    let command = without_comment(line);
    if command.is_empty() {
        return Ok("");
    }
    if command.split_whitespace().next() != Some("cargo") {
        return Err(format!(
            "`{command}` is not a cargo command, and a ```sh fence holds nothing else; show it in a ```text fence"
        ));
    }
    match command.chars().find(|&c| SHELL.contains(c)) {
        Some(c) => Err(format!(
            "`{command}` holds {c}, which needs a shell, and there is none; use plain words, or a ```text fence"
        )),
        None => Ok(command),
    }
}

/// The line up to a `#` that starts a word, as a shell reads it.
fn without_comment(line: &str) -> &str {
    let mut after_space = true;
    for (index, c) in line.char_indices() {
        if c == '#' && after_space {
            return line[..index].trim();
        }
        after_space = c.is_whitespace();
    }
    line.trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<(usize, String)> {
        let fences = read(text);
        assert_eq!(fences.problems, []);
        fences.commands.into_iter().map(|shown| (shown.line, shown.command)).collect()
    }

    /// The only problem in a fence with this one line.
    fn problem(line: &str) -> String {
        let fences = read(&format!("```sh\n{line}\n```\n"));
        assert_eq!(fences.commands, []);
        match &fences.problems[..] {
            [(2, why)] => why.clone(),
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn commands_come_with_their_lines() {
        let text = "# Title\n\n```sh\ncargo run\n\ncargo test --workspace\n```\n\nText.\n\n```sh\ncargo doc\n```\n";
        let expected = [(4, "cargo run"), (6, "cargo test --workspace"), (12, "cargo doc")];
        assert_eq!(shown(text), expected.map(|(line, command)| (line, command.to_owned())));
    }

    #[test]
    fn comments_are_stripped() {
        let text = "```sh\n# first, don't run | this\ncargo run  # it's \"quoted\" > here\ncargo run -- a#b\n```";
        assert_eq!(shown(text), [(3, "cargo run".to_owned()), (4, "cargo run -- a#b".to_owned())]);
    }

    #[test]
    fn other_fences_are_ignored() {
        let text =
            "```text\ngit clone x | y\n```\n```\nls\n```\n```rust\nfn main() {}\n```\n~~~text\n```sh\nls\n```\n~~~\n";
        assert_eq!(shown(text), []);
    }

    #[test]
    fn indented_long_and_tilde_fences_and_carriage_returns() {
        let text = "1. Run\r\n\r\n     ````sh title\r\n     cargo run\r\n     ````\r\n~~~sh\r\ncargo doc\r\n~~~\r\n";
        assert_eq!(shown(text), [(4, "cargo run".to_owned()), (7, "cargo doc".to_owned())]);
    }

    #[test]
    fn inline_backticks_open_nothing() {
        assert_eq!(shown("```sh is written ```sh``` inline.\n```cargo run```\n``sh\n"), []);
    }

    #[test]
    fn only_cargo_commands() {
        for line in ["git clone x", "$ cargo run", "RUST_LOG=info cargo run", "cd lessons", "cargo-fmt"] {
            let why = problem(line);
            assert!(why.contains(&format!("`{line}` is not a cargo command")), "{why}");
        }
    }

    #[test]
    fn nothing_that_needs_a_shell() {
        for (line, character) in [
            ("cargo run -- 'a b'", '\''),
            ("cargo run -- \"a b\"", '"'),
            ("cargo run | less", '|'),
            ("cargo run > out", '>'),
            ("cargo run && cargo test", '&'),
            ("cargo run; ls", ';'),
            ("cargo run -- $HOME", '$'),
            ("cargo run -- \\", '\\'),
            ("cargo run -- *.rs", '*'),
        ] {
            let why = problem(line);
            assert!(why.contains(&format!("holds {character}, which needs a shell")), "{why}");
        }
    }

    #[test]
    fn an_unclosed_fence_is_one_problem() {
        for text in ["a\n```sh\ncargo run\nprose\n", "a\n````sh\ncargo run\n```\n", "a\n```text\nb"] {
            let fences = read(text);
            assert_eq!(fences.commands, []);
            assert_eq!(fences.problems.len(), 1, "{text}");
            assert_eq!(fences.problems[0].0, 2);
            assert!(fences.problems[0].1.contains("never closed"));
        }
    }

    #[test]
    fn good_commands_survive_bad_ones() {
        let fences = read("```sh\ncargo run\nls\ncargo doc\n```\n");
        assert_eq!(fences.commands.len(), 2);
        assert_eq!(fences.problems.len(), 1);
    }
}
