"""`gradcheck rule`: what a rule of `scan` is about."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from gradcheck.errors import GradcheckError, UsageError
from gradcheck.scan import explaining
from gradcheck.scan.registry import catalogue, rules

if TYPE_CHECKING:
    import argparse

    from gradcheck.scan.model import Rule

TOLD, NOT_RUN = 0, 2
#: Columns of a page where nothing says how wide the terminal is, and the most that are easy to read.
WIDTH = 80


def configure(parser: argparse.ArgumentParser) -> None:
    """Give the parser the options of this command."""
    parser.add_argument("codes", nargs="*", metavar="CODE", help="a code such as GRC001, or a rule's name")
    parser.add_argument("--all", action="store_true", help="every rule")
    parser.add_argument("--output-format", choices=("text", "markdown"), default="text", help="default: %(default)s")


def run(options: argparse.Namespace) -> int:
    """Explain the rules that the options name.

    Returns:
        0, or 2 where there is no such rule.
    """
    try:
        asked = _asked(options)
    except GradcheckError as error:
        sys.stderr.write(f"gradcheck: {error}\n")
        return NOT_RUN
    if options.output_format == "markdown":
        page = explaining.document(asked) if options.all else "\n".join(map(_section, asked))
    else:
        page = "\n".join(explaining.text(rule, _width()) for rule in asked)
    sys.stdout.write(page)
    return TOLD


def _asked(options: argparse.Namespace) -> list[Rule]:
    known = rules()
    if options.all:
        return list(known.values())
    if not options.codes:
        raise UsageError("name a rule, such as gradcheck rule GRC001, or give --all")
    by_name = {entry.name: code for code, entry in catalogue().items()}
    found = []
    for word in options.codes:
        code = by_name.get(word.lower().replace("-", "_"), word.upper())
        if code not in known:
            from gradcheck.cases.declaring.validation import nearest

            raise UsageError(f"there is no rule {word!r}{nearest(code, [*known, *by_name])}")
        found.append(known[code])
    return found


def _width() -> int:
    if not sys.stdout.isatty():
        return WIDTH
    import shutil  # as slow to load as all the rest

    return min(shutil.get_terminal_size((WIDTH, 0)).columns, WIDTH)


def _section(rule: Rule) -> str:
    return f"# {rule.code} {rule.name}\n\n{explaining.markdown(rule)}"
