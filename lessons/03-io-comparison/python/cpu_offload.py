"""A prime check on another thread, beside asyncio.

    cargo run -p lesson-03 -- python-cpu-offload --timeline

to_thread() makes the call on a thread of a pool and awaits its end, so the spinner turns. Both threads run Python code,
and the interpreter's lock lets one of them at a time: the one that computes has to give it up every few milliseconds,
as soon as the other wants it. That is enough for a spinner. It is no second core: see cpu-sweep.

Ctrl-C cancels the task, and the spinner is gone. But a thread can't be cancelled, and asyncio.run waits for it. A second
Ctrl-C ends the program at once.
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
    await asyncio.sleep(0.35)
    answer = await asyncio.to_thread(check, number)  # (1) Like spawn_blocking.
    await asyncio.sleep(0.35)
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
