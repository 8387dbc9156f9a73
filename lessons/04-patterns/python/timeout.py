"""A deadline for something slow, on asyncio.

    cargo run -p lesson-04 -- python-timeout

asyncio.timeout() cancels what is inside it when the time is up, and turns the CancelledError into a TimeoutError on the
way out. So the work must let the CancelledError through. The last one swallows it: it goes on as if nothing had been,
and comes to its end, long after the deadline.
"""

import asyncio
from collections.abc import Awaitable, Callable

SLOW = 0.4  # How long the work takes.


async def slow() -> int:
    """Pretends to wait for I/O."""
    await asyncio.sleep(SLOW)
    return 42


async def stubborn() -> int:
    """Does not let itself be cancelled."""
    try:
        await asyncio.sleep(SLOW)
    except asyncio.CancelledError:
        await asyncio.sleep(SLOW)  # Swallowed: nobody outside will hear of it.
    return 42


async def wait(deadline: float, work: Callable[[], Awaitable[int]]) -> str:
    try:
        async with asyncio.timeout(deadline):
            return str(await work())
    except TimeoutError:
        return 'an error'


async def program() -> None:
    print(f'in time: {await wait(20, slow)}')
    print(f'too late: {await wait(0.1, slow)}')
    print(f'too late, and the work swallows it: {await wait(0.1, stubborn)}')


def main() -> None:
    asyncio.run(program())


if __name__ == '__main__':
    main()
