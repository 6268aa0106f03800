"""What a constructor's argument means, from its name: name -> role -> values to try, best first.

Names come from a survey of public repositories. Not every repository is in English: an unknown
name still gets values, by its annotation and by its place among the unknown ones.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from gradcheck.cases.naming import sizes
from gradcheck.cases.naming.family import Family, plain

_C, _D, _F, _H, _K, _M, _S = (
    sizes.CHANNELS, sizes.FEATURES, sizes.FILTERS, sizes.HIDDEN, sizes.KERNEL, sizes.OUTPUTS, sizes.SPATIAL,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """What arguments of some names mean.

    Attributes:
        name: The role's name.
        pattern: What the whole name looks like, in lower case without underscores.
        values: Plain values to try, best first; empty where `ingredients` makes objects for the role.
        families: Kinds of layer the meaning is limited to; empty for all.
    """

    name: str
    pattern: re.Pattern[str]
    values: tuple[Any, ...] = ()
    families: frozenset[Family] = frozenset()


def _role(name: str, *patterns: str, values: tuple[Any, ...] = (), families: tuple[Family, ...] = ()) -> Role:
    whole = re.compile("|".join(f"(?:{pattern})" for pattern in patterns))
    return Role(name=name, pattern=whole, values=values, families=frozenset(families))


_N: Final = r"(?:n|num|nb|no|numberof|numof|nof|howmany)?"
_SIZE: Final = (
    r"(?:features?|feats?|feat|f|units?|nodes?|neurons?|dims?|sizes?|len|length|num|count|n|d|ft|dimensions?)"
)
_CHANNEL: Final = r"(?:channels?|chnls?|chans?|chn|ch|filters?|planes|maps|featuremaps|canales)"
_IN: Final = r"(?:in|input|inputs|inp|prev|previous|fanin|src|x)"
_OUT: Final = r"(?:out|output|outputs|next|fanout|y)"
_SIDE: Final = r"(?:s|h|w|height|width|length|dim|side)"
_EACH: Final = r"(?:1|2|3|skip|h|w|x|y|height|width|size|hw)?"
_CONVOLUTIONS: Final[tuple[Family, ...]] = ("image", "signal")

#: First match wins.
ROLES: Final[tuple[Role, ...]] = (
    # Before everything: such names also contain "weight", "bias" and "forget".
    _role("initialiser", r".*init.*"),
    # Objects and callables.
    _role("optimizer", r".*optim.*", "opt", "solver", "updater"),
    _role("derivative", r".*(prime|derivative|deriv|derivate)(fn|func|function)?", "df", "dfn", "dact", "dactivation"),
    _role("loss", r"(loss|cost)(fn|func|function|class|layer|obj)?", "criterion", "objective"),
    _role("activations", r".*activations", r".*activation(functions|fns|list|layers)", "acts", "nonlinearities"),
    _role("kernel", "f", families=_CONVOLUTIONS, values=(_K, 2)),
    _role(
        "activation",
        r".*(activation|nonlin|squash|transfer).*", r"act(fn|func|function|layer)?", "gatefn",
        "f|g|fn|func|function|phi",
    ),
    _role(
        "layers", "layers|layerslist|layerlist|listoflayers", "modules|modulelist", "blocks|ops|operations|sublayers"
    ),
    _role(
        "layer",
        r"(wrapped|base|inner|sub)?(layer|module|block|model|net|network|cell|wrapped)",
        "encoder|decoder|backbone",
    ),
    _role("generator", "rng|random|generator|randomgenerator|randomstate"),
    _role("dtype", "dtype|datatype|floattype|precision"),
    _role("seed", r".*seed", values=(0,)),
    # Flags before sizes, for `use_bias`.
    _role(
        "flag",
        r"(use|is|has|have|with|return|enable|include|need|should|apply|track)[a-z]{3,}",
        "debug|verbose|trainable|cache|affine|causal|training|train|inplace|bidirectional|requiresgrad",
        values=(True, False),
    ),
    # Arrays before the one-letter names of sizes.
    _role("weight", r"w|weights?(matrix)?|wmat|theta|param"),
    _role("input weight", "wx|wxh|wih|wi|u"),
    _role("state weight", "wh|whh|wr|waa"),
    _role("bias", "b|bias|biases|bh|bx|intercept"),
    _role("gamma", "gamma", values=(1.5, 2)),
    _role("beta", "beta", values=(1.5,)),
    # Lists with one entry per layer; two layers, so that all of them have the same length.
    _role("list of kernels", r"kernels?(size|shape|width)s", "filtersizes", values=([3, 2], _K)),
    _role("list of strides", "strides", values=([1, 1], 1, (1, 1))),
    _role("list of paddings", "paddings|pads", values=([1, 0], 1)),
    _role(
        "widths",
        r"(layer|layers|unit|neuron|node|network|net|mlp|fc|linear)?s?(sizes|dims|widths|dimensions|shapes)",
        "layernodes|layerunits|architecture|topology|structure|arch",
        r"(units|neurons|nodes|features)(list|perlayer|each)",
        values=([_D, _H, _M], (_D, _H, _M), _H),
    ),
    # One hidden layer between input and output: two layers in all, as in the other lists.
    _role(
        "hidden widths", r"hiddens", r"hidden(layer|unit|neuron)?s?(sizes|dims|widths|units|list)", "hiddenlayers",
        values=([_H], _H, [_D, _H, _M]),
    ),
    # Rates and small numbers.
    _role("steps", r".*(bptt|trunc).*", r"(n|num)steps", values=(5, 3)),
    _role(
        "regulariser", r".*(regulari[sz]|penalty).*", r"weightdecay.*", "l1|l2|reg|wd|lambda|lambd|lam|lamda",
        values=(0.0, None),
    ),
    _role("keep", "keep|pkeep", r"keep(prob|rate|ratio|p)\w*", values=(1.0 - sizes.DROPOUT,)),
    _role("dropout", r".*drop.*", "p|pdrop|prob|probability|rate|ratio", values=(sizes.DROPOUT, 0.0)),
    _role("learning rate", "lr|learningrate|eta|stepsize|learnrate", values=(sizes.LEARNING_RATE, 0.1)),
    _role("momentum", r".*momentum.*", "mom|decay|decayrate|rho|ema|beta1|beta2", values=(0.9,)),
    _role("epsilon", r"(eps|epsilon|tiny).*", values=(1e-5,)),
    _role("slope", "alpha|a|slope|negativeslope|negslope|leak|leakiness|leakrate", values=(0.1, 1.0)),
    _role(
        "scale",
        "temp|temperature|tau|margin|delta|threshold|sigma|std|stddev|scale|gain|coef|coefficient|smooth.*",
        "labelsmoothing|value|constant|const|paddingvalue|fillvalue",
        values=(0.5, 1.0, 2),
    ),
    _role("clip", r".*clip.*", "minvalue|maxvalue|lower|upper|low|high", values=(5.0, 1.0)),
    # Shapes: `values_of` puts the one that suits the family first.
    _role(
        "input shape", r"(in|input|inputs|inp|image|img|data|x)(data)?shape", "inputdims?hape|formaentrada",
        values=((_D,), (_C, _S, _S), (_S, _S, _C), (sizes.TIME, _D), _D),
    ),
    _role(
        "output shape", r"(out|output|target|new)?shape", "newdims?",
        values=((2, _D // 2), (_D,), _D, (-1,), (_C, _S, _S)),
    ),
    _role("features", r"normali[sz]edshape", values=(_D, (_D,))),
    _role(
        "kernel shape", rf"(kernel|filter|conv|pool|pooling|window|patch|block)s?shape{_EACH}",
        values=((_K, _K), _K, (2, 2), (_F, _C, _K, _K)),
    ),
    _role("out channels", rf"{_N}(filters|kernels|maps)(num|n|count)?[123]?", "(n|nb|num)filter", values=(_F,)),
    _role(
        "kernel",
        rf"(kernel|filter|conv|pool|pooling|window|patch|block|param|receptivefield){_SIDE}?{_EACH}",
        "k|ks|ksize|kh|kw|fh|fw|filterlen",
        values=(_K, (_K, _K), 2, (2, 2), (_K, _K, _C, _F)),
    ),
    _role("kernel", "size", families=_CONVOLUTIONS, values=(2, (2, 2), _K)),
    _role(
        "stride", rf"strides?{_EACH}", "step|s|sh|sw",
        values=(sizes.STRIDE, 1, (sizes.STRIDE, sizes.STRIDE), (1, 1)),
    ),
    _role(
        "padding", rf"(zero)?pad(ding|dings|s)?(mode|type)?{_EACH}", "ph|pw",
        values=(1, 0, "same", "valid", ((1, 1), (1, 1)), (1, 1)),
    ),
    _role("dilation", rf"(dilation|dilate|atrous)s?(rate|factor)?{_EACH}", values=(1, 2, 0)),
    _role("groups", r".*groups?", values=(1,)),
    _role(
        "factor", r"(up|down)(sampl|scale)\w*", r"(up|down|scale|zoom|repeat|sampling)?(factors?|ratio)",
        "zoom|repeats?|up|down",
        values=(sizes.FACTOR, (sizes.FACTOR, sizes.FACTOR)),
    ),
    # Counts that are no features.
    _role(
        "padding index", r"(pad|padding|blank|ignore|bos|eos|unk|start|end)(idx|index|id|token)", "blank",
        values=(0,),
    ),
    _role(
        "vocabulary", r".*voc(ab|abulary)?(size|dim|len|length)?",
        rf"{_N}(embeddings|tokens|words|wordids|ids|symbols)",
        "inputdictsize|dictsize|dictionarysize|numemb|v",
        values=(sizes.VOCABULARY,),
    ),
    _role("heads", r".*heads?(num|count|n)?", values=(sizes.HEADS, 1)),
    _role(
        "depth", rf"{_N}(hidden)?(layers|blocks|stacks|bnlayers)(num|count|n)?", "layer(num|count)|nlayer",
        values=(sizes.DEPTH, 1, [_D, _M]),
    ),
    _role("longest", r"max(imum)?(len|length|seq|position|step|time|token|context).*", values=(sizes.LONGEST,)),
    _role(
        "time",
        rf"{_N}(t|times?|timesteps?|steps|seq|seqs|seqlen|seqlength|sequence(length|len|size)?|context(len|length)?)",
        "blocksize|lookback|contextwindow",
        values=(sizes.TIME,),
    ),
    _role("batch", r".*batch.*", values=(sizes.BATCH,)),
    # Channels, height and width.
    _role(
        "in channels", rf"{_N}{_IN}{_CHANNEL}(num|n|count)?", r"cin|inc|nic|inputc|inputdepth|indepth",
        rf"{_CHANNEL}in",
        values=(_C,),
    ),
    _role(
        "out channels", rf"{_N}{_OUT}{_CHANNEL}(num|n|count)?[123]?",
        "cout|outc|noc|outputc|outdepth|planes|chresidual|chdilation", rf"{_CHANNEL}out", rf"{_OUT}(ch)[123]",
        values=(_F,),
    ),
    _role("out channels", "depth", families=_CONVOLUTIONS, values=(_F,)),
    _role("channels", rf"{_N}{_CHANNEL}|c", values=(_C,)),
    _role(
        "spatial",
        r"(input|image|img|in)?(width|height|side|rows|cols|columns|spatialsize|resolution|imgsize|imagesize)",
        "imgsize|imagesize|imgdim|imagedim",
        values=(_S, (_S, _S)),
    ),
    # Features: "from" before "to" before "both".
    _role("classes", rf"{_N}(class|classes|labels|categories|targets|actions)", "outputdictsize", values=(_M,)),
    _role(
        "hidden",
        rf"{_N}(h|hidden|hid|inner|intermediate|mid|latent|state|memory|bottleneck|mlp)({_SIZE})?[123]?",
        rf"{_N}(ff|ffn|feedforward)({_SIZE})?[123]?",
        "dff|dh|dinner|dhidden|dimfeedforward|dimff|dimhidden",
        values=(_H,),
    ),
    _role(
        "hidden", "dk|dv|dq|keydim|valuedim|querydim|headdim|headsize|dhead",
        values=(sizes.FEATURES // sizes.HEADS,),
    ),
    _role(
        "in features", rf"{_N}{_IN}({_SIZE})?", rf"{_SIZE}{_IN}", "din|nx|nprev|entradas?", values=(_D, (_D,)),
    ),
    _role(
        "out features", rf"{_N}{_OUT}({_SIZE})?[123]?", rf"{_SIZE}{_OUT}", r"dout|ny|salidas?",
        rf"{_N}(linear|dense|fc)?(units?|nodes?|neurons?)(num|count|n)?",
        values=(_M, (_M,)),
    ),
    _role(
        "features",
        rf"d|n|{_N}(d)?(model|embed|embd|emb|embedding|feature|feat|word|wordvec|token|vector|layer)s?({_SIZE})?",
        "size|dim|dimension|width|length", "demb|dembed|dmodel",
        values=(_D, (_D,), -1),
    ),
    # The rest.
    _role("axis", r".*ax[ie]s", values=(-1, 1, 0)),
    _role(
        "mode", "mode|pooltype|kind|method|reduction|reduce|poolmode|mergemode",
        values=("mean", "max", "sum", "same"),
    ),
    _role("name", r".*name", "id|label|tag|title", values=("layer",)),
    _role("index", r".*(index|idx)", values=(0,)),
)  # fmt: skip

#: For names that mean nothing to us, by place: the usual order is "from, to", then a small count.
_UNKNOWN: Final[tuple[tuple[Any, ...], ...]] = (
    (_D, (_D,), 0.5, None, [_D, _M]),
    (_M, (_M,), 0.5, None),
    (_K, 1, 0.5, None),
    (2, 1, 0.5, None),
)

#: Annotation word, the type it means, values where the role has none of that type.
_KINDS: Final[tuple[tuple[str, tuple[type, ...], tuple[Any, ...]], ...]] = (
    ("bool", (bool,), (True, False)),
    ("tuple", (tuple,), ((_K, _K), (_D,))),
    ("list", (list,), ([_D, _M], [_D, _H, _M])),
    ("sequence", (list, tuple), ([_D, _M], [_D, _H, _M])),
    ("dict", (dict,), ({},)),
    ("str", (str,), ("same", "")),
    ("float", (float,), (0.5, 1.0)),
    ("int", (int,), ()),
)

_SHAPES_OF: Final[dict[Family, tuple[int, ...]]] = {
    "image": (_C, _S, _S),
    "signal": (_C, _S),
    "recurrent": (sizes.TIME, _D),
    "attention": (sizes.TIME, _D),
}


def role_of(name: str, family: Family = "rows") -> Role | None:
    """The role of an argument's name in a layer of some family, None where the table has none."""
    wanted = plain(name)
    for role in ROLES:
        if role.pattern.fullmatch(wanted) and (not role.families or family in role.families):
            return role
    return None


def values_of(role: Role | None, annotation: str, family: Family, unknown: int = 0) -> tuple[Any, ...]:
    """Plain values to try for an argument, best first.

    Args:
        role: What its name means, None where it means nothing.
        annotation: Its annotation as text, or "".
        family: The kind of layer it constructs.
        unknown: How many arguments before it had a name that means nothing.
    """
    values = role.values if role else _UNKNOWN[min(unknown, len(_UNKNOWN) - 1)]
    if role and role.name == "input shape" and family in _SHAPES_OF:
        first = _SHAPES_OF[family]
        values = (first, *(value for value in values if value != first))
    return _annotated(values, annotation)


def _annotated(values: tuple[Any, ...], annotation: str) -> tuple[Any, ...]:
    words = set(re.findall(r"[a-z]+", annotation.lower()))
    for word, types, generic in _KINDS:
        if word not in words:
            continue
        fitting = [value for value in values if type(value) in types]
        others = [value for value in values if type(value) not in types]
        return (*fitting, *(() if fitting else generic), *others)
    return values
