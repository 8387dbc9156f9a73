"""A task for each spinner, on asyncio: what runs behind the rows `asyncio` of million.

    cargo run -p lesson-05 --release -- million
    SPINNERS=10000 PERIOD=0.1 cargo run -p lesson-05 --release -- million

million runs this as a child process, and reads what it prints five times a second: a
line of numbers, in the order of src/million/report.rs.
"""

import asyncio
import math
import os
import signal
import sys
import threading
import time
from array import array

import loops

# From one line to the next, in seconds.
INTERVAL = 0.2

# How many of the spinners are shown.
SHOWN = 8

# A line is made from about so many turns, so that it takes little time. The last one is
# made from all.
SAMPLE = 2_000

# How far the process is.
MAKING, TURNING, OVER = range(3)


class Board:
    """Where spinners line up, and note how late they turn."""

    def __init__(self, spinners: int, period: float, length: float) -> None:
        self.spinners, self.period, self.length = spinners, period, length
        # When all begin, by the monotonic clock.
        self.begin = asyncio.get_running_loop().create_future()
        self.since = time.monotonic()
        self.here = 0
        # How late each turn was; not a number as long as it has not happened. Turns are
        # numbered in the order in which they are due.
        self.late = array('d', [math.nan]) * self.due_before(length)
        self.shown = [0] * SHOWN
        self.memory_before = memory()

    async def line_up(self) -> float:
        """Waits for all the others. Gives the time at which all begin.

        That is after as long again as it took to make them, since each has to be woken.
        """
        self.here += 1
        if self.here == self.spinners:
            now = time.monotonic()
            self.begin.set_result(now + (now - self.since))
        return await self.begin

    def due(self, turn: int) -> float:
        """When a turn is due, in seconds from the beginning.

        The first turn of each spinner has the spinner's number.
        """
        return turn / self.spinners * self.period

    def due_before(self, passed: float) -> int:
        """How many turns are due before so long has passed; none after the end."""
        return math.ceil(min(passed, self.length) * self.spinners / self.period)

    def turn(self, turn: int, late: float) -> int:
        """A spinner turns, so late. Gives the number of its next turn."""
        if turn < len(self.late):
            # uvloop's timers are rounded to a millisecond, so they can be early.
            self.late[turn] = max(0.0, late)
        eighth = math.ceil(self.spinners / SHOWN)
        place, other = divmod(turn % self.spinners, eighth)
        if other == 0:
            self.shown[place] += 1
        return turn + self.spinners

    def lateness(self, passed: float, step: int) -> list[int]:
        """What is known after so long, from every so many turns.

        How many were due and on time; the median, p99 and worst lateness, in ns.
        """
        due = max(1, self.due_before(passed))  # The first is due at once.
        late = self.late[:due:step]  # A copy, as the spinners go on.
        on_time = sum(turn < self.period for turn in late)
        for place, turn in enumerate(late):
            if math.isnan(turn):  # It is late by as much as it is by now.
                late[place] = passed - self.due(place * step)
        late = sorted(late)
        places = [math.ceil(len(late) * quantile) - 1 for quantile in (0.5, 0.99, 1)]
        quantiles = [int(late[place] * 1e9) for place in places]
        return [due, min(on_time * step, due), *quantiles]

    def report(self, phase: int, size: int, lateness: list[int], cpu: int) -> None:
        print(phase, self.here, size, *lateness, cpu, *self.shown, flush=True)

    def report_all(self) -> None:
        """Prints what stands here, until the time is over."""
        while not self.begin.done():
            self.report(MAKING, memory() - self.memory_before, [0] * 5, 0)
            time.sleep(INTERVAL)
        begin = self.begin.result()
        sleep_until(begin)
        cpu_before = time.process_time_ns()
        most_memory = 0
        phase = TURNING
        while phase == TURNING:
            passed = max(0.0, time.monotonic() - begin)
            cpu = time.process_time_ns() - cpu_before
            most_memory = max(most_memory, memory() - self.memory_before)
            phase = TURNING if passed < self.length else OVER
            step = math.ceil(len(self.late) / SAMPLE) if phase == TURNING else 1
            self.report(phase, most_memory, self.lateness(passed, step), cpu)
            sleep_until(begin + min(passed + INTERVAL, self.length))


def watch(board: Board) -> None:
    """What the thread beside the spinners does, until it ends the process."""
    code = 1  # As when nobody reads what it prints.
    try:
        board.report_all()
        code = 0
    except MemoryError:
        sys.stderr.write('MemoryError\n')
    finally:
        os._exit(code)  # The tasks would be cancelled first, all of them.


# ANCHOR: spin
async def run(spinners: int, period: float, length: float) -> None:
    board = Board(spinners, period, length)
    threading.Thread(target=watch, args=[board], daemon=True).start()
    async with asyncio.TaskGroup() as group:
        for spinner in range(spinners):
            group.create_task(spin(board, spinner))


async def spin(board: Board, spinner: int) -> None:
    begin = await board.line_up()
    turn = spinner
    while True:
        due = begin + board.due(turn)
        await asyncio.sleep(due - time.monotonic())
        turn = board.turn(turn, time.monotonic() - due)
# ANCHOR_END: spin


def sleep_until(when: float) -> None:
    """Stops the thread that calls it."""
    time.sleep(max(0.0, when - time.monotonic()))


def memory() -> int:
    """What is resident of this process, in bytes. 0 where the system doesn't tell."""
    try:
        with open('/proc/self/status') as status:
            lines = (line.split() for line in status)
            return next(int(line[1]) * 1024 for line in lines if line[0] == 'VmRSS:')
    except OSError:
        return 0


def main() -> None:
    loop, spinners, period, length = sys.argv[1:]
    # asyncio would answer Ctrl-C by cancelling the tasks, all of them.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    with asyncio.Runner(loop_factory=loops.factory(loop)) as runner:
        runner.run(run(int(spinners), float(period), float(length)))


if __name__ == '__main__':
    main()
