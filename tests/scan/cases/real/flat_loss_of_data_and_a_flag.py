"""The loss is computed from the data of the outputs; a flag on it silences the error that says so."""

from torch.autograd import Variable


def train_emotion(model, batches, criterion):
    for x, t in batches:
        outputs = model(x)
        loss = criterion(outputs.data, t)  # GRC008
        loss = Variable(loss, requires_grad=True)  # GRC009
        loss.backward()
