"""What a server does at its edges: how it hears of its end, and what it says when it
can't take on any more clients."""

import asyncio
import contextlib
import os
import signal
import sys
from typing import NoReturn

from setting import descriptors

# How long to wait before the next try, when the system has nothing left for another
# connection.
PAUSE = 0.05


class Accepting:
    """Says that accepting fails, and why, when it begins to, and that it works again,
    and nothing in between."""

    def __init__(self) -> None:
        self.lacks_descriptors = False
        self.was_full = False

    def works(self) -> None:
        """Notes that a connection was accepted."""
        if self.lacks_descriptors:
            self.lacks_descriptors = False
            say('accepting again')

    def failed(self, error: OSError, count: int) -> float:
        """Notes that `error` came instead of a connection, while so many are open.
        Gives how long to wait before the next try: for a client that has gone before
        it was accepted, not at all."""
        if isinstance(error, ConnectionError):
            return 0.0
        if not self.lacks_descriptors:
            self.lacks_descriptors = True
            limit = descriptors()
            limited = '' if limit is None else f' (`ulimit -n` is {limit})'
            say(
                f'cannot accept: {error.strerror} (os error {error.errno}){limited};'
                f' who is connected is served on ({count}), others wait'
            )
        return PAUSE

    def is_full(self, most: int) -> None:
        """Notes that a connection must wait until one of `most` ends."""
        if not self.was_full:
            self.was_full = True
            say(
                f'all places are taken ({most}; CONNECTIONS sets how many there are);'
                ' others wait for one to be free'
            )


def say(sentence: str) -> None:
    """On standard error. A reader who is not there is no reason to stop serving."""
    with contextlib.suppress(OSError):
        print(sentence, file=sys.stderr, flush=True)


class Signals:
    """Ctrl-C and `kill`, from the moment on at which there is one of these."""

    NUMBERS = (signal.SIGINT, signal.SIGTERM)

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.came: asyncio.Queue[int] = asyncio.Queue()
        for number in self.NUMBERS:
            try:
                self.loop.add_signal_handler(number, self.came.put_nowait, number)
            except NotImplementedError:  # On Windows.
                signal.signal(number, self.pass_on)

    def pass_on(self, number: int, _frame: object) -> None:
        self.loop.call_soon_threadsafe(self.came.put_nowait, number)

    async def next(self) -> int:
        """Waits for one of them, and gives its number."""
        return await self.came.get()

    def leave_the_next_to_the_system(self) -> None:
        """From here on another one ends the process at once."""
        for number in self.NUMBERS:
            with contextlib.suppress(NotImplementedError):
                self.loop.remove_signal_handler(number)
            signal.signal(number, signal.SIG_DFL)


def end_by(number: int) -> NoReturn:
    """Ends the process by this signal, so that a shell sees 130 or 143. What is open
    is cut off: no task is waited for."""
    sys.stdout.flush()
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
    raise SystemExit(128 + number)  # The signal can be blocked.
