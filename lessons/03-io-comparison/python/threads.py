"""A thread for each download, in Python.

    cargo run -p lesson-03 -- python-threads --timeline

While a thread waits for its socket it doesn't hold the GIL, so the others can go on, and all of them wait at the same
time.
"""

import time
from threading import Thread
from urllib.request import ProxyHandler, build_opener

from slow_server import items, slow_server


def fetch(address: str) -> bytes:
    with build_opener(ProxyHandler({})).open(address) as answer:
        return answer.read()


def download_all(host: str, port: int) -> int:
    began = time.monotonic()
    bodies: list[bytes | None] = [None] * items()

    def download(item: int) -> None:
        bodies[item] = fetch(f'http://{host}:{port}/items/{item}')  # (1)

    threads = [Thread(target=download, args=(item,)) for item in range(len(bodies))]
    for thread in threads:
        thread.start()
    total = 0
    for item, thread in enumerate(threads):
        thread.join()  # (2)
        body = bodies[item]
        if body is None:
            raise SystemExit(f'item {item} could not be downloaded')
        print(f'{time.monotonic() - began:.2f} s: item {item}, {len(body)} bytes')
        total += len(body)
    return total


def main() -> None:
    with slow_server() as (host, port):
        total = download_all(host, port)
    print(f'Answer: {total} bytes')


if __name__ == '__main__':
    main()
