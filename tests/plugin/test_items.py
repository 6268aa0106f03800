"""Items live with fixtures, time limits and warnings like any other; what a module does costs its own items only."""

from __future__ import annotations

pytest_plugins = ["pytester"]


def test_fixtures_time_limits_and_warnings_as_errors_apply_without_changing_a_verdict(project):
    project.write(
        {
            "pyproject.toml": '[tool.pytest]\nfilterwarnings = ["error"]\n',
            "src/layers.py": """
            import warnings
            import numpy as np

            class Loud:
                def forward(self, x):
                    warnings.warn("forward ran")
                    print("forward ran")
                    np.log(np.zeros(1))
                    return 2 * x

                def backward(self, grad):
                    return 2 * grad
            """,
            "conftest.py": """
            import pytest

            @pytest.fixture(autouse=True)
            def seen(tmp_path, request):
                print("FIXTURE", request.node.name, tmp_path.is_dir())
            """,
        }
    )
    result = project.run("--gradcheck", "-p", "pytest_timeout", "--timeout=60", "src", "-s")
    result.assert_outcomes(passed=9, skipped=1)
    result.stdout.fnmatch_lines(["timeout: 60.0s*"])
    assert result.stdout.str().count("FIXTURE ") == result.stdout.str().count(" True\n") == 10


def test_a_module_that_ends_its_process_costs_its_own_items_only(project):
    layer = "class {}:\n    def forward(self, x): return x\n    def backward(self, g): return g\n"
    project.write(
        {
            "src/fatal.py": "import os\nos._exit(3)\n\n" + layer.format("Fatal"),
            # pytest itself would import a package before the items below it.
            "package/__init__.py": "import os\nos._exit(4)\n",
            "package/layers.py": layer.format("Packed"),
        }
    )
    result = project.run("--gradcheck", "-k", "Fatal or Packed or ReLU")
    counts = result.parseoutcomes()
    assert counts["passed"] >= 5
    assert counts["skipped"] >= 5
    assert "failed" not in counts
    result.stdout.fnmatch_lines(["not built: src/fatal.py::Fatal: *"])


def test_the_package_of_ordinary_tests_is_imported_as_ever(project, layers):
    project.write(
        {
            "package/__init__.py": "import pathlib\npathlib.Path('imported').write_text('')\n",
            "package/layers.py": layers,
            "package/test_it.py": "def test_passes(): pass\n",
        }
    )
    project.run("--gradcheck", "-k", "passes").assert_outcomes(passed=1, deselected=60)
    assert (project.pytester.path / "imported").exists()


def test_two_folders_with_a_file_of_the_same_name_are_not_confused(project):
    layer = "class Scale:\n    def forward(self, x): return {} * x\n    def backward(self, grad): return 3 * grad\n"
    project.write({"a/layers.py": layer.format(3), "b/layers.py": layer.format(4)})
    result = project.run("--gradcheck", "a", "b")
    result.assert_outcomes(passed=13, failed=1, skipped=6)
    result.stdout.fnmatch_lines(["FAILED b/layers.py::Scale::gradient - *"])


def test_an_ordinary_test_can_check_gradients_without_the_option(project, layers):
    project.write(
        {
            "test_it.py": f"""
import numpy as np
import pytest
{layers}

def test_right(gradcheck):
    report = gradcheck.check_layer(ReLU(), np.random.randn(4, 3))
    assert report.ok
    report.raise_if_failed()

def test_wrong(gradcheck):
    with pytest.raises(AssertionError, match="Dense: gradient of `b`"):
        gradcheck.check_layer(Dense(3, 2), np.random.randn(4, 3)).raise_if_failed()

def test_vjp(gradcheck):
    x = np.random.randn(3)
    assert gradcheck.check_vjp(np.sin, lambda y_bar, x: y_bar * np.cos(x), (x,)).ok
    assert not gradcheck.check_vjp(np.sin, lambda y_bar, x: y_bar * np.sin(x), (x,)).ok
"""
        }
    )
    project.run("test_it.py").assert_outcomes(passed=3)


def test_a_layer_that_does_not_end_costs_the_item_that_meets_it(project):
    project.write(
        {
            "pyproject.toml": "[tool.gradcheck]\nevaluation_seconds = 0.2\n",
            "src/halting.py": """
            import numpy as np

            class Halting:
                def forward(self, x):
                    while x.dtype == np.float32:
                        pass
                    return 2 * x

                def backward(self, grad):
                    return 2 * grad
            """,
        }
    )
    result = project.run("--gradcheck", "-k", "Halting and (contract or precision or linearity)", "src/halting.py")
    result.assert_outcomes(passed=2, skipped=1, deselected=7)
    result.stdout.fnmatch_lines(["inconclusive: src/halting.py::Halting::precision: *did not*"])
