"""A call of an async def runs nothing.

    cargo run -p lesson-02 -- python-lazy

The call makes a coroutine. Its body runs when somebody awaits it, or when the event loop gets to the task that was made
of it. A coroutine that is thrown away before warns of that, on standard error, and only when the program gets there.
"""

import asyncio


async def greet(who: str) -> None:
    print(f'  hello, polled by {who}')


async def supervisor() -> None:
    print('called and dropped:')
    greet('nobody')  # (1) A coroutine that nobody awaits. RuntimeWarning, here and now, as it is freed at once.
    print('called and awaited:')
    coroutine = greet('main')  # (2) Nothing yet.
    print('  it waits for its first poll')
    await coroutine  # (3) Now.
    print('called and spawned:')
    task = asyncio.create_task(greet('the event loop'))  # (4) A task: the loop runs it as soon as we give way.
    print('  it waits for its turn')
    await task


def main() -> None:
    asyncio.run(supervisor())


if __name__ == '__main__':
    main()
