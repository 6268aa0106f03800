"""What people read: complete, within 80 columns, the carets under what is meant."""

from __future__ import annotations

import dataclasses

from gradcheck.scan.model import Finding, Severity, Span
from gradcheck.scan.render import concise, github, grouped
from gradcheck.scan.render import full as full_format

END = """\
Found 2 findings (1 error, 1 warning) in 2 of 3 files.
2 findings accepted by the baseline.
1 can be mended with --fix.
By running: 1 confirmed, 0 refuted, 0 untested.
"""
FULL = """\
src/a b.py:7:12: error GRC002 copied_requires_grad
  `f` makes a new leaf of <raw> & loses 100% of it
    |
  5 |     h = np.exp(x.data)
    |         ^^^^^^^^^^^^^^ the plain array of `x`
  ...
  7 |     return Tensor(h)  # 数
    |            ^^^^^^^^^ a new leaf
    |
  why         The gradient is lost.
  instead     Compute with tensors.
  by running  confirmed: gradient failed

src/n.ipynb:cell 2:1:3: warning GRC013 requires_grad_typo
  `require_grad` is no attribute
    |
  1 | w.require_grad = 1
    |   ^^^^^^^^^^^^
    |
  fix  Write `requires_grad` (--fix)

"""


def test_the_full_form_shows_the_path_and_says_why(full):
    assert full_format.FORMAT.render(full) == FULL + END


def test_the_concise_form_is_a_line_each(full):
    assert concise.FORMAT.render(full) == (
        "src/a b.py:7:12: GRC002 `f` makes a new leaf of <raw> & loses 100% of it [confirmed]\n"
        "src/n.ipynb:cell 2:1:3: GRC013 `require_grad` is no attribute\n" + END
    )


def test_the_grouped_form_names_each_file_once(full):
    assert grouped.FORMAT.render(full) == (
        "src/a b.py:\n  7:12  GRC002 `f` makes a new leaf of <raw> & loses 100% of it [confirmed]\n\n"
        "src/n.ipynb:\n  cell 2:1:3  GRC013 `require_grad` is no attribute\n\n" + END
    )


def test_annotations_are_escaped_and_those_of_notebooks_name_the_cell(full):
    lines = github.FORMAT.render(full).splitlines()
    assert lines[0] == (
        "::error title=gradcheck (GRC002),file=src/a b.py,line=7,endLine=7,col=12,endColumn=21"
        "::`f` makes a new leaf of <raw> & loses 100%25 of it. Compute with tensors. [confirmed: gradient failed]"
    )
    assert lines[1] == (
        "::warning title=gradcheck (GRC013),file=src/n.ipynb,line=1::cell 2, line 1: `require_grad` is no attribute"
    )


def test_an_empty_report_says_that_nothing_was_found(empty):
    for form in (full_format, concise, grouped, github):
        assert form.FORMAT.render(empty) == "Nothing found in 3 files.\n"


def shown(report, tmp_path, line, column, end, **more):
    finding = Finding(
        code="GRC013", path="x.py", message="m", severity=Severity.ERROR,
        span=Span(line=1, column=column, end_line=1, end_column=end), **more,
    )  # fmt: skip
    made = dataclasses.replace(report(finding), contents={tmp_path / "x.py": line.encode()})
    lines = full_format.FORMAT.render(made).splitlines()
    return [text for text in lines if text.startswith(("  1 |", "    | "))]


def test_tabs_and_wide_characters_do_not_move_the_carets(report, tmp_path):
    assert shown(report, tmp_path, "\tw.require_grad = '数'", 4, 16) == [
        "  1 |     w.require_grad = '数'",
        "    |       ^^^^^^^^^^^^",
    ]
    assert shown(report, tmp_path, "数 = w.require_grad", 7, 19) == [
        "  1 | 数 = w.require_grad",
        "    |        ^^^^^^^^^^^^",
    ]


def test_a_long_line_is_cut_around_what_is_meant(report, tmp_path):
    line = f"f({', '.join(f'argument_{i}' for i in range(400))})"
    start = line.index("argument_200")
    source, carets = shown(report, tmp_path, line, start + 1, start + 13)
    assert len(source) <= 80
    assert source.startswith("  1 | …")
    assert source.endswith("…")
    assert source[carets.index("^") : carets.rindex("^") + 1] == "argument_200"
    beginning = shown(report, tmp_path, line, 3, 13)
    assert beginning[0].startswith("  1 | f(argument_0, ")
    assert max(map(len, beginning)) <= 80


def test_notes_that_do_not_fit_beside_the_carets_stand_below_by_number(full):
    (cut, _) = full.findings
    steps = tuple(dataclasses.replace(step, note=f"{step.note} {'and more ' * 8}".strip()) for step in cut.steps)
    text = full_format.FORMAT.render(dataclasses.replace(full, findings=(dataclasses.replace(cut, steps=steps),)))
    assert "    |         ^^^^^^^^^^^^^^ 1\n" in text
    assert "    |            ^^^^^^^^^ 2\n" in text
    assert "\n  1  the plain array of `x` and more" in text
    assert max(map(len, text.splitlines())) <= 80


def test_a_path_through_another_file_names_it(full, tmp_path):
    (cut, _) = full.findings
    steps = (dataclasses.replace(cut.steps[0], path="src/other.py"), cut.steps[1])
    contents = {**full.contents, tmp_path / "src/other.py": full.contents[tmp_path / "src/a b.py"]}
    changed = dataclasses.replace(full, findings=(dataclasses.replace(cut, steps=steps),), contents=contents)
    text = full_format.FORMAT.render(changed)
    assert "--> src/other.py:5:9\n" in text
    assert "--> src/a b.py:7:12\n" in text


def test_a_file_that_is_gone_is_told_without_its_lines(full):
    text = full_format.FORMAT.render(dataclasses.replace(full, contents={}))
    assert " | " not in text
    assert "src/a b.py:7:12: error GRC002" in text
