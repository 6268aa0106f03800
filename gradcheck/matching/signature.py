"""What a case shows of its layer to a counterpart."""

from __future__ import annotations

from gradcheck.types import Array, Case, Role, Signature


def signature_of(case: Case, y: Array) -> Signature:
    """The signature of a case whose forward answers `y` at its point."""
    subject = case.subject
    return Signature(
        primals=subject.primals,
        inputs=tuple(name for name, role in subject.roles.items() if role is Role.INPUT),
        parameters=tuple(name for name, role in subject.roles.items() if role is Role.PARAMETER),
        y=y,
        settings=case.settings,
        given=case.given,
        constants=case.stabilisers,
    )
