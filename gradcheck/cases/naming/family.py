"""What kind of layer a class is, from its name: the first clue to its arguments and to its input's rank."""

from __future__ import annotations

import re
from typing import Final, Literal

Family = Literal["loss", "embedding", "attention", "cell", "recurrent", "signal", "image", "rows"]

#: First match wins; names are in lower case without underscores.
_FAMILIES: Final[tuple[tuple[Family, re.Pattern[str]], ...]] = (
    (
        "loss",
        re.compile(
            r"loss|entropy|criterion|objective|hinge|huber|divergence|error$|cost$|distance$"
            r"|^(mse|mae|bce|nll|rmse)|(mse|mae|bce|nll)$|(softmax|with)ce$"
        ),
    ),
    ("embedding", re.compile(r"embed|lookup|word2?vec")),
    ("attention", re.compile(r"attention|transformer|encoderlayer|decoderlayer|positional|positionwise|^mha$")),
    ("cell", re.compile(r"(rnn|lstm|gru|recurrent)\w*(cell|step)|cell$")),
    ("recurrent", re.compile(r"rnn|lstm|gru|recurrent|bptt|sequence|timedistributed|seq2seq")),
    ("signal", re.compile(r"(conv|pool|sampl|cnn|pad)\w*1d|1d(conv|pool)|scanningmlp|wavenet")),
    (
        "image",
        re.compile(
            r"conv|pool|[23]d|spatial|image|sampl|flatten|^cnn|cnn$|resnet|resblock|resid|im2col|patch|padding|vgg|lenet"
        ),
    ),
)


def plain(name: str) -> str:
    """A name in lower case without underscores."""
    return name.replace("_", "").lower()


def family_of(qualname: str) -> Family:
    """The family a class's name puts it in; "rows" where it says nothing."""
    name = plain(qualname.rpartition(".")[2])
    return next((family for family, pattern in _FAMILIES if pattern.search(name)), "rows")
