"""A chat on asyncio: two tasks for each client, and one thread for all.

One task reads what the client sends, the other writes what waits in its outbox: asyncio
has no `select!` for two streams. A TaskGroup holds the two together, so when one fails
the other ends. The room needs no lock, as on smol. You see three clients talk, and then
the chat end for everybody.

    cargo run -p lesson-05 -- python-chat
    LISTEN=127.0.0.1:4000 cargo run -p lesson-05 -- python-chat
    nc 127.0.0.1 4000      # in another terminal, or in two
"""

import asyncio
import contextlib
import socket
from dataclasses import dataclass

import loops
import setting
from chat import demonstration
from chat.conversation import FULL, GREETING, Conversation, Over
from chat.lines import Lines
from chat.room import Outbox, Room
from serving import PAUSE, Accepting, Signals, end_by

# How much is read at a time.
PIECE = 4_096

# After its last line the server reads on, and throws away what it reads, until the
# client is silent for so long. Closing a socket while something unread has come would
# reset the connection, and that could overtake the last lines.
LINGER = 1.0

ENDING = 'ending, and everybody is told; Ctrl-C again waits for nobody'


@dataclass(frozen=True)
class Limits:
    """What a chat may take."""

    # How many may be connected at once.
    clients: int
    # How long a client may take for a line before the server gives it up, and how long
    # the server waits at the end for all clients to take what is theirs; in seconds.
    stall: float

    @classmethod
    def read(cls) -> 'Limits':
        clients = setting.connections(1_000_000, 1_000_000)
        return cls(clients, setting.whole_number('STALL', 1, 600_000, 10_000) / 1000)


class Chat:
    """What all tasks share."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.room = Room()
        self.clients: set[asyncio.Task[None]] = set()
        # Those of them that read what their client sends.
        self.listening: set[asyncio.Task[None]] = set()


def main() -> None:
    limits = Limits.read()
    listen = setting.address('LISTEN', '127.0.0.1:4000')
    loops.run(serve(limits, listen))


async def serve(limits: Limits, listen: tuple[str, int] | None) -> None:
    """Lets clients in until the chat has ended, and then sees them out."""
    signals = Signals()
    listener = setting.listen(listen or ('127.0.0.1', 0))
    host, port = listener.getsockname()[:2]
    chat = Chat(limits)
    if listen:
        where = setting.shown((host, port))
        how = f'try `nc {host} {port}`; Ctrl-C ends it'
        print(f'listening on {where}: {how}', flush=True)

    played = asyncio.Event()
    number = None
    async with asyncio.TaskGroup() as group:
        accepting = group.create_task(accept(listener, chat))
        stopped = group.create_task(signals.next())
        clients = None
        if listen is None:
            clients = group.create_task(demonstration.play(port, played.set))
        over = group.create_task(played.wait())
        await asyncio.wait([stopped, over], return_when=asyncio.FIRST_COMPLETED)
        if stopped.done():  # (1)
            number = stopped.result()
            signals.leave_the_next_to_the_system()
            print(ENDING, flush=True)
        for task in (accepting, stopped, over):
            task.cancel()
        await asyncio.wait([accepting])
        listener.close()
        chat.room.is_closed = True
        for task in chat.listening:
            task.cancel()  # (2)
        if chat.clients:
            await asyncio.wait(chat.clients, timeout=limits.stall)
        if clients and number is None:
            await clients
        print(f'the chat has ended: {chat.room.totals()}', flush=True)
        if number is not None:
            end_by(number)
        for task in chat.clients:
            task.cancel()


async def accept(listener: socket.socket, chat: Chat) -> None:
    """Starts a task for every client. When this is cancelled, it accepts no other."""
    loop = asyncio.get_running_loop()
    accepting = Accepting()
    room = chat.room
    while True:
        try:
            connection, _ = await loop.sock_accept(listener)
        except OSError as error:
            await asyncio.sleep(accepting.failed(error, room.connected))  # (3)
            continue
        accepting.works()
        if room.connected >= chat.limits.clients:
            with connection, contextlib.suppress(OSError):
                async with asyncio.timeout(PAUSE):
                    await loop.sock_sendall(connection, FULL.encode())
            continue
        room.connected += 1
        client = asyncio.create_task(attend(connection, chat))
        chat.clients.add(client)
        client.add_done_callback(chat.clients.discard)
        await asyncio.sleep(0)  # While more of them wait, accepting never does.


async def attend(connection: socket.socket, chat: Chat) -> None:
    """Serves one client."""
    writer = None
    try:
        reader, writer = await asyncio.open_connection(sock=connection, limit=PIECE)
        # So `drain` waits until the system has taken all of a line.
        writer.transport.set_write_buffer_limits(high=0)
        await converse(reader, writer, chat)
        writer.write_eof()
        await linger(reader, chat.limits.stall)
    except* TimeoutError:
        chat.room.cut_off += 1  # It has taken nothing for too long.
    except* OSError:
        pass  # The client's affair, who has gone away.
    finally:
        if writer:
            writer.transport.abort()
        chat.room.connected -= 1


async def converse(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, chat: Chat
) -> None:
    """Listens and writes, until the client goes or the chat ends."""
    outbox = Outbox()  # (4)
    outbox.offer(GREETING)
    conversation = Conversation(chat.room, outbox)
    async with asyncio.TaskGroup() as group:
        group.create_task(write_lines(writer, outbox, chat.limits.stall))
        listening = group.create_task(listen_to(reader, conversation, outbox))
        chat.listening.add(listening)
        listening.add_done_callback(chat.listening.discard)
        if chat.room.is_closed:
            listening.cancel()
        try:
            await asyncio.wait([listening])  # (5)
        finally:
            farewell = conversation.end()
        await outbox.put(farewell)
        await outbox.put(None)  # (6) The writer ends when it has written what is there.


async def listen_to(
    reader: asyncio.StreamReader, conversation: Conversation, outbox: Outbox
) -> None:
    """Does what the client asks for, until it goes."""
    lines = Lines()
    with contextlib.suppress(OSError, Over):  # It has vanished, or it is over.
        while True:
            data = await reader.read(PIECE)
            for line in lines.feed(data) if data else lines.end():
                reply = conversation.hear(line)
                if reply:
                    await outbox.put(reply)
            if not data:
                return
            await asyncio.sleep(0)  # (7) If more has come, reading never waits.


async def write_lines(
    writer: asyncio.StreamWriter, outbox: Outbox, stall: float
) -> None:
    """Writes what comes into the outbox, until nothing follows."""
    while (line := await outbox.next()) is not None:
        writer.write(line.encode())
        async with asyncio.timeout(stall):
            await writer.drain()


async def linger(reader: asyncio.StreamReader, stall: float) -> None:
    """Reads until the client closes as well, or sends nothing for a while."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(stall):
            while await asyncio.wait_for(reader.read(PIECE), LINGER):
                pass


if __name__ == '__main__':
    main()
