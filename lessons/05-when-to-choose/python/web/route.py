"""What the service answers, as src/web/route.rs says it for the servers in Rust."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

# The numbers that a path may have: milliseconds, a bound, and lines.
MOST = {'sleep': 10_000, 'primes': 10_000_000, 'mixed': 10_000_000, 'naive': 10_000_000, 'stream': 100_000_000}

# How long a mixed request waits, in seconds, as it would for another service.
BACKEND = 0.02

# How many lines of a stream are made at a time. A slow reader has no more than these,
# and a few buffers, made for it.
LINES = 1_000

HOME = (
    b'<!doctype html><title>lesson 5</title><h1>One service, on asyncio</h1>'
    b'<ul><li><a href=/health>health</a><li><a href=/sleep/50>wait for 50 ms</a>'
    b'<li><a href=/primes/1000000>count the primes below a million</a>'
    b'<li><a href=/mixed/1000000>wait, and then count them</a>'
    b'<li><a href=/stream/1000>a thousand lines</a></ul>'
)


@dataclass(slots=True)
class Reply:
    """An answer."""

    status: int
    # What is there, or pieces that are made while they are sent.
    content: bytes | Iterator[bytes]
    content_type: str = 'text/plain'
    # For a wrong method: the right ones.
    allow: str | None = None
    # The connection ends with this answer.
    closes: bool = False


class Refusal(Exception):
    """A request is refused before all of it has been read."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.status)
        self.reply = reply


def refusal(status: int, why: bytes) -> Refusal:
    return Refusal(Reply(status, why, closes=True))


@dataclass(slots=True)
class Route:
    """A request, as far as it decides what is answered."""

    name: str
    number: int = 0
    # If there is nothing to do for this request but to refuse it.
    refusal: Reply | None = None

    @classmethod
    def of(cls, method: str, path: str) -> 'Route':
        name, _, text = path.removeprefix('/').partition('/')
        if path in ('/', '/health', '/echo'):
            route = cls(name)
        elif path.startswith('/') and name in MOST:
            is_number = text.isascii() and text.isdigit() and len(text) < 20
            if is_number and int(text) <= MOST[name]:
                route = cls(name, int(text))
            else:
                why = f'this takes a whole number from 0 to {MOST[name]}\n'
                route = cls(name, refusal=Reply(400, why.encode()))
        else:
            why = b'no such path; / has a list of them\n'
            return cls(name, refusal=Reply(404, why))
        right = ('POST', 'PUT') if name == 'echo' else ('GET', 'HEAD')
        if method not in right:
            allow = ', '.join(right)
            route.refusal = Reply(405, b'wrong method\n', allow=allow)
        return route

    def answer(self, body: bytes) -> Reply:
        """The answer, for every route that neither waits nor computes."""
        match self.name:
            case _ if self.refusal:
                return self.refusal
            case '':
                return Reply(200, HOME, 'text/html')
            case 'health':
                return Reply(200, b'ok\n')
            case 'stream':
                return Reply(200, lines(self.number))
            case 'echo':
                return Reply(200, body, 'application/octet-stream')
            case other:
                raise AssertionError(f'the server waits and computes for {other}')


def lines(count: int) -> Iterator[bytes]:
    """So many lines, numbered from 0, in pieces."""
    for first in range(0, count, LINES):
        numbers = range(first, min(first + LINES, count))
        yield ''.join(f'line {number}\n' for number in numbers).encode()


def primes_below(end: int) -> int:
    """Counts primes by crossing out multiples."""
    is_prime = bytearray(b'\1') * end
    is_prime[:2] = bytes(min(end, 2))
    for number in range(2, math.isqrt(max(end - 1, 0)) + 1):
        if is_prime[number]:
            multiples = range(number * number, end, number)
            is_prime[number * number :: number] = bytes(len(multiples))
    return is_prime.count(1)
