"""One download after the other, in Python.

    cargo run -p lesson-03 -- python-sequential --timeline

Each call of urlopen blocks until its answer is there, so it takes as long as all of them together.
"""

import time
from urllib.request import ProxyHandler, build_opener

from slow_server import items, slow_server


def fetch(address: str) -> bytes:
    with build_opener(ProxyHandler({})).open(address) as answer:
        return answer.read()


def download_all(host: str, port: int) -> int:
    began = time.monotonic()
    total = 0
    for item in range(items()):
        body = fetch(f'http://{host}:{port}/items/{item}')  # (1)
        print(f'{time.monotonic() - began:.2f} s: item {item}, {len(body)} bytes')
        total += len(body)
    return total


def main() -> None:
    with slow_server() as (host, port):
        total = download_all(host, port)
    print(f'Answer: {total} bytes')


if __name__ == '__main__':
    main()
