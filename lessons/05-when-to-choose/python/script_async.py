"""The small script as tasks of asyncio, to compare it with script_pool.py.

    cargo run -p lesson-05 -- python-script-async
    FOLDER=/usr/share/doc cargo run -p lesson-05 -- python-script-async

asyncio has no files, so each call is passed on to a pool of threads all the same. You see the same line.
"""

import asyncio
import os
import sys
from collections.abc import Iterator
from pathlib import Path

AT_ONCE = 4


def main() -> None:
    folder = os.environ.get('FOLDER') or Path(__file__).parents[2]
    try:
        listed = list(files(folder))
        counts = asyncio.run(count_all(listed))
    except* OSError as errors:  # (2)
        error = errors.exceptions[0]
        sys.exit(f'cannot read {error.filename}: {error.strerror}')
    lines, words = sum(lines for lines, _ in counts), sum(words for _, words in counts)
    print(f'{len(listed)} files, {lines} lines, {words} words')


async def count_all(listed: list[Path]) -> list[tuple[int, int]]:
    permits = asyncio.Semaphore(AT_ONCE)

    async def count_when_permitted(file: Path) -> tuple[int, int]:
        async with permits:  # (1)
            return await asyncio.to_thread(count, file)

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(count_when_permitted(file)) for file in listed]
    return [task.result() for task in tasks]


def count(file: Path) -> tuple[int, int]:
    """Counts the lines and the words of a file."""
    text = file.read_bytes()  # (3)
    return text.count(b'\n'), len(text.split())


def files(folder: str | Path) -> Iterator[Path]:
    """All files below a folder, but for links, and what is hidden."""
    for place, folders, names in os.walk(folder, onerror=fail):
        folders[:] = [name for name in folders if not name.startswith('.')]
        for file in (Path(place, name) for name in names if not name.startswith('.')):
            if file.is_file() and not file.is_symlink():
                yield file


def fail(error: OSError) -> None:
    raise error


if __name__ == '__main__':
    main()
