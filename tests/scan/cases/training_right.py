"""Training loops that are right, in the forms people use."""

import torch


def accumulate(model, batches, optimizer, every):
    for index, x in enumerate(batches):
        (model(x).mean() / every).backward()
        if (index + 1) % every == 0:
            optimizer.step()
            optimizer.zero_grad()


def adversarial(generator, critic, batches, opt_g, opt_d):
    for real in batches:
        fake = generator(torch.randn(8, 4))
        loss_d = critic(fake.detach()).mean() - critic(real).mean()
        opt_d.zero_grad()
        loss_d.backward()
        opt_d.step()
        loss_g = -critic(fake).mean()
        opt_g.zero_grad()
        loss_g.backward()
        opt_g.step()


def by_hand(parameters, loss, lr):
    loss.backward()
    with torch.no_grad():
        for p in parameters:
            p -= lr * p.grad
            p.grad = None


def clear(model):
    for p in model.parameters():
        p.grad = None


def through_a_helper(model, batches, optimizer):
    for x in batches:
        clear(model)
        model(x).mean().backward()
        optimizer.step()


def quasi_newton(model, x, y):
    optimizer = torch.optim.LBFGS(model.parameters())
    for _ in range(5):

        def closure():
            optimizer.zero_grad()
            loss = ((model(x) - y) ** 2).mean()
            loss.backward()
            return loss

        optimizer.step(closure)


def logged(model, batches, optimizer):
    total = 0.0
    for x in batches:
        optimizer.zero_grad()
        loss = model(x).mean()
        loss.backward()
        optimizer.step()
        total += loss.item()
    return total


def truncated(model, state, chunks, optimizer):
    for chunk in chunks:
        optimizer.zero_grad()
        state = state.detach()
        output, state = model(chunk, state)
        output.mean().backward()
        optimizer.step()


def attack(model, x, y, step):
    x = x.clone().requires_grad_()
    for _ in range(3):
        loss = torch.nn.functional.cross_entropy(model(x), y)
        loss.backward()
        x = x + step * x.grad.sign()
        x = x.detach().requires_grad_()
    return x


def learn_to_learn(w, inner, outer):
    loss = inner(w)
    loss.backward(create_graph=True)
    w = w - 0.1 * w.grad
    return outer(w)


def average(student, teacher, decay):
    for s, t in zip(student.parameters(), teacher.parameters()):
        t.data.mul_(decay).add_(s.data, alpha=1 - decay)


def project(delta, loss, size):
    loss.backward()
    delta.data = (delta.data + delta.grad.detach().sign()).clamp(-size, size)
    delta.grad.zero_()


def explain(model, x):
    x.requires_grad_()
    model(x).max().backward()
    return x.grad
