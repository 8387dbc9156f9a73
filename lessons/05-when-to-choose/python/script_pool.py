"""The small script as it is written in Python: a list of files, a pool of threads, and a sum.

    cargo run -p lesson-05 -- python-script-pool
"""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

AT_ONCE = 4


def count(file):
    """Counts the lines and the words of a file."""
    text = file.read_bytes()
    return text.count(b"\n"), len(text.split())


def files(folder):
    """All files below a folder, but for links, and what is hidden."""
    for place, folders, names in os.walk(folder, onerror=fail):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for file in (Path(place, name) for name in names if not name.startswith(".")):
            if file.is_file() and not file.is_symlink():
                yield file


def fail(error):
    raise error


def main():
    folder = os.environ.get("FOLDER") or Path(__file__).parents[2]
    listed = list(files(folder))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        counts = list(pool.map(count, listed))  # (1)
    lines, words = (sum(column) for column in zip(*counts)) if counts else (0, 0)
    print(f"{len(listed)} files, {lines} lines, {words} words")


if __name__ == "__main__":
    main()
