"""Which module builds what: from a layer's site to its target, its plan and, in the child process, its recipe."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gradcheck.cases.torch.kinds import TORCH_FAMILIES
from gradcheck.errors import BuildError
from gradcheck.source.pairs import FAMILIES as PAIR_FAMILIES

if TYPE_CHECKING:
    from gradcheck.cases.importing.loading import Loaded
    from gradcheck.choosing import Plan
    from gradcheck.source.model import LayerSite


def builder_of(family: str) -> Any:
    """The module that builds layers of a family: `building`, `torch_building` or `pair_building`."""
    if family in TORCH_FAMILIES:
        from gradcheck import torch_building

        return torch_building
    if family in PAIR_FAMILIES:
        from gradcheck import pair_building

        return pair_building
    from gradcheck import building

    return building


def target_of(site: LayerSite, loaded: Loaded) -> Any:
    """What a site's builder builds: its class, or its functions.

    Raises:
        LoadError: It is not there once the file is imported.
    """
    if site.family in PAIR_FAMILIES:
        return builder_of(site.family).target(loaded, site)
    from gradcheck.cases.importing.loading import resolve

    return resolve(loaded, site.qualname)


def settings_of(family: str) -> contextlib.AbstractContextManager[None]:
    """Settings of torch kept as they are while torch code is imported and built."""
    if family not in TORCH_FAMILIES:
        return contextlib.nullcontext()
    from gradcheck.cases.torch.settings import preserved

    return preserved()


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


@functools.lru_cache(maxsize=1)
def _sites_by_name(file: Path, root: Path) -> Mapping[str, LayerSite]:
    # The child builds the classes of one file one after another.
    from gradcheck.source.discovery import layers_in_file

    return {site.qualname: site for site in reversed(layers_in_file(file, root).sites)}


def rehearse_build(file: Path, root: Path, key: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Build one class in the child process and answer with the recipe, or with why not.

    Args:
        file: The Python file, imported already.
        root: The project root.
        key: The class's qualified name.
        arguments: The global seed under "seed".
    """
    from gradcheck.cases.importing.loading import load
    from gradcheck.cases.running.deadline import listening
    from gradcheck.cases.running.evaluation import undrawn

    site = _sites_by_name(file, root)[key]
    loaded = load(file, root)
    plan = plan_of(site, arguments["seed"], loaded)
    try:
        with undrawn(), listening():
            _, recipe = builder_of(site.family).build(target_of(site, loaded), plan)
    except BuildError as error:
        return {"built": False, "reason": error.reason, "remedy": list(error.remedy)}
    return {"built": True, "construction": recipe.construction, "inputs": recipe.inputs}
