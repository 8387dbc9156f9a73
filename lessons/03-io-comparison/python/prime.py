"""The work: whether a number is prime, found out by trying to divide it. And which number."""

import math
import os

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
    """The number in the environment's NUMBER, or else a large prime."""
    return int(os.environ.get('NUMBER') or NUMBER)
