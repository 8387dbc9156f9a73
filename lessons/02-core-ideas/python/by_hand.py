"""A coroutine, cranked by hand.

    cargo run -p lesson-02 -- python-by-hand

send(None) runs a coroutine up to the next place where it gives way, and returns what was yielded there. When it is
done, send raises StopIteration, with the result in it. That is all an event loop does to a coroutine; this one does not
wait for anything in between, so nobody needs to tell it when.
"""

from collections.abc import Coroutine, Generator
from typing import Any

FRAMES = '|/-\\'


class Nap:
    """Waits for one send. What really waits would yield a future, for the event loop to know when to go on."""

    def __await__(self) -> Generator[str, None, None]:
        yield 'pending'


async def spin(message: str) -> int:
    """Draws each frame once, with a nap after each, and gives their number."""
    for frame in FRAMES:
        print(f'  {frame} {message}')
        await Nap()  # (2) Where it can stop, and where the next send goes on.
    return len(FRAMES)


def crank(coroutine: Coroutine[Any, Any, Any]) -> None:
    number = 0
    while True:
        number += 1
        try:
            sent = coroutine.send(None)  # (1) Runs it, on this thread, to its next nap.
        except StopIteration as stop:
            print(f'  send {number}: StopIteration({stop.value!r})')
            return
        print(f'  send {number}: {sent!r}')


def main() -> None:
    coroutine = spin('thinking!')
    print(f'{type(coroutine).__name__}:')
    crank(coroutine)


if __name__ == '__main__':
    main()
