"""What freezes the event loop.

    cargo run -p lesson-02 -- python-blocking --timeline

The spinner draws a frame every 20 ms. Beside it a call blocks for 400 ms, in three places, and we count the frames that
are drawn meanwhile. asyncio has one thread, so a call that blocks it anywhere freezes the spinner. to_thread() makes
the call on another thread, and awaits its end.
"""

import asyncio
import itertools
import sys
import time
from collections.abc import Awaitable, Callable

# How many frames the spinner has drawn.
drawn = 0


async def spin() -> None:
    global drawn
    try:
        for frame in itertools.cycle('|/-\\'):
            sys.stdout.write(f'\r{frame} thinking!')
            sys.stdout.flush()
            drawn += 1
            await asyncio.sleep(0.02)
    finally:
        sys.stdout.write('\r\x1b[K')  # Erases the line.
        sys.stdout.flush()


def slow() -> int:
    """Blocks its thread, and gives how many frames were drawn meanwhile."""
    before = drawn
    time.sleep(0.4)
    return drawn - before


async def freeze() -> int:
    await asyncio.sleep(0.05)  # The spinner is turning by now.
    return slow()


async def in_the_main_coroutine() -> int:
    return await freeze()


async def in_a_task() -> int:
    return await asyncio.create_task(freeze())


async def in_another_thread() -> int:
    await asyncio.sleep(0.05)
    return await asyncio.to_thread(slow)  # The way out.


async def measure(place: Callable[[], Awaitable[int]]) -> int:
    async with asyncio.TaskGroup() as group:
        spinner = group.create_task(spin())
        frames = await place()
        spinner.cancel()
    return frames


def main() -> None:
    for place in (in_the_main_coroutine, in_a_task, in_another_thread):
        frames = asyncio.run(measure(place))
        print(f'{place.__name__.replace("_", " ")}: {frames} frames')


if __name__ == '__main__':
    main()
