"""A task that is cancelled and never awaited loses the cleanup that awaits.

cancel() only asks. The first program is over while the clean-up still waits, and asyncio.run cancels what is left, a second
time. The second program waits until the task is gone, as a task group does by itself.
"""

import asyncio


async def spin() -> None:
    try:
        while True:
            await asyncio.sleep(0.1)
    finally:
        print('  cleanup begins')
        await asyncio.sleep(0.01)
        print('  cleanup ends')


async def notes_supervisor() -> None:
    spinner = asyncio.create_task(spin())
    await asyncio.sleep(0.05)
    spinner.cancel()


async def structured_supervisor() -> None:
    async with asyncio.TaskGroup() as group:
        spinner = group.create_task(spin())
        await asyncio.sleep(0.05)
        spinner.cancel()


def main() -> None:
    for supervisor in notes_supervisor, structured_supervisor:
        print(supervisor.__name__)
        asyncio.run(supervisor())
        print('  supervisor is over')


if __name__ == '__main__':
    main()
