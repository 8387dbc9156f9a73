"""A prime check inside a coroutine, on asyncio: the spinner freezes.

    cargo run -p lesson-03 -- python-cpu-blocks --timeline

slow() waits for a question, computes the answer, and waits until it is sent. While it computes, the event loop stands
in its call of is_prime(), and resumes nobody. Nor does it hear of Ctrl-C before that: asyncio.run answers the first one
by cancelling the task, at its next await. A second one ends the program at once.
"""

import asyncio
import itertools
import sys

import prime


async def spin(message: str) -> None:
    try:
        for frame in itertools.cycle('|/-\\'):
            sys.stdout.write(f'\r{frame} {message}')
            sys.stdout.flush()
            await asyncio.sleep(0.1)
    finally:
        sys.stdout.write('\r\x1b[K')  # Erases the line.
        sys.stdout.flush()


async def slow(number: int) -> bool:
    """Waits for the question, computes, and waits until the answer is sent."""
    await asyncio.sleep(0.35)  # (1) The spinner turns.
    answer = check(number)  # (2) A call like any other: the thread is in it until it returns.
    await asyncio.sleep(0.35)  # (3) Only here does the spinner's turn come again.
    return answer


def check(number: int) -> bool:
    """Computes, and waits for nothing."""
    return prime.is_prime(number)


async def supervisor(number: int) -> bool:
    async with asyncio.TaskGroup() as group:
        spinner = group.create_task(spin('thinking!'))
        print('spinner object:', spinner)
        answer = await slow(number)
        spinner.cancel()
    return answer


def main() -> None:
    answer = asyncio.run(supervisor(prime.chosen()))
    print('Answer:', prime.in_words(answer))


if __name__ == '__main__':
    main()
