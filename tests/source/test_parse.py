from __future__ import annotations

import sys

import pytest

from gradcheck.source.parse import MAX_LINE, UnparsableError, damage, is_sound, parse


def test_a_text_becomes_a_tree():
    assert parse("class A: ...\n").find(kind="class_definition").field("name").text() == "A"


def test_a_long_line_of_definitions_is_refused_by_number():
    text = "a = 1\n" + "def f(): pass; " * (MAX_LINE // 15 + 1) + "\n"
    with pytest.raises(UnparsableError, match=r"line of \d+ characters .* skipped") as refused:
        parse(text)
    assert refused.value.line == 2


def test_a_long_line_of_data_is_no_reason_to_refuse():
    text = f"table = '{'0' * 2 * MAX_LINE}'\nclass A: ...\n"
    assert parse(text).find(kind="class_definition") is not None


def test_a_lone_surrogate_is_one_line_of_explanation():
    with pytest.raises(UnparsableError, match="surrogate") as refused:
        parse("a = 1\nb = '\ud800'\n")
    assert refused.value.line == 2


def test_a_panic_of_the_parser_is_an_ordinary_error(monkeypatch):
    import ast_grep_py

    class PanicException(BaseException):
        pass

    def panic(text, language):
        raise PanicException("the reason\nand a backtrace")

    monkeypatch.setattr(ast_grep_py, "SgRoot", panic)
    with pytest.raises(UnparsableError, match=r"cannot be parsed: the reason$"):
        parse("a")


def test_an_interrupt_is_not_swallowed(monkeypatch):
    import ast_grep_py

    def interrupt(text, language):
        raise KeyboardInterrupt

    monkeypatch.setattr(ast_grep_py, "SgRoot", interrupt)
    with pytest.raises(KeyboardInterrupt):
        parse("a")


@pytest.mark.parametrize(
    ("text", "line"),
    [("class A:\n    x = = 1\n", 2), ("<<<<<<< HEAD\na = 1\n", 1), ("a = (1\n", 1)],
)
def test_broken_syntax_is_named_with_its_line(text, line):
    broken = damage(parse(text), text)
    assert broken is not None
    assert broken.line == line
    assert "does not parse" in str(broken)


@pytest.mark.parametrize("text", ["class A:\n    x = 1\n", "print 'Python 2'\n", ""])
def test_what_the_parser_takes_whole_is_not_damaged(text):
    assert damage(parse(text), text) is None


def test_syntax_python_takes_is_not_damaged_even_where_the_parser_stumbles(monkeypatch):
    tree = parse("x = = 1\n")
    assert damage(tree, "x = 1\n") is None


def test_nesting_too_deep_for_python_is_named(monkeypatch):
    def refuse(text):
        raise RecursionError("too deep")

    monkeypatch.setattr("ast.parse", refuse)
    assert "RecursionError: too deep" in str(damage(parse("x = = 1\n"), "x = = 1\n"))


@pytest.mark.parametrize(
    "text",
    ["", "x = 1\n", '"""doc"""\nfrom __future__ import annotations\n', "f = lambda: (yield)\n"],
)
def test_python_is_asked_whether_it_reads_a_text_and_nothing_runs(text):
    assert is_sound(text)
    assert is_sound(f"{text}raise SystemExit\n")


@pytest.mark.parametrize(
    "text",
    ["x = = 1\n", "print 'Python 2'\n", "x = (1\n", "a = '\ud800'\n", "x = " + "(" * 5_000 + ")" * 5_000, "  x = 1\n",
     f"x = '{'0' * 2 * MAX_LINE}'\n", "a = 1\0\n"],
)  # fmt: skip
def test_what_python_alone_does_not_settle_is_not_called_sound(text):
    assert not is_sound(text)


@pytest.mark.parametrize(
    ("text", "is_broken"),
    [("x = '('\n", False), ("x = f'{(1}'\n", True), ("x = '(' + (1\n", True), ("x = (1  # )\n", True)],
)
def test_a_bracket_that_is_missing_is_told_from_one_in_a_string(text, is_broken):
    assert (damage(parse(text), text, thorough=True) is not None) == is_broken


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="newer Pythons read nested f-strings themselves")
def test_newer_syntax_than_the_interpreter_is_read():
    text = "class A[T]:\n    x = f'{'a'}'\n"
    assert damage(parse(text), text) is None
