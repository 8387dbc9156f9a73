"""A loop that loses what it reads, and one that doesn't, on asyncio.

    cargo run -p lesson-04 -- python-cancel-safety

A peer sends six messages, each as a byte with its length and then its text, and the second of them in two halves. The
loop reads them, and hears a tick, which comes between those halves. The first loop cancels the reading whenever a tick
comes first. asyncio's readexactly() itself loses nothing: what it has not returned yet stays with the reader. But the
length that read_message() has read already is in a variable of the coroutine, and that is gone. The second loop keeps
the task, and goes on waiting for it.
"""

import asyncio

MESSAGES = ['first message', 'second', 'third message', 'fourth', 'fifth message', 'sixth']


class Peer:
    """Sends its second message in two halves, with a tick in between that it waits for."""

    def __init__(self) -> None:
        self.ticks: asyncio.Queue[asyncio.Event] = asyncio.Queue()
        self.lengths_read = 0
        self.second_has_begun = asyncio.Event()

    async def send_all(self, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for place, message in enumerate(MESSAGES):
            data = bytes([len(message)]) + message.encode()
            if place == 1:
                half = len(data) // 2
                writer.write(data[:half])
                await self.second_has_begun.wait()
                heard = asyncio.Event()
                self.ticks.put_nowait(heard)
                await heard.wait()
                data = data[half:]
            writer.write(data)
        writer.close()

    def length_is_read(self) -> None:
        self.lengths_read += 1
        if self.lengths_read == 2:
            self.second_has_begun.set()


async def read_message(reader: asyncio.StreamReader, peer: Peer) -> str | None:
    """Reads a message; None where they end."""
    length = await reader.read(1)
    if not length:
        return None
    peer.length_is_read()
    text = await reader.readexactly(length[0])  # (1) `length` is what is lost.
    return text.decode(errors='replace')


async def read_all(reader: asyncio.StreamReader, peer: Peer, *, keeps: bool, received: list[str]) -> None:
    reading = asyncio.create_task(read_message(reader, peer))
    tick = asyncio.create_task(peer.ticks.get())
    try:
        while True:
            await asyncio.wait([reading, tick], return_when=asyncio.FIRST_COMPLETED)
            if reading.done():
                message = reading.result()
                if message is None:
                    return
                received.append(message)
                reading = asyncio.create_task(read_message(reader, peer))
            if tick.done():
                if not keeps:
                    reading.cancel()  # (2) What a select that drops its losers does.
                    await asyncio.wait([reading])
                    reading = asyncio.create_task(read_message(reader, peer))
                tick.result().set()
                tick = asyncio.create_task(peer.ticks.get())
    finally:
        reading.cancel()
        tick.cancel()


async def meet(*, keeps: bool) -> str:
    peer = Peer()
    received: list[str] = []
    server = await asyncio.start_server(peer.send_all, '127.0.0.1', 0)
    async with server:
        reader, writer = await asyncio.open_connection('127.0.0.1', server.sockets[0].getsockname()[1])
        try:
            await read_all(reader, peer, keeps=keeps, received=received)
            ended = 'in order'
        except asyncio.IncompleteReadError:
            ended = 'in mid-message'
        writer.close()
    intact = sum(message in received for message in MESSAGES)
    return f'{len(MESSAGES)} sent, {intact} received, {len(MESSAGES) - intact} lost, ended {ended}'


async def program() -> None:
    print(f'cancelled at each tick: {await meet(keeps=False)}')
    print(f'kept: {await meet(keeps=True)}')


def main() -> None:
    asyncio.run(program())


if __name__ == '__main__':
    main()
