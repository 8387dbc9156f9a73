"""The strings of the notes' listings as they are printed there: one does not compile, and the other erases nothing."""

FRAMES = r"'|/-\'"
ERASER = '' * len('| thinking!')
RESTORED = '\x08' * len('| thinking!')


def main() -> None:
    try:
        compile(FRAMES, 'the notes', 'eval')
    except SyntaxError as error:
        print(f'{FRAMES} does not compile: {error.msg}')
    print(f"'' * len(status) goes back {len(ERASER)} columns, '\\x08' * len(status) goes back {len(RESTORED)}")


if __name__ == '__main__':
    main()
