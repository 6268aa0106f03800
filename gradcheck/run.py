"""Layer to case to checks to results: the one path that the command line and the plugin share."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gradcheck import extensions
from gradcheck.builders import builder_of, plan_of, settings_of, target_of
from gradcheck.cases.torch.kinds import TORCH_FAMILIES, is_installed
from gradcheck.errors import BuildError, ConfigurationError, UsageError
from gradcheck.source.foreign import FOREIGN, sentence
from gradcheck.source.optimizer_names import claimed
from gradcheck.source.pairs import FAMILIES as PAIR_FAMILIES

if TYPE_CHECKING:
    from gradcheck.cases.declaring.configuration import Configuration
    from gradcheck.cases.declaring.declared import CaseFunction
    from gradcheck.cases.importing.loading import Loaded
    from gradcheck.source.model import LayerSite
    from gradcheck.types import Case, CheckResult, Context, Oracle, Reference

#: Seconds an import or the first build of one class may take in the rehearsal.
REHEARSAL_SECONDS = 20.0
#: What is missing where torch is.
INSTALL_TORCH = "torch is not installed: `pip install gradcheck[torch]` has its gradients checked"


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
        self._checked: tuple[Case, dict[str, CheckResult]] | None = None
        self._whole: dict[str, CheckResult | BuildError] = {}

    @property
    def configuration(self) -> Configuration:
        """The project's settings; raises ConfigurationError."""
        if self._configuration is None:
            from gradcheck.cases.declaring.configuration import read

            configuration = read(self.root)
            for identity, settings in configuration.layers.items():
                if settings.reference and not claimed(settings.reference.rpartition(".")[2]):
                    where = f'{self.root / "pyproject.toml"}: [tool.gradcheck.layers."{identity}"] reference'
                    require_reference(settings.reference, where)
            self._configuration = configuration
        return self._configuration

    def declared_skip(self, identity: str, check: str | None = None) -> str:
        """The reason a layer, or one check of it, is declared to be skipped, or ""."""
        return self.configuration.declared_skip(identity, check)

    def prepare(self, sites: Sequence[LayerSite]) -> None:
        """Rehearse the import and the first build of layers of one file in a child process.

        Calling it is never needed; it saves one import per class where several of a file are built.
        """
        from gradcheck.cases.importing.rehearsal import rehearse

        missing = [site for site in sites if site.identity not in self._rehearsed and self._is_guessed(site)]
        for file in dict.fromkeys(site.file for site in missing):
            here = {site.qualname: site for site in missing if site.file == file}
            verdicts = rehearse(
                file,
                self.root,
                list(here),
                action="gradcheck.builders:rehearse_build",
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
        from gradcheck.answering import built_in_time
        from gradcheck.cases.importing.loading import load

        if site.family == FOREIGN:
            raise BuildError(sentence(site))
        if site.family in TORCH_FAMILIES and not is_installed():
            raise BuildError(f"{site.qualname} is a {TORCH_FAMILIES[site.family]}; {INSTALL_TORCH}")
        if site.is_abstract:
            raise BuildError(f"{site.qualname} is a base class: its forward or backward is left to others")
        with settings_of(site.family), built_in_time(self.configuration.evaluation_seconds, str(self.root)):
            case = self._build(site)
        return dataclasses.replace(case, notes=(*case.notes, *load(site.file, self.root).old_names.told()))

    def _build(self, site: LayerSite) -> Case:
        function = self._declared_cases().get(site.identity)
        if function is not None:
            return self._build_declared(site, function)
        if self.configuration.layer(site.identity).init or self.configuration.layer(site.identity).inputs:
            return self._build_configured(site)
        return self._build_guessed(site)

    def check(self, case: Case, name: str) -> CheckResult:
        """Run one check on a case."""
        if self._checked is None or self._checked[0] is not case:
            self._checked = case, {}
        found = self._checked[1][name] = self._examine(case, name)
        return found

    def _found(self, case: Case, name: str) -> CheckResult:
        """What a check found on the case checked last, run where it was not."""
        known = self._checked[1].get(name) if self._checked and self._checked[0] is case else None
        return known or self.check(case, name)

    def _examine(self, case: Case, name: str) -> CheckResult:
        from gradcheck.answering import answered
        from gradcheck.blaming import blamed
        from gradcheck.cases.running.evaluation import undrawn
        from gradcheck.cases.torch.settings import unsplit

        known = self._checked[1] if self._checked else {}
        seconds = self.configuration.evaluation_seconds
        with undrawn(), unsplit(sum(array.size for array in case.subject.primals.values())):
            result = answered(name, self.context(case, name), known, str(self.root), seconds)
        # The seed a person repeats the run with, not the one derived from it for this layer.
        return dataclasses.replace(blamed(result, self.root), seed=self.seed)

    def context(self, case: Case, name: str) -> Context:
        """What one check of a case is handed."""
        from gradcheck.types import Context, Oracle

        if self._oracles is None:
            self._oracles = extensions.load_all("gradcheck.oracles", "ORACLE", Oracle)
        settings = self.configuration.layer(case.layer)
        return Context(
            case=case,
            profile=self.profile,
            oracles=self._oracles,
            parameter_gradients=settings.parameter_gradients or self.configuration.parameter_gradients,
            expect=settings.expectation(name),
            references=references,
            reference=self._reference(case.layer),
            found=functools.partial(self._found, case),
        )

    def _reference(self, identity: str) -> str:
        """The counterpart declared for a layer, on its case or in configuration, or ""."""
        from gradcheck.marking import references as declared

        function = self._declared_cases().get(identity)
        on_case = declared(function).get(identity, "") if function is not None else ""
        if on_case:
            require_reference(on_case, f"gradcheck.case({identity!r}, reference=...)")
        return on_case or self.configuration.layer(identity).reference

    def check_whole(self, site: LayerSite) -> CheckResult:
        """Examine what is no layer, an optimizer, a training or a part of a tape, in isolation.

        Raises:
            BuildError: It could not be driven.
            ConfigurationError: The project's settings are not valid.
        """
        if site.identity not in self._whole:
            from gradcheck.wholes import examined

            self._whole |= examined(site, self.configuration, seed=self.seed, profile=self.profile)
        found = self._whole[site.identity]
        if isinstance(found, BuildError):
            raise found
        return found

    def _declared_cases(self) -> Mapping[str, CaseFunction]:
        if self._declared is None:
            from gradcheck.cases.declaring.declared import declared_cases

            self._declared = declared_cases(self.root, self.configuration)
        return self._declared

    def _is_guessed(self, site: LayerSite) -> bool:
        settings = self.configuration.layer(site.identity)
        known = site.family in {"instance", *PAIR_FAMILIES} or (site.family in TORCH_FAMILIES and is_installed())
        concrete = known and not site.is_abstract
        return concrete and site.identity not in self._declared_cases() and not settings.init and not settings.inputs

    def _build_guessed(self, site: LayerSite) -> Case:
        from gradcheck.cases.running.evaluation import undrawn
        from gradcheck.choosing import Recipe

        builder = builder_of(site.family)

        self.prepare([site])
        verdict = self._rehearsed[site.identity]
        if not verdict.ok:
            raise BuildError(verdict.reason, verdict.remedy or builder.remedy(site.identity))
        answer = verdict.answer
        if not answer["built"]:
            raise BuildError(answer["reason"], tuple(answer["remedy"]))
        loaded = self._load(site)
        recipe = Recipe(construction=answer["construction"], inputs=answer["inputs"])
        with undrawn():
            case: Case = builder.build(target_of(site, loaded), plan_of(site, self.seed, loaded), recipe)[0]
        return dataclasses.replace(case, notes=(*case.notes, *loaded.notes))

    def _build_declared(self, site: LayerSite, function: CaseFunction) -> Case:
        from gradcheck.cases.declaring.declared import call
        from gradcheck.cases.running.evaluation import protected

        loaded = self._load(site)
        plan = plan_of(site, self.seed, loaded)
        # Where the layer's own module can be imported, and with the same random numbers every time.
        with loaded.environment(), protected(plan.seed):
            declared = call(function, site.identity)
        builder = builder_of(site.family)
        layer = declared.layer
        if site.family in PAIR_FAMILIES:
            layer = builder.declared(target_of(site, loaded), layer)
        try:
            inputs = builder.given(layer, site.forward.name, declared.positional, declared.named)
        except UsageError as error:
            raise BuildError(f"the declared inputs do not fit: {error}") from error
        case: Case = builder.build_given(layer, inputs, plan, f"{getattr(function, '__name__', 'case')}()")
        return case

    def _build_configured(self, site: LayerSite) -> Case:
        loaded = self._load(site)
        settings = self.configuration.layer(site.identity)
        plan = plan_of(site, self.seed, loaded)
        case: Case = builder_of(site.family).build_configured(target_of(site, loaded), plan, settings)
        return case

    def _load(self, site: LayerSite) -> Loaded:
        from gradcheck.cases.importing.loading import load

        loaded = load(site.file, self.root)
        loaded.old_names.forget()  # what an earlier layer of the file used
        return loaded


def references() -> dict[str, Reference]:
    """Every torch counterpart by name; torch itself is imported when one is asked."""
    from gradcheck.types import Reference

    return extensions.load_all("gradcheck.references", "REFERENCE", Reference)


def require_reference(name: str, where: str) -> None:
    """Refuse the name of a counterpart that there is none of.

    Raises:
        ConfigurationError: There is no such counterpart; the message names the nearest.
    """
    from gradcheck.cases.declaring.validation import nearest
    from gradcheck.matching import naming

    known = references()
    if naming.named(name, known) is None:
        message = f"{where}: there is no torch counterpart {name!r}{nearest(name, naming.titles(known))}"
        raise ConfigurationError(message)
