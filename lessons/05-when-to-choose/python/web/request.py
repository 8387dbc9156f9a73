"""Requests, read from a stream: what hyper does for the servers in Rust.

It is strict. What two programs could read in two ways is refused.
"""

import asyncio
import re
from dataclasses import dataclass

from web.route import Refusal, refusal

# The longest head of a request, in bytes: its first line and its headers.
LONGEST_HEAD = 16 * 1024

# The most headers of a request.
MOST_HEADERS = 100

# The longest body of a request, in bytes.
LONGEST_BODY = 64 * 1024

# A target has no fragment: a client keeps that to itself.
FIRST_LINE = re.compile(rb"([\w!#$%&'*+.^`|~-]+) ([!\"$-~]+) HTTP/1\.([0-9])")

# Between a name and its colon there is no space, and in a value nothing that a
# terminal would obey.
HEADER = re.compile(rb"([\w!#$%&'*+.^`|~-]+):([\t -~\x80-\xff]*)")

# The scheme and the host of a target that is a whole URL.
ORIGIN = re.compile(r'[A-Za-z][A-Za-z0-9+.-]*://([^/?]*)')

# How long a body is. More digits than these say that it is too long, whatever they are.
LENGTH = re.compile(r'0*([0-9]+)')
DIGITS = 18

# How long a chunk is, and what may stand behind that.
CHUNK = re.compile(rb'0*([0-9A-Fa-f]{0,16})(?<=[0-9A-Fa-f])[ \t]*(?:;[^\r]*)?\r\n')


@dataclass(slots=True)
class Request:
    """A request, without its body."""

    method: str
    # The host in a target that is a whole URL.
    authority: str | None
    path: str
    # Whether its client knows HTTP/1.1, and not 1.0 alone.
    is_1_1: bool
    # By their names in lower case.
    headers: dict[str, list[str]]
    # Of the body, unless that comes in chunks.
    length: int | None

    def options(self, name: str) -> list[str]:
        """The words of a list in a header, in lower case; all if it comes again."""
        values = ','.join(self.headers.get(name, ())).lower().split(',')
        return [word for value in values if (word := value.strip(' \t'))]

    @property
    def is_chunked(self) -> bool:
        return 'transfer-encoding' in self.headers

    @property
    def has_body(self) -> bool:
        return self.is_chunked or bool(self.length)

    @property
    def keeps_alive(self) -> bool:
        """Whether the client wants the connection to go on, and it can."""
        if self.is_chunked and self.length is not None:
            return False  # An attack: read the body, and nothing more.
        options = self.options('connection')
        return 'close' not in options and (self.is_1_1 or 'keep-alive' in options)

    @property
    def asks_first(self) -> bool:
        """Whether the client waits for a word before it sends its body."""
        expects = (value.lower() for value in self.headers.get('expect', ()))
        return self.is_1_1 and '100-continue' in expects


async def first_line(reader: asyncio.StreamReader) -> bytes:
    """Waits for the first line of a request."""
    skipped = 0
    while not (line := await head_line(reader)):  # Empty lines may come before it.
        skipped += 1
        if skipped > LONGEST_HEAD:
            raise bad(431)
    return line


async def rest_of_head(reader: asyncio.StreamReader, first: bytes) -> Request:
    """Reads the headers that belong to a first line."""
    line = FIRST_LINE.fullmatch(first)
    if line is None:
        raise bad(400)
    method, target, minor = (group.decode() for group in line.groups())
    read = len(first)
    headers: dict[str, list[str]] = {}
    count = 0
    while text := await head_line(reader):
        read += len(text)
        count += 1
        if read > LONGEST_HEAD or count > MOST_HEADERS:
            raise bad(431)
        name, value = header(text)
        headers.setdefault(name, []).append(value)
    origin = ORIGIN.match(target)
    path = target[origin.end() :] or '/' if origin else target
    return Request(
        method,
        origin and origin[1],
        path.partition('?')[0],
        minor != '0',  # A later HTTP/1 is answered as well as we can.
        headers,
        content_length(headers),
    )


async def head_line(reader: asyncio.StreamReader) -> bytes:
    """The next line of a head, without its end. That may lack its CR, which makes no
    difference in a head."""
    try:
        line = await reader.readuntil(b'\n')
    except asyncio.LimitOverrunError:
        raise bad(431) from None
    return line[:-1].removesuffix(b'\r')


def header(line: bytes) -> tuple[str, str]:
    """The name and the value of a header."""
    found = HEADER.fullmatch(line)
    if found is None:
        raise bad(400)
    return found[1].decode().lower(), found[2].decode('latin-1').strip(' \t')


def content_length(headers: dict[str, list[str]]) -> int | None:
    """How long the body is said to be. Two lengths that differ are an attack: a program
    on the way may believe the other one."""
    lengths = set()
    for value in headers.get('content-length', ()):
        found = LENGTH.fullmatch(value)
        if found is None:
            raise bad(400)
        lengths.add(int(found[1][: DIGITS + 1]))
    if len(lengths) > 1:
        raise bad(400)
    return lengths.pop() if lengths else None


def bad(status: int) -> Refusal:
    """The refusal of what is no request, or too long a one."""
    return refusal(status, b'')


async def read_body(reader: asyncio.StreamReader, request: Request) -> bytes:
    """Reads the body that belongs to a request."""
    try:
        if request.is_chunked:
            return await read_chunks(reader)
        return await reader.readexactly(request.length or 0)
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        raise broken_body() from None


async def read_chunks(reader: asyncio.StreamReader) -> bytes:
    body = bytearray()
    # What stands behind the sizes has no use here, and no right to be long.
    room = LONGEST_HEAD
    while True:
        line = await reader.readuntil(b'\n')
        found = CHUNK.fullmatch(line)
        room -= max(len(line) - DIGITS, 0)
        if found is None or room < 0:
            raise broken_body()
        length = int(found[1] or b'0', 16)
        if length == 0:
            await skip_trailers(reader)
            return bytes(body)
        if len(body) + length > LONGEST_BODY:
            raise too_long()
        body += await reader.readexactly(length)
        if await reader.readexactly(2) != b'\r\n':
            raise broken_body()


async def skip_trailers(reader: asyncio.StreamReader) -> None:
    """Headers can follow the last chunk, up to an empty line. They have no use here,
    but have to be headers: anything else may be meant as the next request."""
    room = LONGEST_HEAD
    while (line := await reader.readuntil(b'\n')) != b'\r\n':
        room -= len(line)
        if room < 0 or not line.endswith(b'\r\n') or not HEADER.fullmatch(line[:-2]):
            raise broken_body()


def too_long() -> Refusal:
    return refusal(413, b'that body is too long\n')


def broken_body() -> Refusal:
    return refusal(400, b'that body has no end\n')
