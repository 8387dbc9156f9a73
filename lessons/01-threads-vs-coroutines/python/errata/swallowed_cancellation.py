"""A coroutine that swallows CancelledError can't be timed out.

asyncio.timeout cancels what runs inside it, and turns the CancelledError that comes out into a TimeoutError. When none
comes out, there is nothing to turn.
"""

import asyncio


async def wait_swallowing() -> str:
    try:
        await asyncio.sleep(10)
    except asyncio.CancelledError:
        pass
    return 'went on as if nothing had happened'


async def wait_cleaning_up() -> str:
    try:
        await asyncio.sleep(10)
    finally:
        print('cleaned up')
    return 'never reached'


async def main() -> None:
    for wait in wait_swallowing, wait_cleaning_up:
        try:
            async with asyncio.timeout(0.05):
                print(wait.__name__, 'said:', await wait())
        except TimeoutError:
            print(wait.__name__, 'timed out')


if __name__ == '__main__':
    asyncio.run(main())
