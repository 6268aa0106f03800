"""torch is imported when the first check needs it, not before, and stays the module it is."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

CODE = """
import sys
from pathlib import Path
from gradcheck.run import Runner
from gradcheck.source.discovery import find_layers

executed = []

class Spy:
    def find_spec(self, name, path=None, target=None):
        if name == "torch._C":
            executed.append(name)

sys.meta_path.insert(0, Spy())
root = Path(sys.argv[1])
runner = Runner(root)
sites = find_layers([root], root=root).sites
cases = [runner.build(site) for site in sites]
outcomes = [runner.check(case, check).outcome.value for case in cases for check in ("contract", "determinism")]
assert outcomes == ["passed"] * 4, outcomes
assert "torch" not in sys.modules
oracles = [runner.check(case, "gradient").oracle for case in cases]
assert oracles == ["traced_autograd"] * 2, oracles
assert len(executed) == 1, executed
"""

LAYER = """
class {name}:
    def forward(self, x):
        self.x = x
        return x * x

    def backward(self, y_bar):
        return 2.0 * self.x * y_bar
"""


def test_torch_is_imported_once_by_the_first_check_that_needs_it(tmp_path):
    pytest.importorskip("torch", exc_type=ImportError)
    for name in ("First", "Second"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "layers.py").write_text(LAYER.format(name=name), encoding="utf-8")
    finished = subprocess.run(
        [sys.executable, "-c", CODE, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert finished.returncode == 0, finished.stderr
