"""A fast producer and a slow consumer, on asyncio: with a bounded queue between them, and with an unbounded one.

The same as `backpressure`. The bound is `Queue`'s first argument, and without one there is none. `put` waits until there is
room; `put_nowait` would raise `QueueFull`.

    cargo run -p lesson-04 -- python-backpressure
"""

import asyncio
import time

BOUND = 8
BURST = 10
TICK = .005
SIZE = 16 * 1024


async def produce(queue, counts):
    while True:
        for _ in range(BURST):
            counts['made'] += 1
            await queue.put(bytes([1]) * SIZE)  # Waits until there is room, if there is a bound.
        await asyncio.sleep(TICK)


async def consume(queue, counts):
    while True:
        await queue.get()
        await asyncio.sleep(TICK)  # Pretends to write it to a disk.
        counts['done'] += 1


async def measure(name, queue):
    counts = {'made': 0, 'done': 0}
    tasks = [asyncio.create_task(produce(queue, counts)), asyncio.create_task(consume(queue, counts))]
    start = time.monotonic()
    for look in range(1, 5):
        await asyncio.sleep(max(0, start + .2 * look - time.monotonic()))
        print(f'{name}, {200 * look} ms: {counts["made"]} messages made, {counts["made"] - counts["done"]} messages left')
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def supervisor():
    await measure('bounded', asyncio.Queue(BOUND))
    await measure('unbounded', asyncio.Queue())


def main():
    asyncio.run(supervisor())


if __name__ == '__main__':
    main()
