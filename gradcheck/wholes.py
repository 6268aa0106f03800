"""What is no layer and examined at once, without a case: optimizers, marked trainings, parts of an autograd tape."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gradcheck.errors import BuildError
from gradcheck.source.optimizer_names import claimed
from gradcheck.source.optimizers import OPTIMIZER, find_optimizers
from gradcheck.source.trainings import TRAINING, find_trainings

if TYPE_CHECKING:
    from gradcheck.cases.declaring.configuration import Configuration
    from gradcheck.source.model import LayerSite
    from gradcheck.types import CheckResult, Profile

#: Seconds an optimizer's file may take to be imported, and again each of its optimizers to be driven.
OPTIMIZER_SECONDS = 20.0


def examined(
    site: LayerSite, configuration: Configuration, *, seed: int, profile: Profile
) -> dict[str, CheckResult | BuildError]:
    """Examine a site in isolation; where its file holds more of the kind, those as well, so that it is imported once.

    Args:
        site: The optimizer, the training, or the part of a tape.
        configuration: The project's settings.
        seed: Seed of every draw.
        profile: How much it may cost.

    Returns:
        Identity to the result, or to the error that says why there is none.
    """
    if site.family == OPTIMIZER:
        return _optimizers(site, configuration, seed)
    if site.family == TRAINING:
        from gradcheck.marked_trainings import results

        return results(_together(site, find_trainings([site.file], root=site.root), configuration), seed=seed)
    from gradcheck.tape_building import whole

    try:
        return {site.identity: whole(site, configuration.layer(site.identity), seed=seed, profile=profile)}
    except BuildError as error:
        return {site.identity: error}


def _optimizers(site: LayerSite, configuration: Configuration, seed: int) -> dict[str, CheckResult | BuildError]:
    """Every optimizer of a file driven and compared with the rule it is named after."""
    from gradcheck.optimizers.isolated import results

    sites = _together(site, find_optimizers([site.file], root=site.root), configuration)
    settings = {one.qualname: configuration.layer(one.identity) for one in sites}
    declared = {
        name: {
            "rule": claimed(found.reference.rpartition(".")[2]),
            "exact": found.expectation(OPTIMIZER) == "torch",
        }
        for name, found in settings.items()
    }
    return results(sites, declared, seed=seed, seconds=OPTIMIZER_SECONDS)


def _together(site: LayerSite, of_file: Sequence[LayerSite], configuration: Configuration) -> list[LayerSite]:
    """A site and the others of its file that are not left out."""
    wanted = [one for one in of_file if not configuration.declared_skip(one.identity)]
    return list({one.identity: one for one in (*wanted, site)}.values())
