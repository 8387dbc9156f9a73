"""asyncio.get_event_loop() without a running loop, as the notes call it, on the Python that runs this.

Up to 3.11 it makes a loop, from 3.12 on it warns while it does, and from 3.14 on it refuses.
"""

import asyncio
import platform
import warnings


def main() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter('always')
        try:
            asyncio.get_event_loop().close()
        except RuntimeError as error:
            said = f'refuses: {error}'
        else:
            said = f'warns: {caught[0].category.__name__}' if caught else 'makes a loop'
    print(f'Python {platform.python_version()} {said}')


if __name__ == '__main__':
    main()
