"""The small script as it is written in Python: a list of files, a pool of threads, and a sum.

    cargo run -p lesson-05 -- python-script-pool
    FOLDER=/usr/share/doc cargo run -p lesson-05 -- python-script-pool

A call of the pool's map is all the concurrency there is. You see the same line as from script-pool and script-async.
"""

import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

AT_ONCE = 4


def main() -> None:
    folder = os.environ.get('FOLDER') or Path(__file__).parents[2]
    try:
        listed = list(files(folder))
        with ThreadPoolExecutor(AT_ONCE) as pool:
            counts = list(pool.map(count, listed))  # (1)
    except OSError as error:  # (2)
        sys.exit(f'cannot read {error.filename}: {error.strerror}')
    lines, words = sum(lines for lines, _ in counts), sum(words for _, words in counts)
    print(f'{len(listed)} files, {lines} lines, {words} words')


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
