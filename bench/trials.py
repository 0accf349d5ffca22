"""How well plans of ten styles, never seen, are read: ``python bench/trials.py [STYLE …] [--errors]``.

F1 per style of the frozen set in ``tests/data/trials``, scored by the same tool as the five seed plans
(``../shared/tools/score_plans.py``). Head: the seven fields, right ones among those printed and among those given.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

from shian.core.plan import read_text

ROOT = Path(__file__).resolve().parent.parent
TRIALS = ROOT / "tests" / "data" / "trials"
TOOL = ROOT / "../shared/tools/score_plans.py"
SHOWN = ("tasks", "units+role", "targets", "targets+op", "deadlines", "head")
GOALS = {"tasks": 0.99, "units+role": 0.98, "targets": 0.97, "deadlines": 0.97, "head": 0.95}


def scoring_tool() -> Any:
    spec = importlib.util.spec_from_file_location("score_plans", TOOL)
    if spec is None or spec.loader is None or not TOOL.exists():
        sys.exit(f"no scoring tool at {TOOL}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def head(tool: Any, gold: dict[str, Any], got: dict[str, Any]) -> Any:
    """The seven fields as a count: right, given wrongly, printed and missed."""
    count = tool.Count()
    for name, value in gold.items():
        wrong = tool.score_doc({name: value}, {name: got.get(name)})[2]
        printed, given = value is not None, got.get(name) not in (None, "")
        count.tp += printed and not wrong
        count.fp += given and bool(wrong)
        count.fn += printed and bool(wrong)
        count.miss += wrong
    return count


def read_style(tool: Any, folder: Path, errors: bool) -> dict[str, Any]:
    total = {name: tool.Count() for name in SHOWN}
    for path in sorted(folder.glob("*.txt")):
        gold = json.loads(path.with_suffix(".gold.json").read_text("utf-8"))
        got = read_text(path.read_text("utf-8")).to_json()
        counts = {**tool.score_one(gold, got)[0], "head": head(tool, gold["doc"], got["doc"])}
        for name in SHOWN:
            total[name].add(counts[name])
            for word, items in (("missed", counts[name].miss), ("extra", counts[name].extra)):
                for item in items if errors else ():
                    print(f"{folder.name}/{path.stem} {name} {word}: {item}")
    return total


def report(name: str, counts: dict[str, Any]) -> None:
    print(f"{name:<12}" + "".join(f"{counts[k].prf()[2]:>12.3f}" for k in SHOWN))


def main() -> None:
    tool, asked = scoring_tool(), [a for a in sys.argv[1:] if not a.startswith("--")]
    folders = [f for f in sorted(TRIALS.iterdir()) if f.is_dir() and (not asked or f.name in asked)]
    styles = {f.name: read_style(tool, f, "--errors" in sys.argv) for f in folders}
    print(f"{'F1':<12}" + "".join(f"{k:>12}" for k in SHOWN))
    together = {k: tool.Count() for k in SHOWN}
    for name, counts in styles.items():
        report(name, counts)
        for k in SHOWN:
            together[k].add(counts[k])
    report("all", together)
    print(f"{'goal':<12}" + "".join(f"{GOALS.get(k, ''):>12}" for k in SHOWN))


if __name__ == "__main__":
    main()
