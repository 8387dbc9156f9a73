"""The lesson's slow server for the Python variants: the lesson's own program, as a child process.

It listens on a port that is free, and ends when its standard input does. So it ends with us, even if we are killed.
"""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator


def items() -> int:
    """How many items to download."""
    return int(os.environ.get('ITEMS') or 20)


def is_ordered() -> bool:
    """Whether to show the downloads in the order of the items."""
    return os.environ.get('ORDERED') == '1'


@contextlib.contextmanager
def slow_server() -> Iterator[tuple[str, int]]:
    """Starts the server, gives its host and its port, and prints in the end what it has counted."""
    program = os.environ.get('LESSON_PROGRAM')
    if program is None:
        sys.exit('start this with `cargo run -p lesson-03 -- python-sequential`, which knows where the server is')
    settings = {'LISTEN': '127.0.0.1:0', 'ERRORS': '0', 'LESSON_03_LIFELINE': '1'}
    server = subprocess.Popen(
        [program, 'server'],
        env=os.environ | settings,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        # In a group of its own, where a terminal's Ctrl-C does not reach it: it ends when we do.
        process_group=None if os.name == 'nt' else 0,
    )
    with server:
        try:
            listening = server.stdout.readline()
            if not listening.startswith('listening on '):
                server.stdin.close()
                sys.exit(server.wait() or 1)
            host, port = listening.removeprefix('listening on ').split(': ')[0].split(':')
            yield host, int(port)
        finally:
            server.stdin.close()
        print(server.stdout.read(), end='')
