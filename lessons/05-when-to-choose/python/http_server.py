"""The web service on asyncio: a task for each connection, and one thread for all.

There is no hyper here and no other package: HTTP is read by web/request.py, from
asyncio's streams. The same tasks run on uvloop's loop where that is installed. Ctrl-C
stops it as it stops the others: who is being served is served to the end, and the last
line accounts for every request. A second Ctrl-C doesn't wait for them.

    cargo run -p lesson-05 -- python-http
    curl -i http://127.0.0.1:8080/sleep/50
    LOOP=uvloop cargo run -p lesson-05 -- python-http
    LISTEN=127.0.0.1:0 CONNECTIONS=100 PATIENCE=5 DRAIN=1 cargo run -p lesson-05 -- \
python-http
"""

import asyncio
import contextlib
import os
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from email.utils import formatdate
from http import HTTPStatus

import loops
import setting
from serving import Accepting, Signals, end_by
from web import request, rules
from web.request import LONGEST_HEAD, Request
from web.route import BACKEND, Refusal, Reply, Route, primes_below, refusal

# How many bytes more are read from a client whose request is answered before its end.
MOST_DROPPED = 16 * 1024 * 1024


@dataclass(frozen=True)
class Settings:
    """What can be set by environment variables."""

    listen: tuple[str, int]
    # The most connections at once.
    connections: int
    # How long a client may keep the server waiting, in seconds: for the head of its
    # next request, for the body, and until it takes in more of an answer.
    patience: float
    # How long to go on for clients that are being served when the server stops.
    drain: float

    @classmethod
    def read(cls) -> 'Settings':
        usual = '127.0.0.1:8080'
        listen = setting.address('LISTEN', usual) or ('127.0.0.1', 8080)
        connections = setting.connections(1_000_000, 10_000)
        patience = setting.seconds('PATIENCE', 0.001, 30)
        return cls(listen, connections, patience, setting.seconds('DRAIN', 0, 5))


def main() -> None:
    loops.run(serve(Settings.read()))


async def serve(settings: Settings) -> None:
    signals = Signals()
    listener = setting.listen(settings.listen)
    server = Server(settings)
    print(f'listening on http://{setting.shown(listener.getsockname())}', flush=True)

    async with asyncio.TaskGroup() as group:
        accepting = group.create_task(accept(listener, server))
        number = await signals.next()
        accepting.cancel()  # (1) The client that comes next is not accepted.
    listener.close()
    print(f'stopping; open connections: {len(server.connections)}', flush=True)
    server.is_stopping = True
    for task in server.idle:
        task.cancel()  # (2) The others get their answers first.
    # (3) Done when all of them are, in whatever way.
    ended = asyncio.gather(*server.connections, return_exceptions=True)
    again = asyncio.create_task(signals.next())
    either = asyncio.FIRST_COMPLETED
    await asyncio.wait([ended, again], timeout=settings.drain, return_when=either)
    print(server.tally(), flush=True)
    end_by(number)


