"""An optimizer changes weights by their data, or without a graph."""

import torch


class SGD(torch.optim.Optimizer):
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                d_p = p.grad.data
                p.data.add_(d_p, alpha=-group["lr"])


class Adagrad(torch.optim.Optimizer):
    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                state = self.state[p]
                state["sum"].addcmul_(p.grad, p.grad, value=1)
                p.addcdiv_(p.grad, state["sum"].sqrt().add_(1e-10), value=-group["lr"])
