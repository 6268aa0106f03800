"""One layer examined: built, then checked, each step handed on as soon as it is known."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gradcheck.catalogue import WHOLE, check_names
from gradcheck.commands.progress import layers_silenced
from gradcheck.corroborating import corroborated
from gradcheck.errors import BuildError, GradcheckError, LoadError
from gradcheck.report import summary, verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gradcheck.report.summary import Entry
    from gradcheck.run import Runner
    from gradcheck.source.model import LayerSite
    from gradcheck.types import Case, CheckResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What became of one step.

    Attributes:
        entry: The step in the account.
        case: The case that was built, for a build that went well.
        result: What a check found, where it came to an end.
        error: What broke a check: a mistake of gradcheck's, not the layer's.
        seconds: How long it took.
    """

    entry: Entry
    case: Case | None = None
    result: CheckResult | None = None
    error: BaseException | None = None
    seconds: float = 0.0


def examine(
    site: LayerSite, runner: Runner, checks: Sequence[str], *, together: Sequence[LayerSite] = ()
) -> Iterator[Step]:
    """Build one layer and run the checks on it.

    Args:
        site: The layer.
        runner: The runner of its project.
        checks: Names of the checks, in order.
        together: Layers that will be examined too; those of the same file are rehearsed together.

    Yields:
        The build first; nothing more where the layer was left out or not built.

    Raises:
        ConfigurationError: The settings of the project are not valid.
    """
    begun = time.perf_counter()
    for step in _steps(site, runner, checks, together):
        yield replace(step, seconds=time.perf_counter() - begun)
        begun = time.perf_counter()


def _steps(site: LayerSite, runner: Runner, checks: Sequence[str], together: Sequence[LayerSite]) -> Iterator[Step]:
    checks = [name for name in checks if name in check_names(site.family)]
    if not checks:
        return
    if reason := runner.declared_skip(site.identity):
        yield Step(entry=verdict.left_out(site.identity, summary.BUILD, reason))
    elif site.family in WHOLE:
        yield _whole(site, runner)
    else:
        yield from _layer(site, runner, checks, together)


def _layer(site: LayerSite, runner: Runner, checks: Sequence[str], together: Sequence[LayerSite]) -> Iterator[Step]:
    try:
        with layers_silenced():
            same_file = [other for other in together if other.file == site.file]
            runner.prepare([other for other in same_file if not runner.declared_skip(other.identity)])
            case = runner.build(site)
    except (BuildError, LoadError) as error:
        yield Step(entry=verdict.not_built(site.identity, error))
        return
    except GradcheckError:
        raise
    except (Exception, SystemExit) as error:  # noqa: BLE001 - one layer that breaks must not lose the others
        yield Step(entry=verdict.broke(site.identity, summary.BUILD, error), error=error)
        return
    yield Step(entry=verdict.built(case), case=case)
    for name in (name for name in checks if name in check_names(site.family)):
        if reason := runner.declared_skip(site.identity, name):
            yield Step(entry=verdict.left_out(site.identity, name, reason))
            continue
        try:
            with layers_silenced():
                # The case's own seed is drawn from the run's; a person repeats the run's.
                result = corroborated(replace(runner.check(case, name), seed=runner.seed), site)
        except GradcheckError:
            raise
        except (Exception, SystemExit) as error:  # noqa: BLE001 - one check that breaks must not lose the others
            yield Step(entry=verdict.broke(site.identity, name, error), error=error)
            continue
        yield Step(entry=verdict.entry(result), result=result)


def _whole(site: LayerSite, runner: Runner) -> Step:
    """The one step of an optimizer, a training or a part of a tape, which is built and examined at once."""
    check = WHOLE[site.family]
    if reason := runner.declared_skip(site.identity, check):
        return Step(entry=verdict.left_out(site.identity, check, reason))
    try:
        result = runner.check_whole(site)
    except (BuildError, LoadError) as error:
        return Step(entry=verdict.not_built(site.identity, error, check))
    return Step(entry=verdict.entry(result), result=result)
