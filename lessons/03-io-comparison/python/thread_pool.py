"""A pool of threads, in Python: ThreadPoolExecutor.

    cargo run -p lesson-03 -- python-thread-pool --timeline
    ORDERED=1 cargo run -p lesson-03 -- python-thread-pool

The function as_completed() gives the results in the order in which they are done, and
the pool's map() in the order of the items.
"""

import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from urllib.request import ProxyHandler, build_opener

from slow_server import is_ordered, items, slow_server

WORKERS = 8


def fetch(address: str) -> bytes:
    with build_opener(ProxyHandler({})).open(address) as answer:
        return answer.read()


def in_order(host: str, port: int) -> int:
    began = time.monotonic()
    total = 0
    addresses = [f'http://{host}:{port}/items/{item}' for item in range(items())]
    with ThreadPoolExecutor(WORKERS) as pool:
        for item, body in enumerate(pool.map(fetch, addresses)):  # (2)
            print(f'{time.monotonic() - began:.2f} s: item {item}, {len(body)} bytes')
            total += len(body)
    return total


def download_all(host: str, port: int) -> int:
    began = time.monotonic()
    total = 0
    with ThreadPoolExecutor(WORKERS) as pool:
        numbers = {pool.submit(fetch, f'http://{host}:{port}/items/{item}'): item for item in range(items())}  # (1)
        for future in as_completed(numbers):  # (3)
            body = future.result()
            item = numbers[future]
            print(f'{time.monotonic() - began:.2f} s: item {item}, {len(body)} bytes')
            total += len(body)
    return total


def main() -> None:
    with slow_server() as (host, port):
        total = in_order(host, port) if is_ordered() else download_all(host, port)
    print(f'Answer: {total} bytes')


if __name__ == '__main__':
    main()
