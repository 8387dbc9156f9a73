"""Children that end before their parent goes on, on asyncio.

    cargo run -p lesson-04 -- python-structured --timeline

A TaskGroup waits at the end of its block until all its tasks have ended. If one of them fails, it cancels the others, and
waits for them too. Then it raises what went wrong, all of it, in an ExceptionGroup. So no task outlives the block,
however it is left.
"""

import asyncio
import time

# How many fetches are going on.
held = 0


class NotFoundError(Exception):
    pass


async def fetch(name: str, length: float) -> str:
    """Pretends to fetch a page."""
    global held
    held += 1
    try:
        await asyncio.sleep(length)
    finally:
        held -= 1
    if name.endswith('dead link'):
        raise NotFoundError(f'404: {name}')
    return name


async def gather(children: list[tuple[str, float]]) -> list[str]:
    async with asyncio.TaskGroup() as group:  # (1) Its end is where all of them have ended.
        tasks = [group.create_task(fetch(name, length)) for name, length in children]
    return [task.result() for task in tasks]


async def supervisor() -> None:
    names = await gather([('first', 0.9), ('second', 0.3), ('third', 0.6)])
    print(f'{names}, still held: {held}')

    began = time.monotonic()
    try:
        await gather([('first', 0.9), ('a dead link', 0.3), ('third', 0.6)])
    except* NotFoundError as errors:  # (2) A group, even of one.
        print(f'{errors.exceptions} after {time.monotonic() - began:.1f} s, still held: {held}')


def main() -> None:
    asyncio.run(supervisor())


if __name__ == '__main__':
    main()
