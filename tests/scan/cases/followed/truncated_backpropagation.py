import torch


def repackage(hidden):
    if isinstance(hidden, torch.Tensor):
        return hidden.detach()
    return tuple(repackage(one) for one in hidden)


def train(model, optimizer, criterion, batches):
    hidden = model.begin()
    for x, y in batches:
        optimizer.zero_grad()
        hidden = repackage(hidden)
        output, hidden = model(x, hidden.detach())
        loss = criterion(output, y)
        loss.backward()
        optimizer.step()


class Network(torch.nn.Module):
    def forward(self, inputs):
        h = self.begin
        outputs = []
        for step, x in enumerate(inputs):
            if step % 20 == 0:
                h = h.detach()
            h = self.cell(x, h)
            outputs.append(self.head(h))
        return torch.stack(outputs)

    def loss(self, inputs, targets):
        self.hidden = self.hidden.detach()
        output, self.hidden = self.lstm(inputs, self.hidden)
        return ((output - targets) ** 2).mean()


def by_parts(model, chunks, loss_of):
    state = None
    for x, y in chunks:
        predicted, state = model(x, state)
        if isinstance(state, tuple):
            h, c = state
            state = (h.detach(), c.detach())
        loss = loss_of(predicted, y)
        loss.backward()
