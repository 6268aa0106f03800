"""Right and wrong forms that several update rules share."""

from __future__ import annotations

from gradcheck.optimizers.model import Alternative


def one(term: str, choice: str, words: str, uses: str = "") -> Alternative:
    """An alternative in one term."""
    return Alternative(choices={term: choice}, words=words, uses=uses)


DESCENT = {"velocity": "kept", "direction": "velocity", "rate": "once"}
VELOCITIES = (
    one("velocity", "averaged", "the velocity is a running mean, of (1 - momentum) dW", "momentum"),
    one("velocity", "averaged, corrected", "the velocity is a running mean, corrected for its start at 0", "momentum"),
    one("velocity", "damped from the second step", "dampening = momentum, from the second step on", "momentum"),
)
WRONG_VELOCITIES = (
    one("velocity", "forgotten", "momentum has no effect: no velocity is kept between steps", "momentum"),
    one("velocity", "opposed", "the kept velocity has the wrong sign", "momentum"),
    one("velocity", "exchanged", "momentum and 1 - momentum are exchanged", "momentum"),
    one("rate", "twice", "the learning rate enters twice, as its square", "momentum"),
    one("direction", "ahead without momentum", "the velocity is added to the gradient without momentum", "momentum"),
    one("direction", "twice the velocity", "the velocity looks ahead, the gradient is left out", "momentum"),
)

EPSILONS = (
    one("epsilon", "inside", "epsilon inside the root"),
    one("epsilon", "inside, squared", "epsilon squared inside the root"),
    one("epsilon", "as a floor", "epsilon as the least divisor"),
)

SIGN = one("sign", "up", "the sign is wrong: the step climbs the gradient")
SHARED = one("state", "shared", "the state of one parameter is used for the next")
MASKED = one("decayed", "matrices", "weight decay on matrices alone", "weight_decay")

#: Where weight decay enters, for the rules whose decay is coupled in torch.optim.
DECAYS = (
    one("decay", "decoupled", "weight decay decoupled from the gradient", "weight_decay"),
    one("decay", "decoupled, after the step", "weight decay decoupled, taken after the step", "weight_decay"),
    one("decay", "whole", "weight decay without the learning rate", "weight_decay"),
    one("decay", "whole, after the step", "weight decay without the learning rate, after the step", "weight_decay"),
    one("decay", "of the square", "weight decay is the gradient of weight_decay |W|^2", "weight_decay"),
)
#: Those of them that are AdamW's too.
DECOUPLED = frozenset({"decoupled, after the step", "whole", "whole, after the step"})
WRONG_DECAYS = (
    one("decay", "none", "weight_decay has no effect", "weight_decay"),
    one("decay", "twice", "weight decay is applied twice, to the gradient and to the parameter", "weight_decay"),
    one("decay", "negative", "weight decay has the wrong sign: parameters grow", "weight_decay"),
    one("decay", "decoupled, negative", "weight decay has the wrong sign: parameters grow", "weight_decay"),
    one("decay", "of everything", "weight decay multiplies the step too", "weight_decay"),
)

#: Terms every rule has, with torch's choice.
COMMON = {"sign": "down", "state": "own", "count": "steps", "decayed": "all", "decay": "coupled"}

MEAN_FAULTS = (
    one("mean", "exchanged", "the decay of the mean square and 1 - decay are exchanged"),
    one("mean", "summed", "the square lacks its factor 1 - decay"),
    one("mean", "never forgotten", "the mean square never forgets: a sum, which is AdaGrad's"),
    one("mean", "forgotten", "no mean square is kept between steps"),
    one("mean", "late", "the mean square of the step before divides"),
)
SQUARE_FAULTS = (
    one("square", "none", "the gradient is not squared"),
    one("square", "absolute", "|dW| is accumulated, not its square"),
    one("root", "none", "the square root is missing"),
)

_CORRECTIONS = {
    "none": "bias correction of the {} moment is missing",
    "constant": "bias correction of the {} moment does not count steps: 1 - beta, not 1 - beta^t",
    "a step early": "bias correction of the {} moment is a step ahead: t + 1",
    "a step late": "bias correction of the {} moment is a step behind: t - 1",
    "of the product": "bias correction of the {} moment multiplies beta t, not beta^t",
    "opposed": "bias correction of the {} moment multiplies where it divides",
    "stored": "the corrected {} moment is stored back and corrected again",
}
_BOTH = {form: words.replace("the {} moment", "both moments") for form, words in _CORRECTIONS.items()} | {
    "stored": "both corrected moments are stored back and corrected again"
}
CORRECTION_FAULTS = (
    *(one(f"{which} correction", form, words.format(which)) for which in ("second", "first")
      for form, words in _CORRECTIONS.items()),
    *(Alternative(choices={"first correction": form, "second correction": form}, words=words)
      for form, words in _BOTH.items()),
    one("first correction", "of the second", "the first moment is corrected by beta2"),
    one("second correction", "of the first", "the second moment is corrected by beta1"),
    Alternative(
        choices={"first correction": "of the second", "second correction": "of the first"},
        words="bias corrections are exchanged: beta2 for the first moment, beta1 for the second",
    ),
)  # fmt: skip

_MEANS = {
    "summed": "the {} moment lacks its factor 1 - beta",
    "exchanged": "beta and 1 - beta are exchanged in the {} moment",
    "forgotten": "the {} moment is not kept between steps",
    "never forgotten": "the {} moment never forgets: its factor beta is missing",
}
MOMENT_FAULTS = (
    *(one(f"{which} moment", form, words.format(which)) for which in ("second", "first")
      for form, words in _MEANS.items()),
    *(Alternative(choices={"first moment": form, "second moment": form},
                  words=words.replace("the {} moment", "both moments").replace("lacks its", "lack their"))
      for form, words in _MEANS.items()),
    one("moments", "exchanged", "the moments are mixed up: the first takes dW^2, the second dW"),
    one("betas", "exchanged", "beta1 and beta2 are exchanged"),
    one("square", "none", "the second moment takes dW, not its square"),
    one("square", "absolute", "the second moment takes |dW|, not dW^2"),
    one("square", "of the first", "the second moment takes the square of the first moment, not of dW"),
    one("root", "none", "the square root of the second moment is missing"),
    one("top", "gradient", "the first moment is not used: the step has dW above, as in RMSProp"),
    one("maximum", "none", "amsgrad has no effect", "amsgrad"),
    one("count", "parameters", "t counts parameters, not steps: it grows for every parameter of a step"),
)  # fmt: skip
ADAM = {
    "first moment": "averaged",
    "second moment": "averaged",
    "moments": "own",
    "betas": "own",
    "square": "square",
    "first correction": "power",
    "second correction": "power",
    "maximum": "of the moment",
    "top": "corrected",
    "root": "root",
    "epsilon": "outside",
}
ADAM_VARIANTS = (
    *EPSILONS,
    one("epsilon", "outside, uncorrected", "epsilon beside the uncorrected root"),
    one("epsilon", "inside, uncorrected", "epsilon inside the uncorrected root"),
    one("maximum", "of the corrected moment", "AMSGrad's maximum of corrected moments", "amsgrad"),
    one("top", "ahead", "Nesterov's look ahead, as in NAdam", "nesterov"),
    MASKED,
)
