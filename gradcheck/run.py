"""Layer to case to checks to results: the one path that the command line and the plugin share."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gradcheck import extensions
from gradcheck.errors import BuildError
from gradcheck.source.optimizer_names import claimed
from gradcheck.source.optimizers import OPTIMIZER, find_optimizers

if TYPE_CHECKING:
    from gradcheck.cases.configuration import Configuration
    from gradcheck.cases.declared import CaseFunction
    from gradcheck.cases.loading import Loaded
    from gradcheck.choosing import Plan
    from gradcheck.source.model import LayerSite
    from gradcheck.types import Case, Check, CheckResult, Oracle

#: Checks in the order of a report: cheap truths first. What is not named here follows in alphabetical order.
ORDER = ("contract", "linearity", "gradient", "determinism")
#: The one check of an optimizer.
OPTIMIZER_CHECK = "optimizer"
#: Seconds an import or the first build of one class may take in the rehearsal.
REHEARSAL_SECONDS = 20.0
#: Why a class of another family is not built yet.
OTHER_FAMILIES = {
    "torch_function": "is a torch.autograd.Function; torch's own gradcheck knows how to call it, this version does not",
    "tape": "is the tensor of an autograd tape, which this version does not drive",
    "foreign": "belongs to a framework that drives it itself",
}


def check_names(family: str = "instance") -> tuple[str, ...]:
    """Names of the checks of a family of sites in the order they are run; imports none of them."""
    if family == OPTIMIZER:
        return (OPTIMIZER_CHECK,)
    present = extensions.names("gradcheck.checks")
    return (*(name for name in ORDER if name in present), *(name for name in present if name not in ORDER))


class Runner:
    """Builds and checks the layers of one project.

    Args:
        root: The project root.
        seed: The global seed.
        profile: "fast", "default" or "thorough".
    """

    def __init__(self, root: Path, *, seed: int = 0, profile: str = "default") -> None:
        from gradcheck.types import Profile

        self.root = Path(root).resolve()
        self.seed = seed
        self.profile = Profile(profile)
        self._configuration: Configuration | None = None
        self._declared: Mapping[str, CaseFunction] | None = None
        self._rehearsed: dict[str, Any] = {}
        self._oracles: dict[str, Oracle] | None = None
        self._optimizers: dict[str, CheckResult | BuildError] = {}

    @property
    def configuration(self) -> Configuration:
        """The project's settings; raises ConfigurationError."""
        if self._configuration is None:
            from gradcheck.cases.configuration import read

            self._configuration = read(self.root)
        return self._configuration

    def declared_skip(self, identity: str, check: str | None = None) -> str:
        """The reason a layer, or one check of it, is declared to be skipped, or ""."""
        return self.configuration.declared_skip(identity, check)

    def prepare(self, sites: Sequence[LayerSite]) -> None:
        """Rehearse the import and the first build of layers of one file in a child process.

        Calling it is never needed; it saves one import per class where several of a file are built.
        """
        from gradcheck.cases.rehearsal import rehearse

        missing = [site for site in sites if site.identity not in self._rehearsed and self._is_guessed(site)]
        for file in dict.fromkeys(site.file for site in missing):
            here = {site.qualname: site for site in missing if site.file == file}
            verdicts = rehearse(
                file,
                self.root,
                list(here),
                action="gradcheck.run:rehearse_build",
                arguments={"seed": self.seed},
                seconds=REHEARSAL_SECONDS,
            )
            for name, site in here.items():
                self._rehearsed[site.identity] = verdicts[name]

    def build(self, site: LayerSite) -> Case:
        """Construct a layer and find its inputs, in isolation first.

        Raises:
            BuildError: It cannot be built; the error says why and what would mend it.
            LoadError: Its file cannot be imported.
            ConfigurationError: The project's settings are not valid.
        """
        if site.family != "instance":
            raise BuildError(f"{site.qualname} {OTHER_FAMILIES[site.family]}")
        if site.is_abstract:
            raise BuildError(f"{site.qualname} is a base class: its forward or backward is left to others")
        function = self._declared_cases().get(site.identity)
        if function is not None:
            return self._build_declared(site, function)
        if self.configuration.layer(site.identity).init or self.configuration.layer(site.identity).inputs:
            return self._build_configured(site)
        return self._build_guessed(site)

    def check(self, case: Case, name: str) -> CheckResult:
        """Run one check on a case."""
        from gradcheck.types import Check, Context, Oracle

        check: Check = extensions.load("gradcheck.checks", name, "CHECK", Check)
        if self._oracles is None:
            self._oracles = extensions.load_all("gradcheck.oracles", "ORACLE", Oracle)
        settings = self.configuration.layer(case.layer)
        context = Context(
            case=case,
            profile=self.profile,
            oracles=self._oracles,
            parameter_gradients=settings.parameter_gradients or self.configuration.parameter_gradients,
            expect=settings.expectation(name),
        )
        # The seed a person repeats the run with, not the one derived from it for this layer.
        return dataclasses.replace(check.examine(context), seed=self.seed)

    def check_optimizer(self, site: LayerSite) -> CheckResult:
        """Drive an optimizer and compare its steps with those of the rule it is named after, in isolation.

        Raises:
            BuildError: It could not be driven.
            ConfigurationError: The project's settings are not valid.
        """
        if site.identity not in self._optimizers:
            from gradcheck.optimizers.isolated import results

            sites = [
                one for one in find_optimizers([site.file], root=site.root) if not self.declared_skip(one.identity)
            ]
            together = {one.identity: one for one in (*sites, site)}
            settings = {one.qualname: self.configuration.layer(one.identity) for one in together.values()}
            declared = {
                name: {
                    "rule": claimed(found.reference.rpartition(".")[2]),
                    "exact": found.expectation(OPTIMIZER_CHECK) == "torch",
                }
                for name, found in settings.items()
            }
            self._optimizers |= results(list(together.values()), declared, seed=self.seed, seconds=REHEARSAL_SECONDS)
        found = self._optimizers[site.identity]
        if isinstance(found, BuildError):
            raise found
        return found

    def _declared_cases(self) -> Mapping[str, CaseFunction]:
        if self._declared is None:
            from gradcheck.cases.declared import declared_cases

            self._declared = declared_cases(self.root, self.configuration)
        return self._declared

    def _is_guessed(self, site: LayerSite) -> bool:
        settings = self.configuration.layer(site.identity)
        concrete = site.family == "instance" and not site.is_abstract
        return concrete and site.identity not in self._declared_cases() and not settings.init and not settings.inputs

    def _build_guessed(self, site: LayerSite) -> Case:
        from gradcheck.building import build, remedy
        from gradcheck.cases.loading import resolve
        from gradcheck.choosing import Recipe

        self.prepare([site])
        verdict = self._rehearsed[site.identity]
        if not verdict.ok:
            raise BuildError(verdict.reason, verdict.remedy or remedy(site.identity))
        answer = verdict.answer
        if not answer["built"]:
            raise BuildError(answer["reason"], tuple(answer["remedy"]))
        loaded = self._load(site)
        recipe = Recipe(construction=answer["construction"], inputs=answer["inputs"])
        case, _ = build(resolve(loaded, site.qualname), plan_of(site, self.seed, loaded), recipe)
        missing = [f"`{name}` is not installed; a placeholder stood in for its import" for name in loaded.placeholders]
        moved = [f"an import was found elsewhere: {place}" for place in loaded.found_elsewhere]
        return dataclasses.replace(case, notes=(*case.notes, *missing, *moved))

    def _build_declared(self, site: LayerSite, function: CaseFunction) -> Case:
        from gradcheck.building import build_given
        from gradcheck.cases.declared import call
        from gradcheck.cases.evaluation import protected
        from gradcheck.cases.given import given_inputs

        loaded = self._load(site)
        plan = plan_of(site, self.seed, loaded)
        # Where the layer's own module can be imported, and with the same random numbers every time.
        with loaded.environment(), protected(plan.seed):
            declared = call(function, site.identity)
        inputs = given_inputs(declared.layer, site.forward.name, declared.positional, declared.named)
        return build_given(declared.layer, inputs, plan, f"{getattr(function, '__name__', 'case')}()")

    def _build_configured(self, site: LayerSite) -> Case:
        from gradcheck.building import build_configured
        from gradcheck.cases.loading import resolve

        loaded = self._load(site)
        settings = self.configuration.layer(site.identity)
        return build_configured(resolve(loaded, site.qualname), plan_of(site, self.seed, loaded), settings)

    def _load(self, site: LayerSite) -> Loaded:
        from gradcheck.cases.loading import load

        return load(site.file, self.root)


