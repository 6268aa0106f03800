"""What is logged is taken out of the graph, so that memory does not grow."""


def train(model, batches, criterion, optimizer):
    history, total = [], 0.0
    for x, t in batches:
        optimizer.zero_grad()
        loss = criterion(model(x), t)
        loss.backward()
        optimizer.step()
        history.append(loss.detach().cpu())
        total += loss.item()
    return history, total / len(history)
