"""Reads a recording with recording-format.md alone at hand, and says what it holds.

    python3 reader.py PAGE RECORDING
"""

import json
import re
import sys
from pathlib import Path


def keys(value):
    """The keys of this value, and of all that is in it."""
    if isinstance(value, dict):
        yield from value
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from keys(item)


def nest(entries):
    """Whether each of these entries lies wholly within or wholly outside each other."""
    return all(
        other['from'] >= entry['to'] or other['to'] <= entry['to']
        for place, entry in enumerate(entries)
        for other in entries[place + 1 :]
    )


def main():
    page, path = map(Path, sys.argv[1:])
    recording = json.loads(path.read_text(encoding='utf-8'))
    named = set(re.findall(r'\w+', ' '.join(re.findall(r'`([^`]*)`', page.read_text(encoding='utf-8')))))
    print('not in the page:', *sorted(set(keys(recording)) - named))

    assert (recording['format'], recording['version']) == ('lesson-recording', 1)
    runtime, measured = recording['runtime'], recording['measured']
    print(recording['lesson'], recording['variant'], runtime['name'], runtime['version'], recording['rustc'])
    print(recording['os'], recording['arch'], recording['cpus'], recording['recorded'], recording.get('complete_until'))
    print(recording['exit'].get('code'), recording['exit'].get('signal'))
    print(*(measured[key] for key in ('elapsed_ns', 'cpu_ns', 'peak_memory_bytes', 'peak_threads')))

    threads, spans, entries = recording['threads'], recording['spans'], recording['entries']
    for number, thread in enumerate(threads):
        here = [entry for entry in entries if entry['thread'] == number]
        print(thread['process'], thread['name'], nest(here))
    for number, span in enumerate(spans):
        parent = spans[span['parent']]['name'] if span['parent'] is not None else None
        print(span['name'], parent, span['kind'], span['opened'], span['closed'])
        for entry in entries:
            if entry['span'] == number:
                print(threads[entry['thread']]['name'], entry['from'], entry['to'], entry['why'])
    for frame in recording['frames']:
        print(frame['at'], threads[frame['thread']]['name'], spans[frame['span']]['name'], frame['text'])
    for result in recording['results']:
        print(result['row'], result['column'], result['value'], result['unit'] or 'without unit')
    for outcome in recording.get('outcomes', []):
        print(outcome['row'], outcome['column'], outcome['words'])
    for step in recording.get('scheduling', []):
        print(*(step[key] for key in ('at', 'thread', 'what', 'task', 'by', 'ready', 'timers', 'tasks')))
    print(repr(''.join(piece['text'] for piece in recording['output'])))


if __name__ == '__main__':
    main()
