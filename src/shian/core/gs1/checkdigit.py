"""Check digits and check characters (GS1 General Specifications §7.9)."""

from __future__ import annotations

_SAFE = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_CSET82 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
_PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83)

# The weighted sum of a string of zeros, by its length: ord("0") once for each weight.
_ZEROS = tuple(48 * (3 * ((size + 1) // 2) + size // 2) for size in range(40))
_CHECKED_ZEROS = tuple(48 * ((size + 1) // 2 + 3 * (size // 2)) for size in range(40))


def check_digit(digits: str) -> str:
    """The modulo-10 check digit that follows ``digits``: weights 3, 1, 3 … from the right.

    >>> check_digit("690123456789")
    '2'
    """
    codes = digits.encode("ascii")
    return str(-(3 * sum(codes[-1::-2]) + sum(codes[-2::-2]) - _ZEROS[len(codes)]) % 10)


def has_check_digit(digits: str) -> bool:
    """Whether the last of ``digits`` is the check digit of those before it."""
    codes = digits.encode("ascii")
    return (sum(codes[-1::-2]) + 3 * sum(codes[-2::-2]) - _CHECKED_ZEROS[len(codes)]) % 10 == 0


def check_characters(text: str) -> str:
    """The check character pair of a Global Model Number (modulo 1021, §7.9.5), for at most 23 characters.

    >>> check_characters("1987654Ad4X4bL5ttr2310c")
    '2K'
    """
    total = sum(_CSET82.index(char) * prime for char, prime in zip(reversed(text), _PRIMES, strict=False))
    high, low = divmod(total % 1021, 32)
    return _SAFE[high] + _SAFE[low]
