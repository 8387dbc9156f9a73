"""A service that is told to stop, on asyncio.

The same service as `shutdown`: no new customers after Ctrl-C or `kill`, a deadline for those who are there, and a second
signal leaves at once. Handlers that are added with `loop.add_signal_handler` run in the loop, between two callbacks, and
not in the middle of something. Without them, `asyncio.run` turns Ctrl-C into a cancellation of the main task, and `kill`
ends the process where it stands. It stops by itself after three seconds, and knows neither LISTEN nor DRAIN.

    cargo run -p lesson-04 -- python-shutdown
"""

import asyncio
import collections
import os
import signal
import sys

CLOSING_TIME = 3
DRAIN = 2
ASKS = [190, 310, 470]


async def attend(reader, writer, giving_up, account):
    """Serves one customer, or tells them that we have given up."""
    account['accepted'] += 1
    serving = asyncio.create_task(serve(reader, writer))
    told = asyncio.create_task(giving_up.wait())
    try:
        await asyncio.wait([serving, told], return_when=asyncio.FIRST_COMPLETED)
        if serving.done():
            account['hung up' if serving.exception() else 'answered'] += 1
        else:
            serving.cancel()
            writer.write(b'given up\n')
            account['given up'] += 1
    finally:
        told.cancel()
        writer.close()


async def serve(reader, writer):
    question = await reader.readline()
    if not question:
        raise EOFError
    if question.strip().isdigit():
        milliseconds = int(question)
        await asyncio.sleep(milliseconds / 1000)  # Pretends to ask a database.
        answer = f'worked for {milliseconds} ms\n'
    else:
        answer = 'send one line with a number of milliseconds\n'
    writer.write(answer.encode())
    await writer.drain()


async def ask(port, question, met):
    """Asks, and gives whether it makes sense to ask again."""
    try:
        reader, writer = await asyncio.open_connection('127.0.0.1', port)
        writer.write(question)
        answer = await reader.read()
        writer.close()
    except ConnectionError:
        answer = b''
    met['given up' if answer == b'given up\n' else 'answered' if answer else 'turned away'] += 1
    return bool(answer)


async def customer(port, milliseconds, met):
    while await ask(port, b'%d\n' % milliseconds, met):
        pass


async def supervisor():
    """Gives the signal that stopped it, or None."""
    loop = asyncio.get_running_loop()
    signals = asyncio.Queue()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, signals.put_nowait, number)

    account, met = collections.Counter(), collections.Counter()
    in_flight, giving_up = set(), asyncio.Event()

    def accepted(reader, writer):
        task = asyncio.create_task(attend(reader, writer, giving_up, account))
        in_flight.add(task)
        task.add_done_callback(in_flight.discard)

    server = await asyncio.start_server(accepted, '127.0.0.1', 0)
    port = server.sockets[0].getsockname()[1]
    print(f'serving on 127.0.0.1:{port}; Ctrl-C stops it, and a second one leaves at once', flush=True)
    customers = [asyncio.create_task(customer(port, each, met)) for each in ASKS]
    customers.append(asyncio.create_task(ask(port, b'', met)))  # This one never says a word.

    first = second = None
    try:
        first = await asyncio.wait_for(signals.get(), CLOSING_TIME)
    except TimeoutError:
        pass
    why = signal.Signals(first).name if first else 'closing time'
    server.close()  # Its sockets. Who was accepted has a task, and keeps it.
    print(f'{why}: nobody new is accepted; {len(in_flight)} in flight have {DRAIN}s', flush=True)

    again = asyncio.create_task(signals.get())
    deadline = loop.time() + DRAIN
    while in_flight and not again.done():
        left = deadline - loop.time()
        if left <= 0:
            giving_up.set()
        await asyncio.wait([*in_flight, again], timeout=max(left, 0) or None, return_when=asyncio.FIRST_COMPLETED)
    if again.done():
        second = again.result()
    ends = ', '.join(f'{account[end]} {end}' for end in ('answered', 'given up', 'hung up'))
    print(f'{account["accepted"]} accepted: {ends}, {len(in_flight)} left behind')
    if second is None:
        # CPython can drop a client that it accepts in the moment of closing, and leave its
        # connection open (https://github.com/python/cpython/issues/109564).
        done, dropped = await asyncio.wait(customers, timeout=DRAIN)
        for each in dropped:
            each.cancel()
        met['turned away'] += len(dropped)
        await asyncio.gather(*done)
        print('customers: ' + ', '.join(f'{met[end]} {end}' for end in ('answered', 'given up', 'turned away')))
    return second or first


def main():
    number = asyncio.run(supervisor())
    if number is not None:
        # Ends by the signal, so that a shell sees 130 or 143.
        sys.stdout.flush()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)


if __name__ == '__main__':
    main()
