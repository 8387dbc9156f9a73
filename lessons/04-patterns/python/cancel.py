"""Cancel a task, on asyncio.

    cargo run -p lesson-04 -- python-cancel --timeline

The same worker with the same helper, and the helper with the same call. After a while we cancel the worker. In Python
that is an exception, raised where the worker waits. So its cleanup can await, which a destructor in Rust can't. But the
worker can also swallow it, which would be a worker that can't be cancelled. The helper is a task of its own, and goes on,
and nothing stops a thread.
"""

import asyncio
import threading

helper_task: asyncio.Task[None]


async def supervisor() -> None:
    hung_up = threading.Event()
    try:
        task = asyncio.create_task(worker(hung_up))
        await asyncio.sleep(0.35)
        print('we: it is cancelled')
        task.cancel()  # (1) Returns at once.
        print('we: cancel has returned')
        await asyncio.wait([task])  # (2) Waits until it has ended.
        print(f'we: it is gone, and was cancelled: {task.cancelled()}')
        await asyncio.sleep(0.35)  # (3) The others have all the time they want.
        print('we: the peer hangs up')
    finally:
        hung_up.set()  # After Ctrl-C too: asyncio.run waits for the thread, which nothing else ends.
    await helper_task


async def worker(hung_up: threading.Event) -> None:
    """Naps for ever."""
    global helper_task
    helper_task = asyncio.create_task(helper(hung_up))
    try:
        while True:
            await asyncio.sleep(0.1)
    except asyncio.CancelledError:
        print('  worker: says goodbye')
        await asyncio.sleep(0.25)  # (4) Cleanup that awaits.
        raise  # (5) Or nobody learns that it was cancelled.
    finally:
        print('  worker: its finally runs')


async def helper(hung_up: threading.Event) -> None:
    """Waits for a call on another thread."""
    try:
        await asyncio.to_thread(call, hung_up)
        print('  helper: goes on after the call')
    finally:
        print('  helper: its finally runs')


def call(hung_up: threading.Event) -> None:
    """Blocks its thread until the peer hangs up, as a read from a socket would."""
    hung_up.wait()
    print('  call: ends')


def main() -> None:
    asyncio.run(supervisor())


if __name__ == '__main__':
    main()
