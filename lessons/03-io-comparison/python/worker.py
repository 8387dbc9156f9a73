"""What a process of a pool does before its first task."""

import multiprocessing
import os
import signal
import threading


def begin() -> None:
    """Lets Ctrl-C end this process without a word, and the end of its parent, whatever ended it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    threading.Thread(target=end_with_parent, daemon=True).start()


def end_with_parent() -> None:
    """Without it, a worker whose parent was killed would wait for its next task for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
