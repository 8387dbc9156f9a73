"""A task for each download, on asyncio.

    cargo run -p lesson-03 -- python-asyncio --timeline

urlopen would block the loop. The standard library has no HTTP client that awaits, so this writes its request to a stream
and reads the answer from it; a program of your own would take aiohttp or httpx.
"""

import asyncio
import time

from slow_server import items, slow_server


async def fetch(host: str, port: int, path: str) -> bytes:
    reader, writer = await asyncio.open_connection(host, port)
    try:
        writer.write(f'GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n'.encode())
        head = await reader.readuntil(b'\r\n\r\n')  # (1)
        fields = dict(line.lower().split(': ', 1) for line in head.decode().splitlines()[1:] if line)
        return await reader.readexactly(int(fields['content-length']))
    finally:
        writer.close()


async def download_all(host: str, port: int) -> int:
    began = time.monotonic()
    total = 0
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(fetch(host, port, f'/items/{item}')) for item in range(items())]
        for item, task in enumerate(tasks):
            body = await task  # (2)
            print(f'{time.monotonic() - began:.2f} s: item {item}, {len(body)} bytes')
            total += len(body)
    return total


def main() -> None:
    with slow_server() as (host, port):
        total = asyncio.run(download_all(host, port))
    print(f'Answer: {total} bytes')


if __name__ == '__main__':
    main()