def plan_of(site: LayerSite, seed: int, loaded: Loaded) -> Plan:
    """What is built of a site: its methods, its seed, the place of its backward."""
    from gradcheck.choosing import Plan
    from gradcheck.numerics.sampling import seed_of

    return Plan(
        identity=site.identity,
        forward=site.forward.name,
        backward=site.backward.name,
        seed=seed_of(site.identity, seed),
        root=str(site.root),
        path=site.backward.path,
        line=site.backward.line,
        environment=loaded.environment,
    )


def rehearse_build(file: Path, root: Path, key: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Build one class in the child process and answer with the recipe, or with why not.

    Args:
        file: The Python file, imported already.
        root: The project root.
        key: The class's qualified name.
        arguments: The global seed under "seed".
    """
    from gradcheck.building import build
    from gradcheck.cases.loading import load, resolve
    from gradcheck.source.discovery import layers_in_file

    site = next(site for site in layers_in_file(file, root).sites if site.qualname == key)
    loaded = load(file, root)
    try:
        _, recipe = build(resolve(loaded, key), plan_of(site, arguments["seed"], loaded))
    except BuildError as error:
        return {"built": False, "reason": error.reason, "remedy": list(error.remedy)}
    return {"built": True, "construction": recipe.construction, "inputs": recipe.inputs}
