"""The spinner as a task on asyncio.

    cargo run -p lesson-01 -- python-asyncio --timeline

One thread. The event loop resumes the spinner and slow() in turns; each gives way at its await. Cancelling raises
CancelledError inside spin(), at that await. The finally clause erases the line and lets the error go on, as asyncio
asks: a coroutine that swallows it can't be cancelled by asyncio.timeout either. The task group waits until the spinner
is really gone, and would cancel it if slow() failed.
"""

import asyncio
import itertools
import sys


async def spin(message: str) -> None:
    try:
        for frame in itertools.cycle('|/-\\'):
            sys.stdout.write(f'\r{frame} {message}')
            sys.stdout.flush()
            await asyncio.sleep(0.1)  # (5) Where it is cancelled: CancelledError is raised here.
    finally:
        sys.stdout.write('\r\x1b[K')  # Erases the line.
        sys.stdout.flush()


async def slow() -> int:
    """Pretends to wait for I/O: three seconds and half a tick, so that it returns in the middle of a nap."""
    await asyncio.sleep(3.05)
    return 42


async def supervisor() -> int:
    async with asyncio.TaskGroup() as group:
        spinner = group.create_task(spin('thinking!'))  # (2) Queued. It runs for the first time at (3).
        print('spinner object:', spinner)
        answer = await slow()  # (3) Hands the thread back, to the spinner among others.
        spinner.cancel()  # (4) Only asks. The group waits until it is gone.
    return answer


def main() -> None:
    answer = asyncio.run(supervisor())  # (1) Runs an event loop on this thread until it is done.
    print('Answer:', answer)


if __name__ == '__main__':
    main()
