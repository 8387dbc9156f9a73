"""The spinner on a thread of its own, stopped by an event.

    cargo run -p lesson-01 -- python-threads --timeline

The main thread sleeps in slow(), and the operating system runs the spinner's thread beside it. Both hold the
interpreter's lock only while they run Python code, and sleeping is not running. Where the notes poll a flag every 100
ms, Event.wait returns as soon as the event is set. The finally clause ends the spinner on Ctrl-C too: nothing else
would, since a thread can't be cancelled from outside.
"""

import itertools
import sys
import threading
import time


def spin(message: str, done: threading.Event) -> None:
    for frame in itertools.cycle('|/-\\'):
        sys.stdout.write(f'\r{frame} {message}')
        sys.stdout.flush()
        if done.wait(0.1):  # (5) A nap that done.set() cuts short.
            break
    sys.stdout.write('\r\x1b[K')  # Erases the line.
    sys.stdout.flush()


def slow() -> int:
    """Pretends to wait for I/O: three seconds and half a tick, so that it returns in the middle of a nap."""
    time.sleep(3.05)
    return 42


def supervisor() -> int:
    done = threading.Event()  # (1) Something to wait for, and to be woken by.
    spinner = threading.Thread(target=spin, args=('thinking!', done))
    print('spinner object:', spinner)
    spinner.start()  # (2) Only now, so the line above is out first.
    try:
        return slow()  # (3) Sleeps on this thread. The spinner has one of its own.
    finally:
        done.set()  # (4) Wakes the spinner, wherever it is in its nap.
        spinner.join()  # Waits until it has ended.


def main() -> None:
    answer = supervisor()
    print('Answer:', answer)


if __name__ == '__main__':
    main()
