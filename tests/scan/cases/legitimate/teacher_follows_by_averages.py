"""A teacher's weights follow those of the student."""


def update_ema_variables(model, ema_model, alpha, step):
    alpha = min(1 - 1 / (step + 1), alpha)
    for ema_param, param in zip(ema_model.parameters(), model.parameters()):
        ema_param.data.mul_(alpha).add_(param.data, alpha=1 - alpha)
