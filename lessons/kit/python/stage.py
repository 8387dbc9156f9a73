"""The stage for the Python variants: what lesson-kit does for a variant in Rust.

    python3 stage.py SCRIPT

Runs SCRIPT as the main program, and ends it the way a person at a terminal expects: by the signal after Ctrl-C, quietly
when nobody reads its output any more, with one sentence when its output can't be written. Other errors keep Python's own
traceback.

Where the environment names a folder in LESSON_KIT_EVENTS, the script's functions are recorded there as well: when each
was entered and left, on which thread. A coroutine is entered whenever the event loop resumes it, and a generator whenever
a loop asks it for more. So is each frame that it shows: what it writes behind a carriage return.
"""

# Before anything else: as long as there is nothing to clean up, Ctrl-C ends the process without a word. Who starts us may
# hold it back until then, since an interpreter that is interrupted while it starts says so at length.
import signal

signal.signal(signal.SIGINT, signal.SIG_DFL)
if hasattr(signal, 'pthread_sigmask'):
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])

import contextlib
import dis
import inspect
import io
import json
import os
import runpy
import sys
import threading
import time
from pathlib import Path


def is_in_background():
    """Whether another program has the terminal. Then the row is not ours, and a shell's prompt may stand there."""
    try:
        return os.tcgetpgrp(1) != os.getpgrp()
    except (AttributeError, OSError):
        return False  # A system without jobs, or no terminal.


class Output(io.TextIOWrapper):
    """Standard output that draws no frames in the background, and that remembers why it could not be written."""

    failure = None
    recorder = None

    def write(self, text):
        if text.startswith('\r'):
            frame = text[1:].rstrip()
            # What erases the line shows nothing.
            if self.recorder and frame and not frame.startswith('\x1b'):
                self.recorder.frame(frame)
            if self.draws_nothing():
                return len(text)
        try:
            return super().write(text)
        except OSError as error:
            self.failure = error
            raise

    def draws_nothing(self):
        """Whether frames stay away. A recorded script writes into a pipe; if that ends on a terminal, it is told so."""
        return is_in_background() or (self.recorder and 'LESSON_KIT_COLUMNS' not in os.environ)

    def flush(self):
        try:
            super().flush()
        except OSError as error:
            self.failure = error
            raise


def remember_failed_output():
    """Puts an Output in the place of standard output."""
    plain = sys.stdout
    keep = {name: getattr(plain, name) for name in ('encoding', 'errors', 'line_buffering', 'write_through')}
    sys.stdout = Output(plain.detach(), **keep)


def end_if_output_failed():
    """Ends the process if its standard output can't be written, from whichever thread; returns if that is not so."""
    error = sys.stdout.failure
    if isinstance(error, BrokenPipeError):
        # What a shell makes of a program that SIGPIPE has ended.
        os._exit(128 + 13)
    if error is not None:
        program = Path(sys.argv[0]).name
        reason = f'{error.strerror} (os error {error.errno})'
        way_out = 'Send the output somewhere that can take it.'
        sys.stderr.write(f'{program}: cannot write to standard output: {reason}. {way_out}\n')
        sys.stderr.flush()
        os._exit(1)


def end_if_no_room_for_threads(error):
    """Ends the process if that is what `error` says. It would wait for the threads that it has; returns for others."""
    if isinstance(error, RuntimeError) and str(error) == "can't start new thread":
        program = Path(sys.argv[0]).name
        way_out = 'End other programs, or raise `ulimit -u`.'
        sys.stderr.write(f'{program}: no room for another thread. {way_out}\n')
        sys.stderr.flush()
        os._exit(1)


