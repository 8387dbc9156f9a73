"""Several prime checks, shared out among threads or processes: one cell of the variant cpu-sweep.

    python3 cpu_sweep.py threads 4 97 561 1009

prints how many seconds it took, from the making of the pool to its end, and an answer for each number.
"""

import os
import sys
import threading
import time
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor

import prime
import worker


def pool(kind: str, workers: int) -> Executor:
    if kind == 'threads':
        return ThreadPoolExecutor(workers)
    return ProcessPoolExecutor(workers, initializer=worker.begin)


def end_with_parent() -> None:
    """The variant holds our standard input open, and writes nothing. When it is gone, nobody wants the answers."""
    os.read(sys.stdin.fileno(), 1)
    os._exit(1)


def main() -> None:
    kind, workers, *numbers = sys.argv[1:]
    threading.Thread(target=end_with_parent, daemon=True).start()
    began = time.perf_counter()
    with pool(kind, int(workers)) as executor:  # (1)
        answers = list(executor.map(prime.is_prime, map(int, numbers)))  # (2)
    print(time.perf_counter() - began, *answers)


if __name__ == '__main__':
    main()
