"""A prime check in another process, beside asyncio.

    cargo run -p lesson-03 -- python-cpu-processes --timeline

A process has an interpreter of its own, and a lock of its own. run_in_executor() sends the function's name and its
argument to a process of the pool, and awaits what it sends back.
"""

import asyncio
import itertools
import sys
from concurrent.futures import Executor, ProcessPoolExecutor

import prime
import worker


async def spin(message: str) -> None:
    try:
        for frame in itertools.cycle('|/-\\'):
            sys.stdout.write(f'\r{frame} {message}')
            sys.stdout.flush()
            await asyncio.sleep(0.1)
    finally:
        sys.stdout.write('\r\x1b[K')  # Erases the line.
        sys.stdout.flush()


async def slow(number: int, pool: Executor) -> bool:
    """Waits for the question, computes, and waits until the answer is sent."""
    await asyncio.sleep(0.35)
    loop = asyncio.get_running_loop()
    answer = await loop.run_in_executor(pool, prime.is_prime, number)  # (2) By name, so it has to be in a module.
    await asyncio.sleep(0.35)
    return answer


async def supervisor(number: int, pool: Executor) -> bool:
    async with asyncio.TaskGroup() as group:
        spinner = group.create_task(spin('thinking!'))
        print('spinner object:', spinner)
        answer = await slow(number, pool)
        spinner.cancel()
    return answer


def main() -> None:
    number = prime.chosen()
    # (1) Outside the loop, since its end waits for its process, and blocks.
    with ProcessPoolExecutor(max_workers=1, initializer=worker.begin) as pool:
        answer = asyncio.run(supervisor(number, pool))
    print('Answer:', prime.in_words(answer))


if __name__ == '__main__':
    main()
