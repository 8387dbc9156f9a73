"""From the bytes of a client to its lines, as src/chat/lines.rs has it."""

import re
from collections.abc import Iterator

# The most bytes in a line, its end not counted.
LONGEST_LINE = 1_000

# What could make a line look like another client's: it moves the cursor, breaks the
# line, or turns the direction of the text around it (Unicode's Bidi_Control).
CONTROL = re.compile(
    '[\0-\x08\n-\x1f\x7f-\x9f\u2028\u2029'
    '\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]'
)


class Malformed(Exception):
    """A line is none. What it says is for the client."""


class Lines:
    """Collects bytes, however they come, and gives lines. It never holds more than
    LONGEST_LINE bytes and what it was fed last."""

    def __init__(self) -> None:
        self.unread = b''
        # The line has been too long so far, and its beginning has been thrown away.
        self.is_too_long = False

    def feed(self, data: bytes) -> Iterator[str | Malformed]:
        """Takes what has come from the client. Gives the lines that are whole now."""
        *lines, self.unread = (self.unread + data).split(b'\n')
        for line in lines:
            yield self.text_of(line)
            self.is_too_long = False
        if len(self.unread) > LONGEST_LINE + 1:
            self.unread = b''
            self.is_too_long = True

    def end(self) -> Iterator[str | Malformed]:
        """Takes the end of what comes: a last line need not be ended."""
        return self.feed(b'\n' if self.unread or self.is_too_long else b'')

    def text_of(self, line: bytes) -> str | Malformed:
        # Telnet, and everybody on Windows, ends lines with both.
        line = line.removesuffix(b'\r')
        if self.is_too_long or len(line) > LONGEST_LINE:
            return Malformed(
                f'a line has at most {LONGEST_LINE} bytes; that one was not passed on'
            )
        try:
            text = line.decode()
        except UnicodeDecodeError:
            return Malformed('that line is no UTF-8 and was not passed on')
        if CONTROL.search(text):
            return Malformed('that line has control characters and was not passed on')
        return text
