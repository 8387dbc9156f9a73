"""Three clients that say a few words, one after the other, and print what they send and
get, as in src/chat/demonstration.rs."""

import asyncio
import sys
from collections.abc import Callable

# No chat on this machine takes that long.
PATIENCE = 30


class Client:
    def __init__(self, name: str, port: int) -> None:
        self.name, self.port = name, port

    async def join(self) -> None:
        streams = await asyncio.open_connection('127.0.0.1', self.port)
        self.reader, self.writer = streams
        await self.gets()
        await self.says(self.name)
        await self.gets()

    async def says(self, line: str) -> None:
        print(f'{self.name:>4} > {line}', flush=True)
        self.writer.write(f'{line}\n'.encode())
        await self.writer.drain()

    async def gets(self) -> None:
        async with asyncio.timeout(PATIENCE):
            line = await self.reader.readuntil(b'\n')
        print(f'{self.name:>4} < {line.decode().rstrip()}', flush=True)

    def leave(self) -> None:
        self.writer.close()


async def play(port: int, stop: Callable[[], None]) -> None:
    """Plays it, and calls `stop` before the last lines, or when something goes wrong."""
    try:
        await talk(port, stop)
    except (OSError, EOFError) as error:
        print(f'the demonstration was cut short: {error}', file=sys.stderr, flush=True)
    finally:
        stop()


async def talk(port: int, stop: Callable[[], None]) -> None:
    ada, bob, eve = (Client(name, port) for name in ('ada', 'bob', 'eve'))
    await ada.join()
    await bob.join()
    await ada.gets()
    await eve.join()
    await ada.gets()
    await bob.gets()
    await ada.says('hello, both of you')
    await bob.gets()
    await eve.gets()
    await bob.says('/to ada who is she?')
    await ada.gets()
    await eve.says('/list')
    await eve.gets()
    await eve.says('/leave')
    await eve.gets()
    eve.leave()
    await ada.gets()
    await bob.gets()
    stop()
    for client in (ada, bob):
        await client.gets()
        client.leave()
