"""Modules of a home-made tape: built, given inputs and judged in a child process, search and verdict apart."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from gradcheck.building import construct, remedy
from gradcheck.cases.declaring.configuration import InputSettings, LayerSettings
from gradcheck.cases.guessing.candidates import excuses, is_accidental, is_single
from gradcheck.cases.guessing.construct import Construction, configured, constructions
from gradcheck.cases.guessing.given import configured_inputs
from gradcheck.cases.guessing.inputs import Inputs, input_candidates
from gradcheck.cases.importing.isolating import brought, carried
from gradcheck.cases.importing.loading import Loaded, load, resolve
from gradcheck.cases.importing.reasons import one_line
from gradcheck.cases.importing.rehearsal import rehearse
from gradcheck.choosing import MOST_ACCEPTED, Plan, agrees, request_of
from gradcheck.constructing import first_accepting
from gradcheck.errors import BuildError
from gradcheck.explaining import explained
from gradcheck.numerics.sampling import seed_of
from gradcheck.source.families import TAPE
from gradcheck.source.model import LayerSite
from gradcheck.tapes.apart import answers
from gradcheck.tapes.battery import learnt
from gradcheck.tapes.binding import bind
from gradcheck.tapes.flow import judged
from gradcheck.tapes.functions import functions_of
from gradcheck.tapes.holding import parameters
from gradcheck.tapes.isolated import operators_result
from gradcheck.tapes.model import Tape
from gradcheck.tapes.program import TapeSubject
from gradcheck.types import Case, CheckResult, Profile

#: Seconds the search for inputs of one module may take, and again its verdict.
MODULE_SECONDS = 60.0


def whole(site: LayerSite, settings: LayerSettings, *, seed: int, profile: Profile) -> CheckResult:
    """The one result of a tape's Tensor, or of a module of a tape.

    Args:
        site: The Tensor or the module.
        settings: What a person declared of it.
        seed: The run's seed.
        profile: How much it may cost.

    Raises:
        BuildError: It was not learnt, or not built.
    """
    if site.family == TAPE:
        return operators_result(site, settings.init, seed=seed, profile=profile, enable=settings.enable)
    inputs = {name: msgspec.to_builtins(one) for name, one in settings.inputs.items()}
    verdict = rehearse(
        site.file,
        site.root,
        [site.qualname],
        action="gradcheck.tape_building:rehearse_module",
        arguments={
            "seed": seed,
            "profile": profile.value,
            "init": dict(settings.init),
            "inputs": inputs,
            "forward": site.forward.name,
        },
        seconds=3 * MODULE_SECONDS,
    )[site.qualname]
    if not verdict.ok:
        raise BuildError(verdict.reason, verdict.remedy)
    return told_back(site, verdict.answer, seed)


def rehearse_module(file: Path, root: Path, key: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Build and judge one module in the child process; see `rehearsal.rehearse` for the arguments."""
    loaded = load(file, root)
    inputs = {name: msgspec.convert(one, InputSettings) for name, one in arguments["inputs"].items()}
    identity = f"{file.relative_to(root).as_posix()}::{key}"
    plan = Plan(
        identity=identity,
        forward=arguments["forward"],
        backward="",
        seed=seed_of(identity, arguments["seed"]),
        root=str(root),
        environment=loaded.environment,
    )
    with loaded.environment():
        tape = _tape(loaded)
        search = _Search(cls=resolve(loaded, key), plan=plan, tape=tape, init=arguments["init"], inputs=inputs)
        recipe = _apart(search.job)
        return _apart(lambda: search.verdict(recipe, Profile(arguments["profile"])))


