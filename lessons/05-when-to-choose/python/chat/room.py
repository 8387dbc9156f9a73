"""Who is there, and who gets which line, as in src/chat/room.rs. All of it runs on the
loop's thread, between two awaits, so there is no lock."""

import asyncio
from dataclasses import dataclass

from chat.name import folded, name_of

# How many lines may wait for a client.
OUTBOX = 256

# How many names are told at once. The server's lines have a bound too.
LISTED = 50


def counted(count: int, what: str) -> str:
    return f'{count} {what}{"" if count == 1 else "s"}'


class Outbox:
    """The lines that wait for a client, and how many it has missed since."""

    def __init__(self) -> None:
        # None says that nothing follows.
        self.lines: asyncio.Queue[str | None] = asyncio.Queue(OUTBOX)
        self.missed = 0

    def offer(self, line: str) -> bool:
        """Puts a line in if there is room, and never waits. Says whether there was."""
        if self.missed and not self.lines.full():
            # First comes how much it has missed, so that it knows where.
            self.lines.put_nowait(self.take_missed())
        if self.missed or self.lines.full():
            self.missed += 1
            return False
        self.lines.put_nowait(line)
        return True

    async def put(self, line: str | None) -> None:
        """Waits for room: for what its client has asked for."""
        await self.lines.put(line)

    async def next(self) -> str | None:
        """Waits for the next line. If none is there, that is what was missed."""
        if self.missed and self.lines.empty():
            return self.take_missed()
        return await self.lines.get()

    def take_missed(self) -> str:
        """What the client is to be told, if it has missed anything."""
        missed, self.missed = self.missed, 0
        what = counted(missed, 'line')
        return f'* {what} missed here, since you read too slowly\n' if missed else ''


class Refused(Exception):
    """A client does not get what it asks for. What it says is for the client."""


@dataclass(slots=True)
class Member:
    name: str
    outbox: Outbox
    passed_on: int = 0


class Room:
    """Everybody who has given a name, and how many are connected."""

    def __init__(self) -> None:
        # By their names without case.
        self.members: dict[str, Member] = {}
        self.connected = 0
        self.is_closed = False
        self.joined = self.passed_on = self.missed = self.cut_off = 0

    def join(self, name: str, outbox: Outbox) -> Member:
        """Lets somebody in, tells it who is there, and tells the others."""
        if holder := self.members.get(folded(name)):
            if holder.name == name:
                raise Refused(f'{name} is here already; try another name')
            could_be = f'{name} could be taken for {holder.name}'
            raise Refused(f'{could_be}, who is here; try another name')
        outbox.offer(f'* welcome, {name}; {self.who_is_here()}\n')
        member = Member(name, outbox)
        self.broadcast(member, f'* {name} has joined\n')
        self.members[folded(name)] = member
        self.joined += 1
        return member

    def say(self, member: Member, text: str) -> None:
        """Passes a text on to everybody but the client who said it."""
        self.count(member)
        self.broadcast(member, f'<{member.name}> {text}\n')

    def tell(self, member: Member, to: str, text: str) -> None:
        """Passes a text on to one member, whose name may be in another case."""
        receiver = self.members.get(folded(name_of(to) or ''))
        if receiver is None:
            raise Refused(f'nobody here is called {to}')
        if not receiver.outbox.offer(f'<{member.name}, to you> {text}\n'):
            self.missed += 1
            raise Refused(f'{to} reads too slowly; that line was not passed on')
        self.count(member)

    def leave(self, member: Member) -> None:
        """Lets somebody out, and tells the others."""
        del self.members[folded(member.name)]
        if not self.is_closed:  # At the end everybody is told that anyway.
            self.broadcast(member, f'* {member.name} has left\n')

    def who_is_here(self) -> str:
        names = sorted(member.name for member in self.members.values())
        if not names:
            return 'nobody else is here'
        here = 'here: ' + ', '.join(names[:LISTED])
        more = len(names) - LISTED
        return f'{here} and {more} more' if more > 0 else here

    def count(self, member: Member) -> None:
        member.passed_on += 1
        self.passed_on += 1

    def broadcast(self, sender: Member, line: str) -> None:
        for member in self.members.values():
            if member is not sender and not member.outbox.offer(line):
                self.missed += 1

    def totals(self) -> str:
        """What has happened, if this is the end: who is connected is cut off."""
        joined = counted(self.joined, 'client')
        passed_on = counted(self.passed_on, 'line')
        missed = f'{self.missed} missed by slow readers'
        cut_off = self.cut_off + self.connected
        return f'{joined} joined, {passed_on} passed on, {missed}; {cut_off} cut off'
