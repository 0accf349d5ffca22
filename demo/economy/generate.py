"""The demonstration food economy: ``python demo/economy/generate.py --lots 1000 --out events``.

The generator itself is part of the product (:mod:`shian.core.trace.economy`, also ``shian trace generate``), since the
tests and benches use it; this is its shortest use.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from shian.core.trace.economy import documents, generate


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lots", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("events"))
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(documents(generate(options.lots, options.seed)), 1):
        (options.out / f"{number:06d}.json").write_bytes(data)
    print(f"{number} documents in {options.out}/")


if __name__ == "__main__":
    main()
