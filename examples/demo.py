"""Check the reference layers (all right) and the broken ones (all found), then explain why three models do not learn.
The report of the broken layers is left in .gradcheck/, for a browser.

Exit 0 only when everything is as it should be.
"""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree as ET

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
BROKEN = HERE / "broken_layers.py"
TRAININGS = HERE / "broken_trainings.py"
RIGHT = ROOT / "reference_models"
REPORT = ROOT / ".gradcheck" / "broken_layers.html"


def planted(file: Path) -> dict[str, str]:
    """The name of every planted mistake and the check that must find it, read without importing the file."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "PLANTED":
            found: dict[str, str] = ast.literal_eval(node.value)
            return found
    raise SystemExit(f"{file.name} names no planted mistakes")


def check(target: Path, *more: str) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """Run the plugin on a file or folder; the (class, check) pairs that failed and those that passed."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.xml")
        shown = target.relative_to(ROOT).as_posix()
        print(f"\n$ pytest --gradcheck {shown}\n", flush=True)
        options = ["-q", "-p", "no:randomly", f"--junitxml={report}", *more]
        command = [sys.executable, "-m", "pytest", "--gradcheck", shown, *options]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
        code = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode  # noqa: S603 - written above
        if code not in (0, 1) or not report.exists():
            raise SystemExit(f"pytest ended with {code}")
        cases = list(ET.parse(report).iter("testcase"))  # noqa: S314 - written by the pytest just run
    failed, passed = set(), set()
    for case in cases:
        name = re.split(r"[.:]+", case.get("classname", ""))[-1]
        pair = (name, case.get("name", ""))
        if any(child.tag in ("failure", "error") for child in case):
            failed.add(pair)
        elif not any(child.tag == "skipped" for child in case):
            passed.add(pair)
    return failed, passed


def explain(name: str) -> str:
    """Run the command on one training; the first finding it names."""
    target = f"{TRAININGS.relative_to(ROOT).as_posix()}::{name}"
    print(f"\n$ gradcheck check-training {target}\n", flush=True)
    command = [sys.executable, "-m", "gradcheck", "check-training", target]
    ended = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)  # noqa: S603 - written above
    print(ended.stdout, end="", flush=True)
    if ended.returncode not in (0, 1):
        raise SystemExit(f"gradcheck ended with {ended.returncode}: {ended.stderr.strip()}")
    return ended.stdout.partition(":")[0]


def main() -> int:
    """Print all runs and the account."""
    false_alarms, passed = check(RIGHT)
    failed, _ = check(BROKEN, f"--gradcheck-html={REPORT}")
    wanted = planted(BROKEN)
    missed = {name: by for name, by in wanted.items() if (name, by) not in failed}
    also = {name for name, _ in failed if name not in wanted} | {name for name, _ in false_alarms}
    gradients = sum(1 for _, by in passed if by == "gradient")
    explained = {name: (explain(name), by) for name, by in planted(TRAININGS).items()}
    missed |= {name: by for name, (found, by) in explained.items() if found != by}
    right = sum(found == by for found, by in explained.values())
    print(f"\nplanted mistakes found  {sum(name not in missed for name in wanted)} of {len(wanted)}")
    print(f"trainings explained     {right} of {len(explained)}")
    print(f"right layers passed     {gradients}")
    print(f"false alarms            {len(also)}")
    for name, by in missed.items():
        print(f"missed: {name} should fail {by}")
    for name in sorted(also):
        print(f"false alarm: {name}")
    print(f"\nthe report of the broken layers, for a browser: {REPORT.as_uri()}")
    return 1 if missed or also or not gradients or not REPORT.is_file() else 0


if __name__ == "__main__":
    sys.exit(main())