class Server:
    """What all connections share. They are on one thread, so there is no lock."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.places = asyncio.Semaphore(settings.connections)
        # A task for each, also so that it is not collected as garbage.
        self.connections: set[asyncio.Task[None]] = set()
        # Those that wait for a request, or have got their last answer.
        self.idle: set[asyncio.Task[None]] = set()
        self.is_stopping = False
        self.accepted = self.requests = self.answered = 0
        # For what computes.
        self.pool = ThreadPoolExecutor(os.cpu_count())

    def start(self, connection: socket.socket) -> None:
        """Starts the task of a client."""
        self.accepted += 1
        # Not in a TaskGroup: there an error in one of them would cancel all the others.
        task = asyncio.create_task(attend(connection, self))
        self.connections.add(task)
        task.add_done_callback(self.end)

    def end(self, task: asyncio.Task[None]) -> None:
        self.connections.discard(task)  # (4) It counts no longer, however it has ended.
        self.places.release()

    @contextlib.contextmanager
    def is_idle(self) -> Iterator[None]:
        """What is within can be cancelled when the server stops."""
        task = asyncio.current_task()
        self.idle.add(task)
        try:
            yield
        finally:
            self.idle.discard(task)

    def tally(self) -> str:
        lost = self.requests - self.answered
        return (
            f'requests: {self.requests}, answered: {self.answered}, not answered to the'
            f' end: {lost}; connections: {self.accepted}, cut off:'
            f' {len(self.connections)}'
        )


async def accept(listener: socket.socket, server: Server) -> None:
    """Accepts for ever, as many at once as are allowed. The others wait in the system's
    queue, which `asyncio.start_server` would empty."""
    loop = asyncio.get_running_loop()
    accepting = Accepting()
    while True:
        if server.places.locked():
            accepting.is_full(server.settings.connections)
        await server.places.acquire()
        try:
            connection, _ = await loop.sock_accept(listener)
        # (5) No descriptor is left, or this client has gone already.
        except OSError as error:
            server.places.release()
            await asyncio.sleep(accepting.failed(error, len(server.connections)))
            continue
        accepting.works()
        server.start(connection)
        await asyncio.sleep(0)  # While more of them wait, accepting never does.


async def attend(connection: socket.socket, server: Server) -> None:
    """Serves one client, for as many requests as it likes."""
    try:
        reader, writer = await asyncio.open_connection(
            sock=connection, limit=LONGEST_HEAD
        )
    except OSError:
        return  # It has gone.
    # So `drain` waits until the system has taken all of an answer.
    writer.transport.set_write_buffer_limits(high=0)
    client = Client(reader, writer, server)
    try:
        while await client.serve():
            pass
    except (OSError, EOFError):
        pass  # The client's affair: it may have gone away, or kept us waiting.
    finally:
        writer.transport.abort()  # What it has not taken by now, it never will.


@dataclass(slots=True)
class Client:
    """One that is connected."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    server: Server

    async def serve(self) -> bool:
        """Serves a request. Gives whether the connection goes on."""
        if self.server.is_stopping:
            return False
        try:
            received = await self.receive()
        except Refusal as refused:
            await self.write(head(refused.reply.status, ['content-length: 0'], 'close'))
            await self.see_off()
            return False
        self.server.requests += 1
        reply = await self.answer(received)
        # A server that stops says so with its last answer.
        closes = reply.closes or self.server.is_stopping or not received.keeps_alive
        goes_on = await self.send(received, reply, closes)
        self.server.answered += 1
        if reply.closes:
            await self.see_off()
        return goes_on

    async def receive(self) -> Request:
        # (6) A client that sends nothing is sent away here. All of a head has this time
        # together, so a byte now and then buys no more of it.
        async with asyncio.timeout(self.server.settings.patience):
            with self.server.is_idle():
                first = await request.first_line(self.reader)
            return await request.rest_of_head(self.reader, first)

    async def answer(self, received: Request) -> Reply:
        route = Route.of(received.method, received.path)
        try:
            body = await self.read_body(received, route)
        except Refusal as refused:
            return refused.reply
        if route.refusal:
            return route.refusal
        match route.name, route.number:
            case 'sleep', milliseconds:
                await asyncio.sleep(milliseconds / 1000)
                return Reply(200, f'waited {milliseconds} ms\n'.encode())
            case 'primes', below:
                count = await self.count(below)
                return Reply(200, f'{count} primes below {below}\n'.encode())
            case 'mixed' | 'naive' as name, below:
                await asyncio.sleep(BACKEND)
                # The naive one has the loop's only thread meanwhile.
                is_naive = name == 'naive'
                count = primes_below(below) if is_naive else await self.count(below)
                return Reply(200, f'{count} primes below {below}\n'.encode())
        return route.answer(body)

    async def read_body(self, received: Request, route: Route) -> bytes:
        """Reads the body of a request, or raises why not."""
        rules.check(received, route)  # Some are refused without it.
        if not received.has_body:
            return b''  # Most have none, and need no timeout.
        if received.asks_first:
            await self.write(b'HTTP/1.1 100 Continue\r\n\r\n')
        try:
            async with asyncio.timeout(self.server.settings.patience):
                return await request.read_body(self.reader, received)
        except TimeoutError:
            raise refusal(408, b'that took too long\n') from None

    async def count(self, below: int) -> int:
        """Counts on a thread, so that the loop has its turns: the interpreter gives it
        one after 5 ms, and another core gives it nothing."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.server.pool, primes_below, below)

    async def send(self, received: Request, reply: Reply, closes: bool) -> bool:
        """Writes an answer. Gives whether the connection goes on."""
        content = reply.content
        headers = [f'content-type: {reply.content_type}']
        if reply.allow:
            headers.append(f'allow: {reply.allow}')
        is_whole = isinstance(content, bytes)
        is_chunked = not is_whole and received.is_1_1
        if is_whole:
            headers.append(f'content-length: {len(content)}')
        elif is_chunked:
            headers.append('transfer-encoding: chunked')
        else:
            closes = True  # The content ends where the connection does.
        # HTTP/1.0 has to be told.
        connection = 'close' if closes else '' if received.is_1_1 else 'keep-alive'
        start = head(reply.status, headers, connection)
        if received.method == 'HEAD':
            await self.write(start)
        elif is_whole:
            await self.write(start + content)
        else:
            await self.write(start)
            for piece in content:
                framed = b'%x\r\n%b\r\n' % (len(piece), piece) if is_chunked else piece
                await self.write(framed)
                await asyncio.sleep(0)  # (7) A fast reader would never let it go.
            if is_chunked:
                await self.write(b'0\r\n\r\n')
        return not closes

    async def write(self, data: bytes) -> None:
        """Writes all of it, or raises when the client has not read for so long."""
        self.writer.write(data)
        async with asyncio.timeout(self.server.settings.patience):
            await self.writer.drain()

    async def see_off(self) -> None:
        """Says goodbye to a client that may not have sent all of its request yet."""
        # (8) To close a socket with something unread resets the connection, and that
        # may cost the client its answer.
        self.writer.write_eof()
        dropped = 0
        async with asyncio.timeout(self.server.settings.patience):
            with self.server.is_idle():  # A signal need not wait for this.
                if self.server.is_stopping:
                    return
                while dropped < MOST_DROPPED:
                    data = await self.reader.read(LONGEST_HEAD)
                    if not data:
                        return
                    dropped += len(data)


def head(status: int, headers: list[str], connection: str) -> bytes:
    lines = [f'HTTP/1.1 {status} {HTTPStatus(status).phrase}', *headers]
    if connection:
        lines.append(f'connection: {connection}')
    lines.append(f'date: {formatdate(usegmt=True)}\r\n\r\n')
    return '\r\n'.join(lines).encode()


if __name__ == '__main__':
    main()
