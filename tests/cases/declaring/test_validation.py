"""A refusal ends with the nearest valid name, or with a short list of them."""

from __future__ import annotations

import pytest

from gradcheck.cases.declaring.validation import nearest, require_layer
from gradcheck.errors import ConfigurationError


@pytest.mark.parametrize(
    ("name", "valid", "said"),
    [
        ("gradint", ("contract", "gradient"), "; did you mean 'gradient'?"),
        ("zzz", ("b", "a", "a"), "; known are a, b"),
        ("zzz", [f"layer{number:02}" for number in range(40)], ", layer11 and 28 more"),
        ("zzz", (), ""),
    ],
)
def test_the_nearest_name_is_offered_or_a_short_list(name, valid, said):
    assert nearest(name, valid).endswith(said)
    assert bool(nearest(name, valid)) == bool(said)


@pytest.mark.parametrize("identity", ["layers.py::Outer", "layers.py::Outer.Inner"])
def test_a_class_that_is_written_in_the_file_exists(tmp_path, identity):
    (tmp_path / "layers.py").write_text("raise SystemExit('imported')\nclass Outer:\n    class Inner(Base): ...\n")
    require_layer(identity, root=tmp_path, where="here")


@pytest.mark.parametrize("identity", ["layers.py", "layers.py::", "layers::A", "a\\b.py::A", "::A"])
def test_what_is_no_identity_is_refused(tmp_path, identity):
    with pytest.raises(ConfigurationError, match=r"here: .* is not the identity of a layer"):
        require_layer(identity, root=tmp_path, where="here")
