"""What a client's line does, and what it is answered, as in
src/chat/conversation.rs."""

from chat.lines import Malformed
from chat.name import LONGEST, name_of
from chat.room import Member, Outbox, Refused, Room, counted

# What a client is told first.
GREETING = '* your name, please\n'

# What a client is told for which there is no place.
FULL = '! the chat is full; try again later\n'

COMMANDS = (
    'the commands are /to NAME TEXT, /list and /leave;'
    ' a text that begins with / takes //'
)


class Over(Exception):
    """The client goes, or the chat has ended."""


class Conversation:
    """What the server knows of one client."""

    def __init__(self, room: Room, outbox: Outbox) -> None:
        self.room = room
        self.outbox = outbox
        self.member: Member | None = None

    def hear(self, line: str | Malformed) -> str | None:
        """Does what a line of the client's asks for. Gives what is for the client
        itself, which may have to wait for it."""
        if self.room.is_closed:
            raise Over
        try:
            if isinstance(line, Malformed):
                raise Refused(str(line))
            if self.member is None:
                return self.join(line.strip())
            return self.obey(self.member, line.rstrip())
        except Refused as refused:
            return f'! {refused}\n'

    def join(self, typed: str) -> None:
        if typed == '/leave':
            raise Over
        name = name_of(typed)
        if name is None:
            what = f'1 to {LONGEST} letters, digits, - or _'
            raise Refused(f'a name has {what}; try another one')
        self.member = self.room.join(name, self.outbox)

    def obey(self, member: Member, line: str) -> str | None:
        if not line.startswith('/') or line.startswith('//'):
            if text := line.removeprefix('/'):
                self.room.say(member, text)
            return None
        command, _, rest = line[1:].partition(' ')
        match command, rest:
            case 'to', _:
                to, _, text = rest.partition(' ')
                if not to or not text.strip():
                    raise Refused('it is /to NAME TEXT')
                self.room.tell(member, to, text)
                return None
            case 'list', '':
                return f'* {self.room.who_is_here()}\n'
            case 'leave', '':
                raise Over
        raise Refused(COMMANDS)

    def end(self) -> str:
        """Ends it, and gives the last line, after what was missed before."""
        passed_on = 0
        if self.member:
            self.room.leave(self.member)
            passed_on = self.member.passed_on
        why = 'the chat ends' if self.room.is_closed else 'bye'
        missed = self.outbox.take_missed()
        return f'{missed}* {why}; {counted(passed_on, "line")} of yours passed on\n'
