"""A comment silences what it names, where it stands, and says so when it silences nothing."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradcheck.scan.engine import scan_text
from gradcheck.scan.registry import rules

BAD = "w.require_grad = False"


def codes(text):
    return [finding.code for finding in scan_text(text)]


@pytest.mark.parametrize(
    "text",
    [
        f"{BAD}  # gradcheck: ignore[GRC013]\n",
        f"{BAD}  # gradcheck: ignore[GRC013] read by our optimizer\n",
        f"{BAD}  #gradcheck:ignore[ GRC013 ]\n",
        f"{BAD}  # noqa: E501  # gradcheck: ignore[GRC013] and more # and more\n",
        f"# gradcheck: ignore[GRC013]\n{BAD}\n",
        f"# gradcheck: ignore[GRC013] why\n# another comment\n\n{BAD}\n",
        "w.require_grad = (\n    False\n)  # gradcheck: ignore[GRC013]\n",
        "w.require_grad = (  # gradcheck: ignore[GRC013]\n    False\n)\n",
        "w.require_grad = (\n    # gradcheck: ignore[GRC013]\n    False\n)\n",
        f"# gradcheck: ignore-file[GRC013]\nimport os\n{BAD}\n{BAD}\n",
        f"{BAD}\n# gradcheck: ignore-file[GRC013] at the end as well\n",
        f"# gradcheck: ignore-block[GRC013]\ndef f(w):\n    {BAD}\n    {BAD}\n",
        f"def f(w):  # gradcheck: ignore-block[GRC013]\n    if w:\n        {BAD}\n",
        f"def f(\n    w,\n):  # gradcheck: ignore-block[GRC013]\n    {BAD}\n",
        f"@decorated\n# gradcheck: ignore-block[GRC013]\ndef f(w):\n    {BAD}\n",
        f"# gradcheck: ignore-block[GRC013]\n@decorated\ndef f(w):\n    {BAD}\n",
        f"# gradcheck: ignore-block[GRC013]\nfor w in ws:\n    {BAD}\n",
        f"if a:\n    pass\nelse:  # gradcheck: ignore-block[GRC013]\n    {BAD}\n",
    ],
)
def test_a_finding_is_silenced(text):
    assert codes(text) == []


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"{BAD}  # gradcheck: ignored\n", ["GRC013"]),
        (f"text = '# gradcheck: ignore[GRC013]'; {BAD}\n", ["GRC013"]),
        (f'"""\n# gradcheck: ignore-file[GRC013]\n"""\n{BAD}\n', ["GRC013"]),
        (f"{BAD}  # write `# gradcheck: ignore[GRC013]` to silence it\n", ["GRC013"]),
        (f"{BAD}  # write `x# gradcheck: ignore[GRC013]`\n", ["GRC013"]),
        (f"# gradcheck: ignore[GRC013]\nx = 1\n{BAD}\n", ["GRC901", "GRC013"]),
        (f"def f(w):\n    {BAD}\n# gradcheck: ignore[GRC013]\n", ["GRC013", "GRC901"]),
        (f"# gradcheck: ignore-block[GRC013]\ndef f(w):\n    pass\n{BAD}\n", ["GRC901", "GRC013"]),
        (f"# gradcheck: ignore-block[GRC013]\n{BAD}\n", ["GRC901", "GRC013"]),
        (f"{BAD}  # gradcheck: ignore-file[GRC013]\n", ["GRC013", "GRC901"]),
        (f"{BAD}  # gradcheck: ignore[GRC01]\n", ["GRC013", "GRC901"]),
        (f"{BAD}  # gradcheck: ignore[]\n", ["GRC013", "GRC901"]),
        (f"{BAD}  # gradcheck: ignore[GRC013]  # gradcheck: ignore[GRC013]\n", []),
        (f"{BAD}  # gradcheck: ignore\n", ["GRC902"]),
        (f"# gradcheck: ignore-file[GRC902]\n{BAD}  # gradcheck: ignore\n", []),
        ("def f(x:  # gradcheck: ignore[GRC900]\n    pass\n", ["GRC900", "GRC901"]),
    ],
)
def test_what_a_comment_does_not_reach_is_told(text, left):
    assert codes(text) == left


@pytest.mark.parametrize(
    ("comment", "message"),
    [
        ("ignore[GRC013]", "`GRC013` is not found here; nothing is silenced by this comment"),
        ("ignore[GRC013, GRC009]", "`GRC013`, `GRC009` are not found here; nothing is silenced by this comment"),
        ("ignore[GRC998]", "there is no rule `GRC998`; nothing is silenced by this comment"),
        ("ignore[]", "no code is named; nothing is silenced by this comment"),
        ("ignore-block[GRC013]", "`ignore-block` begins no block; nothing is silenced by this comment"),
        ("ignore-file[GRC013]", "`ignore-file` is not on a line of its own; nothing is silenced by this comment"),
        ("ignore[GRC900]", "`GRC900` cannot be silenced; nothing is silenced by this comment"),
    ],
)
def test_an_unused_comment_says_why(comment, message):
    (finding,) = scan_text(f"x = 1  # gradcheck: {comment} reason\n")
    assert (finding.code, finding.message) == ("GRC901", message)
    assert (finding.span.line, finding.span.column) == (1, 8)
    assert finding.fix.safe


def test_a_comment_for_a_rule_that_was_not_asked_may_be_in_use():
    asked = [rule for code, rule in rules().items() if code != "GRC013"]
    assert scan_text(f"{BAD}  # gradcheck: ignore[GRC013]\n", rules=asked) == []


PIECES = (
    "w.require_grad = 1", "x = (", ")", "def f():", "    pass", "# gradcheck: ignore[GRC013]", "# gradcheck: ignore",
    "  # gradcheck: ignore-block[GRC013, GRC001]", "# gradcheck: ignore-file[GRC013]", "'''", "\n", "\n", "    ", "@d",
)  # fmt: skip


@settings(max_examples=150, derandomize=True, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_whatever_is_written_every_fix_of_a_comment_lies_within_the_text(text):
    for finding in scan_text(text):
        for edit in finding.fix.edits if finding.fix else ():
            assert 0 <= edit.start <= edit.end <= len(text)
            if finding.code == "GRC901":
                assert "gradcheck" in text[edit.start : edit.end] or "GRC" in text[edit.start : edit.end]
