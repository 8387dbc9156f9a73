"""From blocking code to asyncio and back, and what happens in the wrong place.

`to_thread` is what `spawn_blocking` is on tokio, and `run_coroutine_threadsafe` is how another thread has a coroutine run in
a loop. Who asks for its result on the loop's own thread waits for ever; here for half a second.

    cargo run -p lesson-04 -- python-bridging
"""

import asyncio
import time


def blocking():
    time.sleep(.02)
    return 42


async def awaiting():
    await asyncio.sleep(.02)
    return 42


async def supervisor():
    loop = asyncio.get_running_loop()
    print('asyncio to blocking, to_thread:', await asyncio.to_thread(blocking))

    def in_a_thread():
        return asyncio.run_coroutine_threadsafe(awaiting(), loop).result()

    print('thread to asyncio, run_coroutine_threadsafe:', await asyncio.to_thread(in_a_thread))

    coroutine = awaiting()
    try:
        asyncio.run(coroutine)
    except RuntimeError as error:
        print(f'in a coroutine, asyncio.run: RuntimeError: {error}')
    finally:
        coroutine.close()

    future = asyncio.run_coroutine_threadsafe(awaiting(), loop)
    try:
        future.result(timeout=.5)  # Blocks the thread that would have to run it.
    except TimeoutError:
        print('in a coroutine, run_coroutine_threadsafe: hangs')
    future.cancel()


def main():
    print('blocking to asyncio, asyncio.run:', asyncio.run(awaiting()))
    asyncio.run(supervisor())


if __name__ == '__main__':
    main()