def end_by_ctrl_c():
    """Ends the process so that a shell sees 130."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    with contextlib.suppress(OSError):
        sys.stdout.flush()
    os.kill(os.getpid(), signal.SIGINT)


def perform(run):
    """Runs the script by calling `run`, and sees to its end."""
    report = threading.excepthook
    interrupted = False

    def interrupt(number, frame):
        nonlocal interrupted
        interrupted = True
        signal.default_int_handler(number, frame)

    def ended_in_a_thread(args):
        end_if_output_failed()
        # After Ctrl-C the main thread takes away what the others work with. That is no news, and they would all say it.
        if not interrupted:
            report(args)

    def ended_in_a_task(_report):
        end_if_output_failed()
        return True

    threading.excepthook = ended_in_a_thread
    handler = interrupt
    if 'asyncio' in sys.modules:
        # asyncio puts its own in the place of this one, and of no other.
        handler = signal.default_int_handler
        import logging  # asyncio has loaded it. Scripts without asyncio are measured without it.

        logging.getLogger('asyncio').addFilter(ended_in_a_task)
    remember_failed_output()
    try:
        # The script has KeyboardInterrupt as any other has. Before and after it, nobody would catch one.
        try:
            signal.signal(signal.SIGINT, handler)
            run()
            sys.stdout.flush()
        finally:
            signal.signal(signal.SIGINT, signal.SIG_DFL)
    except KeyboardInterrupt:
        end_by_ctrl_c()
    except Exception as error:
        end_if_output_failed()
        end_if_no_room_for_threads(error)
        raise


def cpu_of_children():
    """The CPU time in nanoseconds of all processes that were started here and have been waited for."""
    times = os.times()
    return int((times.children_user + times.children_system) * 1e9)


@contextlib.contextmanager
def monitored(entered, left):
    """Has CPython 3.12 and newer tell of every Python function that is entered and left."""
    tool, tell, events = sys.monitoring.PROFILER_ID, sys.monitoring, sys.monitoring.events
    going_in = events.PY_START, events.PY_RESUME, events.PY_THROW
    coming_out = events.PY_YIELD, events.PY_RETURN, events.PY_UNWIND
    tell.use_tool_id(tool, 'lesson-kit')
    # The caller of a callback is the function that it is about.
    for event in going_in:
        tell.register_callback(tool, event, lambda *_: entered(sys._getframe(1)))
    for event in coming_out:
        suspended = event == events.PY_YIELD
        tell.register_callback(tool, event, lambda *_, suspended=suspended: left(sys._getframe(1), suspended))
    tell.set_events(tool, sum(going_in + coming_out))
    try:
        yield
    finally:
        tell.set_events(tool, 0)
        tell.free_tool_id(tool)


@contextlib.contextmanager
def profiled(entered, left):
    """The same for CPython 3.11, which tells profilers. They have to find out whether a function is only suspended."""

    def profile(frame, event, _argument):
        if event == 'call':
            entered(frame)
        elif event == 'return':
            # A generator that is closed where it is suspended stands there too, and its span stays open. (So it does on
            # 3.13, which says nothing then.)
            left(frame, dis.opname[frame.f_code.co_code[frame.f_lasti]] == 'YIELD_VALUE')

    threading.setprofile(profile)
    sys.setprofile(profile)
    try:
        yield
    finally:
        sys.setprofile(None)
        threading.setprofile(None)


# No more is noted, as in Rust: of spans and entries together, of frames, and of nanoseconds since the first.
MOST_EVENTS = 100_000
LONGEST = 3_600 * 10**9

# What marks the code of a coroutine or a generator. It is polled: each time it runs up to its next yield or await.
POLLED = inspect.CO_COROUTINE | inspect.CO_GENERATOR | inspect.CO_ASYNC_GENERATOR


def now():
    """The time on the clock of a recording, in nanoseconds."""
    if hasattr(time, 'clock_gettime_ns'):
        return time.clock_gettime_ns(time.CLOCK_MONOTONIC)
    return time.time_ns()


class Recorder:
    """Notes when the functions of a script are entered and left, in the form that lesson-kit's event log has."""

    def __init__(self, script):
        self.script = script
        self.threads = []
        self.numbers = {}
        self.events = []
        self.spans = {}
        self.opened = 0
        self.noted = 0
        self.frames = 0
        self.complete_until = None
        self.inside = threading.local()
        self.lock = threading.Lock()

    def has_room(self):
        """Whether what begins now is noted. What has been noted to begin is also noted to end."""
        if self.complete_until is None:
            at = now()
            if self.noted >= MOST_EVENTS or self.is_over(at):
                self.complete_until = at
            self.noted += 1
        return self.complete_until is None

    def is_over(self, at):
        return bool(self.events) and at - self.events[0]['at'] > LONGEST

    def note(self, what, **details):
        at = now()
        with self.lock:
            ident = threading.get_ident()
            if ident not in self.numbers:
                self.numbers[ident] = len(self.threads)
                self.threads.append(threading.current_thread().name)
            self.events.append({'at': at, 'thread': self.numbers[ident], 'what': {what: details}})

    def entered(self, frame):
        """A function begins, or goes on after a yield or an await."""
        code = frame.f_code
        if code.co_filename != self.script or code.co_name.startswith('<'):
            return
        stack = self.inside.__dict__.setdefault('stack', [])
        if frame not in self.spans and self.has_room():
            self.opened += 1
            self.spans[frame] = self.opened
            parent = stack[-1] if stack else None
            self.note('opened', span=self.opened, parent=parent, name=code.co_name, future=bool(code.co_flags & POLLED))
        if self.has_room():
            stack.append(self.spans[frame])
            self.note('entered', span=self.spans[frame])
        else:
            self.spans.pop(frame, None)  # Its end would be taken for the end of an entry that is noted.

    def left(self, frame, suspended):
        """A function stands at a yield or an await, if it is `suspended`, or else has ended."""
        if frame not in self.spans:
            return
        span = self.spans[frame] if suspended else self.spans.pop(frame)
        stack = self.inside.stack
        if stack and stack[-1] == span:
            stack.pop()
        self.note('left', span=span)
        if not suspended:
            self.note('closed', span=span)

    def frame(self, text):
        """A status line shows `text`. Frames are few, and a person looks at them even if the rest is too much."""
        at = now()
        if self.frames >= MOST_EVENTS or self.is_over(at):
            self.complete_until = self.complete_until or at
            return
        self.frames += 1
        stack = self.inside.__dict__.get('stack')
        self.note('frame', span=stack[-1] if stack else None, text=text)

    def run(self, main):
        """Calls `main` and records it."""
        watch = monitored if hasattr(sys, 'monitoring') else profiled
        with watch(self.entered, self.left):
            main()

    def write(self, folder):
        log = {
            'process': os.getpid(),
            'cpu': time.process_time_ns() + cpu_of_children(),
            'complete_until': self.complete_until,
            'threads': self.threads,
            'events': self.events,
        }
        Path(folder, f'{os.getpid()}.json').write_text(json.dumps(log))


def end_with_parent(parent):
    """Ends this process when its parent has, on systems that don't see to it themselves."""
    while os.getppid() == parent:
        time.sleep(0.1)
    os._exit(1)


def main():
    # Only where it is needed does the kit name the parent. Another process may have inherited the name.
    parent = os.environ.get('LESSON_KIT_PARENT')
    if parent == str(os.getppid()):
        threading.Thread(target=end_with_parent, args=(int(parent),), daemon=True).start()
    script = sys.argv[1]
    sys.argv = sys.argv[1:]
    sys.path[0] = str(Path(script).parent)
    # Loaded first and then called, so that imports are not part of a recording, and nobody sees them interrupted.
    program = runpy.run_path(script, run_name='__lesson__')['main']
    folder = os.environ.get('LESSON_KIT_EVENTS')
    if folder is None:
        perform(program)
        return
    recorder = Output.recorder = Recorder(script)
    try:
        perform(lambda: recorder.run(program))
    finally:
        try:
            recorder.write(folder)
        except OSError as error:
            way_out = 'Set TMPDIR to a folder with room.'
            sys.exit(f'{Path(script).name}: cannot hand over what was recorded: {error.strerror}. {way_out}')


if __name__ == '__main__':
    main()
