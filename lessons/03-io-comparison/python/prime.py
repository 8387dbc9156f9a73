"""The work: whether a number is prime, found out by trying to divide it. And which number."""

import math
import os
import sys

# A prime whose check takes seconds. The variants in Rust check a larger one.
NUMBER = 5_000_111_000_222_021


def is_prime(number: int) -> bool:
    if number < 3 or number % 2 == 0:
        return number == 2
    for candidate in range(3, math.isqrt(number) + 1, 2):
        if number % candidate == 0:
            return False
    return True


def in_words(answer: bool) -> str:
    return 'prime' if answer else 'not prime'


def chosen() -> int:
    """The number in the environment's NUMBER, or else a large prime. Ends the program if it is no number."""
    given = os.environ.get('NUMBER', '')
    if not given:
        return NUMBER
    digits = given.strip().replace('_', '')
    if not (digits.isascii() and digits.isdecimal() and int(digits) < 2**64):
        limit = 'below 18446744073709551616 and without signs'
        print(f'lesson-03: NUMBER={given} is no number to check; write one {limit}, such as NUMBER=97', file=sys.stderr)
        sys.exit(2)  # As after a wrong command line.
    return int(digits)
