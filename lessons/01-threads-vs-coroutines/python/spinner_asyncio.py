"""The spinner as a task on asyncio.

    cargo run -p lesson-01 -- python-asyncio --timeline

One thread. The event loop resumes the spinner and slow() in turns; each gives way at its await. Cancelling raises
CancelledError inside spin(), at that await. The finally clause erases the line and lets the error go on, as asyncio
asks: a coroutine that swallows it can't be cancelled by asyncio.timeout either. The task group waits until the spinner is
really gone, and would cancel it if slow() failed.
"""

import asyncio
import itertools
import sys


async def spin(message: str) -> None:
    try:
        for frame in itertools.cycle('|/-\\'):
            sys.stdout.write(f'\r{frame} {message}')
            sys.stdout.flush()
            await asyncio.sleep(0.1)  # (1)
    finally:
        sys.stdout.write('\r\x1b[K')  # (2)
        sys.stdout.flush()


async def slow() -> int:
    """Pretends to wait for I/O."""
    await asyncio.sleep(3)
    return 42


async def supervisor() -> int:
    async with asyncio.TaskGroup() as group:  # (3)
        spinner = group.create_task(spin('thinking!'))
        print('spinner object:', spinner)
        answer = await slow()
        spinner.cancel()  # (4)
    return answer


def main() -> None:
    answer = asyncio.run(supervisor())  # (5)
    print('Answer:', answer)


if __name__ == '__main__':
    main()
