"""What a rule is about, for people: on a terminal, and in the pages of the documentation."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from gradcheck.scan.model import Example, Rule, Severity, State

#: The families of codes, by their first digit.
FAMILIES = {
    "0": "The graph is cut",
    "1": "In place, and aliases",
    "2": "Shapes of a backward pass",
    "3": "Registration of parameters and layers",
    "4": "The training loop",
    "5": "Making a framework",
    "6": "Wrong formulas",
    "9": "About the scan itself",
}
PREFACE = """\
# The rules of `gradcheck scan`

`gradcheck rule CODE` tells the same on a terminal. This page is what `gradcheck rule --all --output-format markdown`
writes. Codes are never reused.

A finding is silenced by a comment that names its code, best with a reason: `# gradcheck: ignore[CODE] reason` behind
the statement or on a line above it, `# gradcheck: ignore-block[CODE] reason` on or above the line that begins a block,
`# gradcheck: ignore-file[CODE] reason` on a line of its own.
"""


def text(rule: Rule, width: int) -> str:
    """A rule's page for a terminal."""
    parts = [f"{rule.code} {rule.name} ({', '.join(_traits(rule))})", "", *_filled(f"{rule.summary}.", width), ""]
    for title, words in (("Why", rule.why), ("What to write instead", rule.remedy)):
        parts += [title, *_filled(words, width, indent="  "), ""]
    for title, example in _examples(rule):
        parts += [title, *(f"  {line}".rstrip() for line in example.rstrip("\n").split("\n")), ""]
    return "\n".join(parts)


def markdown(rule: Rule) -> str:
    """A rule's section of the documentation, without its heading."""
    parts = [f"{rule.summary}.", "", f"*{', '.join(_traits(rule))}*", "", f"**Why.** {rule.why}", ""]
    parts += [f"**Instead.** {rule.remedy}", ""]
    for title, example in _examples(rule):
        parts += [f"{title}:", "", "```python", example.rstrip("\n"), "```", ""]
    return "\n".join(parts).rstrip("\n") + "\n"


def document(rules: Iterable[Rule]) -> str:
    """The page of all rules: a table, then a section each."""
    every = list(rules)
    parts = [PREFACE]
    for digit, title in FAMILIES.items():
        family = [rule for rule in every if rule.code[3] == digit]
        if family:
            parts += [f"## {title}\n", "| code | name | what it finds | |\n|---|---|---|---|"]
            parts += [
                f"| [{rule.code}](#{_anchor(rule)}) | `{rule.name}` | {rule.summary} | {', '.join(_traits(rule))} |"
                for rule in family
            ]
            parts.append("")
    for rule in every:
        parts += [f"## {rule.code} {rule.name}\n", markdown(rule)]
    return "\n".join(parts)


def _anchor(rule: Rule) -> str:
    return f"{rule.code} {rule.name}".lower().replace(" ", "-")


def _traits(rule: Rule) -> list[str]:
    traits = ["error" if rule.severity is Severity.ERROR else "warning"]
    if rule.state is State.PREVIEW:
        traits.append("preview")
    if rule.state is State.RETIRED:
        traits.append("retired")
    if any(example.fixed for example in rule.bad):
        traits.append("can be mended")
    return traits


def _examples(rule: Rule) -> list[tuple[str, str]]:
    """One example of each sort, the mended one where there is one, else a right one."""
    if not rule.bad:
        return []
    mended = next((example for example in rule.bad if example.fixed), None)
    shown: Example = mended or rule.bad[0]
    examples = [("Found", shown.text)]
    if shown.fixed:
        examples.append(("Mended", shown.fixed))
    return [*examples, ("Not found", rule.good[0])] if rule.good and rule.good[0] != shown.fixed else examples


def _filled(words: str, width: int, indent: str = "") -> list[str]:
    return textwrap.wrap(
        words, width, initial_indent=indent, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
