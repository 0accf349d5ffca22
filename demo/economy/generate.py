"""The demonstration food economy (演示用食品流通数据) as EPCIS documents: ``python demo/economy/generate.py --lots 1000``.

The generator is :mod:`shian.site.demo.economy`; this is ``shian trace generate`` for a checkout that is not installed.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "src"))

from shian.site.commands.trace import generate

if __name__ == "__main__":
    generate()
