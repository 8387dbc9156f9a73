"""What a request is refused for by its head alone, as in src/web/rules.rs: all that
can be parsed, and that two programs could read in two ways.

The body of such a request is not read, so the connection ends with the answer.
"""

import re
from dataclasses import replace
from ipaddress import AddressValueError, IPv6Address

from web.request import LONGEST_BODY, Request, too_long
from web.route import Refusal, Route, refusal

# The name or the address of a host, with or without a port. It may be empty.
HOST = re.compile(
    r"(?:\[([0-9A-Fa-f:.]+)\]|(?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*)"
    r'(?::[0-9]*)?'
)


def check(request: Request, route: Route) -> None:
    """Looks at the head of a request, before its body is read."""
    if not names_one_host(request):
        raise refusal(400, b'a request names one host\n')
    if request.is_chunked:
        check_codings(request)
    # The client asks whether to send its body. We know already that it would be in
    # vain.
    if request.asks_first and request.has_body and route.refusal:
        raise Refusal(replace(route.refusal, closes=True))
    if not request.is_chunked and (request.length or 0) > LONGEST_BODY:
        raise too_long()


def names_one_host(request: Request) -> bool:
    """Whether it says for which host it is, once and in words that can be one. In
    HTTP/1.0 it may be silent about it."""
    hosts = request.headers.get('host', [])
    if len(hosts) > 1 or (request.is_1_1 and not hosts):
        return False
    if request.authority is not None:
        hosts = [*hosts, request.authority]
        if not request.authority:
            return False
    return all(is_host(host) for host in hosts)


def is_host(text: str) -> bool:
    found = HOST.fullmatch(text)
    if found is None or found[1] is None:
        return found is not None
    try:
        IPv6Address(found[1])
    except AddressValueError:
        return False
    return True


def check_codings(request: Request) -> None:
    """`chunked` is all we can read. Where it is not the last coding, or not the only
    time, there is no way to know where the body ends."""
    match request.options('transfer-encoding'):
        case ['chunked'] if request.is_1_1:  # HTTP/1.0 has no codings.
            return
        case [*others, 'chunked'] if request.is_1_1 and all(map(is_unknown, others)):
            raise refusal(501, b'no coding but chunked is known here\n')
        case _:
            raise refusal(400, b'a body has one coding, and that is chunked\n')


def is_unknown(coding: str) -> bool:
    """`identity` was a coding once, which changed nothing. Today it is an error."""
    return coding.partition(';')[0].rstrip(' \t') not in ('chunked', 'identity')
