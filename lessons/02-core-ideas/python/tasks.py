"""Three jobs at once, on asyncio.

    cargo run -p lesson-02 -- python-tasks --timeline

gather() makes a task of each coroutine, and gives the results in the order of its arguments when all are done.
as_completed() makes tasks too, and gives them in the order in which they are done, each to be awaited for its result.
Either way three jobs at once take as long as the longest.
"""

import asyncio
import time

# Each job's name, and how long it takes in seconds.
JOBS = [('first', 1.5), ('second', 0.5), ('third', 1.0)]


async def job(name: str, length: float) -> str:
    """Pretends to wait for I/O."""
    await asyncio.sleep(length)
    return name


async def in_order() -> None:
    print('results in order:')
    began = time.monotonic()
    jobs = asyncio.gather(*(job(name, length) for name, length in JOBS))  # (1) All three are queued.
    for name in await jobs:  # (2) One list, when all three are done.
        print(f'  {time.monotonic() - began:.1f} s: {name}')


async def as_completed() -> None:
    print('results as they come:')
    began = time.monotonic()
    for done in asyncio.as_completed([job(name, length) for name, length in JOBS]):
        name = await done  # (3) Whichever is done first.
        print(f'  {time.monotonic() - began:.1f} s: {name}')


async def supervisor() -> None:
    await in_order()
    await as_completed()


def main() -> None:
    asyncio.run(supervisor())


if __name__ == '__main__':
    main()
