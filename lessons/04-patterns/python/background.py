"""A background task beside real work, on asyncio.

    cargo run -p lesson-04 -- python-background --timeline
    NUMBERS="2 3 five" cargo run -p lesson-04 -- python-background

The work reads six numbers from a socket, with a pause before each, and adds them up. Beside it the spinner turns, as a
task. It must end when the work does, however that ends. In Python that is a finally: it cancels the spinner, and waits
until the line is erased. Nothing cancels a task by itself: without the finally, the spinner goes on after an error.
"""

import asyncio
import itertools
import os
import socket
import sys
import threading
import time

NUMBERS = os.environ.get('NUMBERS', '').strip() or '2 3 5 7 11 14'


async def spin(message: str) -> None:
    """Draws a frame, waits a tick, for ever."""
    try:
        for frame in itertools.cycle('|/-\\'):
            sys.stdout.write(f'\r{frame} {message}')
            sys.stdout.flush()
            await asyncio.sleep(0.1)
    finally:
        sys.stdout.write('\r\x1b[K')  # Erases the line.
        sys.stdout.flush()


async def work(port: int) -> int:
    """Adds up the numbers that the peer sends."""
    reader, writer = await asyncio.open_connection('127.0.0.1', port)
    try:
        return sum([int(line) async for line in reader])
    finally:
        writer.close()


async def supervisor(port: int) -> int:
    spinner = asyncio.create_task(spin('thinking!'))  # (1) It would turn on without us.
    try:
        return await work(port)  # (2) An error leaves here.
    finally:
        spinner.cancel()  # (3) Only asks.
        await asyncio.wait([spinner])  # (4) Waits until the line is erased.


def peer(listener: socket.socket) -> None:
    """The other end of the line."""
    connection, _ = listener.accept()
    with connection:
        for number in NUMBERS.split():
            time.sleep(0.25)
            try:
                connection.sendall(f'{number}\n'.encode())
            except OSError:
                return  # Whoever has hung up before the last number has its reasons.


def main() -> None:
    listener = socket.create_server(('127.0.0.1', 0))
    threading.Thread(target=peer, args=[listener], daemon=True).start()
    try:
        answer = asyncio.run(supervisor(listener.getsockname()[1]))
    except ValueError as error:
        sys.exit(f'the peer sent what is no whole number: {error}')
    print(f'Answer: {answer}')


if __name__ == '__main__':
    main()
