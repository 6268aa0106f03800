"""How often a loop runs is no function to be differentiated."""


def grow(x):
    y = x * 2
    while y.data.norm() < 1000:
        y = y * 2
    y.sum().backward()
    return x.grad
