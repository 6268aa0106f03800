"""What rules ask of the dataflow; nothing of it is loaded for a file in which no value leaves a graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcheck.scan.dataflow.words import imported_helpers, summarised_words, words_of

if TYPE_CHECKING:
    from gradcheck.scan.dataflow.flows import Analysis, Flow
    from gradcheck.scan.facts.module import Module
    from gradcheck.scan.facts.project import Summary


def analysis_of(module: Module) -> Analysis | None:
    """The analysis of a file, made once; None where no value leaves a graph, or where the file cannot be followed."""
    if "analysis" not in module.memory:
        module.memory["analysis"] = _analysis(module)
    return module.memory["analysis"]  # type: ignore[return-value]


def flows_of(module: Module) -> tuple[Flow, ...]:
    """What escapes the functions of a file, found once."""
    if "flows" not in module.memory:
        analysis = analysis_of(module)
        module.memory["flows"] = analysis.flows() if analysis is not None else ()
    return module.memory["flows"]  # type: ignore[return-value]


def left_out_of(module: Module) -> list[tuple[int, str]]:
    """Offset and name of each function in which something may be cut and that has a line too long to be followed."""
    analysis = module.memory.get("analysis")
    return [(one.start, one.name) for one in getattr(analysis, "left_out", ())]


def summaries_of(module: Module) -> dict[str, Summary]:
    """What the helpers of a file do with what they are given, as far as it matters to a caller."""
    if not _may_be_followed(module):
        return {}
    taken = any(word in module.text for word in summarised_words(module))
    analysis = analysis_of(module) if taken or imported_helpers(module) else None
    return analysis.summaries() if analysis is not None else {}


def _analysis(module: Module) -> Analysis | None:
    if not _may_be_followed(module) or not (_holds_a_word(module) or imported_helpers(module)):
        return None
    if not module.is_parsed:
        from gradcheck.scan.dataflow.places import is_worth_following

        if not is_worth_following(module):
            module.is_passed_over = True
            return None
    from gradcheck.scan.dataflow.flows import Analysis

    return Analysis(module)


def _holds_a_word(module: Module) -> bool:
    text, names = module.text, module.vocabulary
    return any(word.strip(".(") in names and word in text for word in words_of(module))


def _may_be_followed(module: Module) -> bool:
    """Whether there is a function in a file, or anything is back-propagated; else the project need not be asked."""
    return "def " in module.text or ".backward(" in module.text
