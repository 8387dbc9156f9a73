"""What a person can set, through the environment, and what the system allows.

The rules are those of the servers in Rust, in src/setting.rs and src/limits.rs.
"""

import os
import socket
import sys
from ipaddress import ip_address
from typing import NoReturn

# How many clients may wait to be accepted; the system can have a limit below that.
QUEUE = 4_096

# Descriptors that are in use anyway: standard streams, the loop's own, the listener,
# and a few to spare.
DESCRIPTORS_IN_USE = 32

# The fewest with which it is worth to begin.
FEWEST_DESCRIPTORS = 16


def give_up(sentence: str, code: int = 2) -> NoReturn:
    """Ends the program, since it can't do what it was asked for."""
    sys.stderr.write(f'{os.path.basename(sys.argv[0])}: {sentence}\n')
    sys.exit(code)


def whole_number(name: str, least: int, most: int, usual: int) -> int:
    text = os.environ.get(name)
    if not text:
        return usual
    digits = text.replace('_', '')
    # What is longer than this is more than all that can be set.
    if digits.isascii() and digits.isdigit() and len(digits) < 20:
        if least <= int(digits) <= most:
            return int(digits)
    range_ = f'from {least} to {most}; without it, it is {usual}'
    give_up(f'{name}={text} is no whole number {range_}')


def seconds(name: str, least: float, usual: float) -> float:
    text = os.environ.get(name)
    if not text:
        return usual
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if least <= value <= 3_600:
        return value
    range_ = f'from {least:g} to 3600; without it, it is {usual:g}'
    give_up(f'{name}={text} is no number of seconds {range_}')


def address(name: str, example: str) -> tuple[str, int] | None:
    """An IP address and a port, if they are set."""
    text = os.environ.get(name)
    if not text:
        return None
    host, _, port = text.rpartition(':')
    is_ipv6 = host.startswith('[') and host.endswith(']')
    try:
        ip = ip_address(host[1:-1] if is_ipv6 else host)
        if is_ipv6 == (ip.version == 6) and port.isascii() and port.isdigit():
            if int(port) < 2**16:
                return str(ip), int(port)
    except ValueError:
        pass
    way_out = f'write one such as {name}={example}'
    give_up(f'{name}={text} is no IP address with a port; {way_out}')


def descriptors() -> int | None:
    """How many this process may have open, where there is such a limit."""
    try:
        import resource
    except ImportError:
        return None  # Windows has none.
    most, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return None if most == resource.RLIM_INFINITY else most


def connections(most: int, without_limit: int) -> int:
    """How many clients there may be at once: CONNECTIONS, or all there is room for."""
    limit = descriptors()
    if limit is not None and limit < FEWEST_DESCRIPTORS:
        give_up(
            f'{limit} file descriptors are too few (`ulimit -n` is {limit}); try'
            f' `ulimit -n {FEWEST_DESCRIPTORS}` or more, in a new shell if this one'
            ' refuses',
            code=1,
        )
    usual = without_limit if limit is None else max(limit - DESCRIPTORS_IN_USE, 1)
    return whole_number('CONNECTIONS', 1, most, usual)


def listen(address: tuple[str, int]) -> socket.socket:
    """A socket that listens, with room for a crowd. It never blocks."""
    family = socket.AF_INET6 if ':' in address[0] else socket.AF_INET
    try:
        listener = socket.create_server(address, family=family, backlog=QUEUE)
    except OSError as error:
        give_up(
            f'cannot listen on {shown(address)} ({error.strerror});'
            ' LISTEN=127.0.0.1:0 takes any port that is free',
            code=1,
        )
    listener.setblocking(False)
    return listener


def shown(address: tuple[str, int]) -> str:
    host, port = address[:2]
    return f'[{host}]:{port}' if ':' in host else f'{host}:{port}'