def _apart(job: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What a job of a process of its own came to.

    Raises:
        BuildError: It says that nothing was built, or was lost.
    """

    def asked() -> tuple[Any, bool]:
        try:
            return job(), True
        except BuildError as error:
            return {"reason": error.reason, "remedy": list(error.remedy)}, False

    answer = answers([[asked]], MODULE_SECONDS)[0][0]
    if answer.lost:
        raise BuildError(f"it {answer.lost}")
    if "reason" in answer.value:
        raise BuildError(answer.value["reason"], tuple(answer.value["remedy"]))
    found: dict[str, Any] = answer.value
    return found


def _tape(loaded: Loaded) -> Tape:
    """The tape whose Tensor the file knows, else the first of its project that can be learnt.

    Raises:
        BuildError: There is none.
    """
    reason: BuildError | None = None
    seen: dict[type, Any] = {}
    for module in (loaded.module, *loaded.surroundings.modules.values()):
        for value in list(vars(module).values()):
            if isinstance(value, type) and value not in seen and _is_tensor(value):
                seen[value] = module
    for cls, module in seen.items():
        try:
            return learnt(cls, functions_of(cls, module, loaded.surroundings.modules, loaded.root), {})
        except BuildError as error:
            reason = reason or error
    raise reason or BuildError("the tape its tensors are of was not found")


def _is_tensor(cls: type) -> bool:
    own = vars(cls)
    computes = any("__add__" in vars(base) or "__mul__" in vars(base) for base in cls.__mro__)
    return "backward" in own and "forward" not in own and computes


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Search:
    """What is searched for: the constructor's arguments and the inputs of one module."""

    cls: type
    plan: Plan
    tape: Tape
    init: Mapping[str, Any]
    inputs: Mapping[str, InputSettings]

    def job(self) -> dict[str, Any]:
        """Positions of the first construction and of the inputs on which it is judged."""

        def chosen(layer: object, construction: Construction, position: int) -> tuple[dict[str, Any] | None, str]:
            place, why = self._chosen(layer, construction)
            return None if place is None else {"construction": position, "inputs": place}, why

        found, refusal = first_accepting(
            self._guesses(),
            lambda construction: construct(self.cls, construction, self.plan),
            chosen,
            root=self.plan.root,
        )
        if found is None:
            raise BuildError(refusal, remedy(self.plan.identity))
        return found

    def verdict(self, recipe: Mapping[str, int], profile: Profile) -> dict[str, Any]:
        """The verdict on what the search found."""
        construction = next(c for i, c in enumerate(self._guesses()) if i == recipe["construction"])
        layer = construct(self.cls, construction, self.plan)
        inputs = next(one for i, one in enumerate(self._inputs(layer, construction)) if i == recipe["inputs"])
        plan = self.plan
        subject = bind(self.tape, request_of(layer, inputs, plan))
        case = Case(
            layer=plan.identity,
            construction=construction.code,
            inputs=inputs.description,
            seed=plan.seed,
            subject=subject,
        )
        return carried(judged(case, profile, plan.root, explained))

    def _guesses(self) -> Iterator[Construction]:
        if self.init:
            return iter([configured(self.cls, self.init)])
        return constructions(self.cls, qualname=self.plan.identity.rpartition("::")[2])

    def _inputs(self, layer: object, construction: Construction) -> Iterator[Inputs]:
        forward = getattr(layer, self.plan.forward)
        if self.inputs:
            yield configured_inputs(layer, self.plan.forward, self.inputs, self.plan.seed)
            return
        guesses = input_candidates(
            self._stand_in(layer),
            forward,
            qualname=self.plan.identity.rpartition("::")[2],
            construction=construction.arguments,
            seed=self.plan.seed,
        )
        yield from map(_row, guesses) if self.tape.is_scalar else guesses

    def _stand_in(self, layer: object) -> object:
        """The module's plain attributes and its parameters as arrays."""
        plain = {name: value for name, value in vars(layer).items() if not name.startswith("_")}
        for name, parameter in parameters(layer, self.tape).items():
            plain[name.replace(".", "_").replace("[", "_").replace("]", "")] = np.array(parameter.value)
        stand_in = type(type(layer).__name__, (), {})()
        vars(stand_in).update(plain)
        return stand_in

    def _chosen(self, layer: object, construction: Construction) -> tuple[int | None, str]:
        """The first input that agrees with finite differences, else the first that is accepted, else why none is."""
        accepted: list[tuple[bool, bool, int]] = []
        first: TapeSubject | None = None
        refusals: list[str] = []
        for place, inputs in enumerate(self._inputs(layer, construction)):
            if len(accepted) >= MOST_ACCEPTED:
                break
            try:
                subject = bind(self.tape, request_of(layer, inputs, self.plan))
                accidental = len(subject.point) > 1 and is_accidental(subject)
            except Exception as error:  # noqa: BLE001 - the user's code may raise anything; told if nothing else works
                refusals.append(f"{inputs.description}: {one_line(error, self.plan.root)}")
                continue
            right = _agrees(subject)
            if accidental and not right:
                refusals.append(f"{inputs.description}: its inputs met by broadcasting only")
            elif right and len(subject.primals) == len(subject.point) and (first is None or _excuses(subject, first)):
                return place, ""
            else:
                first = first or subject
                # A backward that raises speaks against the guess, unless it raises on all that forward accepts.
                accepted.append((right is None, is_single(subject), place))
        if accepted:
            return min(accepted)[2], ""
        return None, refusals[0] if refusals else "no input could be thought of"


def _row(inputs: Inputs) -> Inputs:
    """The first row of each array: a tape of scalars computes with lists of numbers."""
    arguments = {
        name: value.reshape(-1, value.shape[-1])[0] if isinstance(value, np.ndarray) and value.ndim > 1 else value
        for name, value in inputs.arguments.items()
    }
    shown = ", ".join(f"{name} {v.shape}" for name, v in arguments.items() if isinstance(v, np.ndarray))
    return dataclasses.replace(inputs, arguments=arguments, batch_axis=None, description=shown or inputs.description)


def _excuses(second: TapeSubject, first: TapeSubject) -> bool:
    """Whether being right on one input excuses a disagreement on another; a single sample excuses no batch."""
    return is_single(first) >= is_single(second) and excuses(second, first)


def _agrees(subject: TapeSubject) -> bool | None:
    """Whether one probe agrees with finite differences; None where backward raises."""
    try:
        return bool(subject.primals) and agrees(subject)
    except Exception:  # noqa: BLE001 - the user's backward may raise anything; the contract check tells it
        return None


def told_back(site: LayerSite, answer: Mapping[str, Any], seed: int) -> CheckResult:
    """What `rehearse_module` answered, as a result."""
    return dataclasses.replace(
        brought(answer), layer=site.identity, seed=seed, path=site.forward.path, line=site.forward.line
    )
