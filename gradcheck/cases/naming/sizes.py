"""The sizes of guessed layers and inputs.

Sizes that can meet in one array or one matrix product all differ: with equal sizes a transposed or broadcast
gradient still has the right shape, and such accidents gave false results in a survey.
"""

from __future__ import annotations

#: N, rows of a batch. Not 2: batch normalisation of two rows answers only with plus and minus one.
BATCH = 4
#: T, steps of a sequence.
TIME = 3
#: S, steps of the sequence a cross attention looks at; differs from TIME.
SOURCE = 5
#: D, features of an input row. Even and divisible by HEADS; more than VOCABULARY.
FEATURES = 8
#: M, features of an output row, classes of a classifier.
OUTPUTS = 5
#: H, units of a hidden layer or of a recurrent state; divisible by HEADS, differs from FEATURES and OUTPUTS.
HIDDEN = 6
#: C, channels of an image.
CHANNELS = 3
#: F, channels a convolution makes.
FILTERS = 2
#: Channels of a second convolution on top of the first.
SECOND_FILTERS = 7
#: Height and width of an image, length of a signal: divisible by kernels of 2 and of 3.
SPATIAL = 6
#: Height and width tried where a stride does not divide what SPATIAL leaves.
SPATIAL_OTHERS = (7, 8, 5, 9, 4, 10)
#: Length of a signal for layers that bring large kernels of their own.
LONG = 16
#: V, entries of a vocabulary; ids are below it.
VOCABULARY = 7
#: Longest sequence a positional table must hold: more than TIME and SOURCE.
LONGEST = 10
#: Heads of an attention.
HEADS = 2
#: Equal layers on top of one another: two, for a fault that shows only between layers.
DEPTH = 2
#: Side of a convolution's kernel: odd, for those that pad by its half.
KERNEL = 3
#: Stride of a convolution or pool: below KERNEL, for faults in overlapping windows are hidden by stride = kernel.
STRIDE = 2
#: Factor of an up-sampling, side of a pool that has no stride of its own.
FACTOR = 2
#: Share of entries a dropout drops: not a half, so that p and 1 - p differ.
DROPOUT = 0.25
#: Rate handed to a constructor: at 1, weights before minus weights after a step are the gradient.
LEARNING_RATE = 1.0
