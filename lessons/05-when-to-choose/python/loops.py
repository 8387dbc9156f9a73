"""The event loops that the programs here can run on.

Run by itself, it names them: asyncio's own, and uvloop's where that is installed.
"""

import asyncio
import os
from collections.abc import Callable, Coroutine
from typing import Any

from setting import give_up

NAMES = ('asyncio', 'uvloop')


def factory(name: str) -> Callable[[], asyncio.AbstractEventLoop]:
    """What makes the loop of that name. An ImportError if it is not installed."""
    if name == 'asyncio':
        return asyncio.new_event_loop
    import uvloop  # It is no part of Python, and takes memory.

    return uvloop.new_event_loop


def run(main: Coroutine[Any, Any, None]) -> None:
    """Runs `main` on the loop that LOOP names; on asyncio's own without it."""
    name = os.environ.get('LOOP') or 'asyncio'
    try:
        if name not in NAMES:
            raise ImportError
        make = factory(name)
    except ImportError:
        main.close()
        way_out = 'it is asyncio, or uvloop where that is installed'
        give_up(f'LOOP={name} is no event loop here; {way_out}')
    with asyncio.Runner(loop_factory=make) as runner:
        runner.run(main)


def main() -> None:
    for name in NAMES:
        try:
            factory(name)
        except ImportError:
            continue
        print(name)


if __name__ == '__main__':
    main()
