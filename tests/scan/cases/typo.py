def freeze(model):
    for p in model.parameters():
        p.require_grad = False  # GRC013
        p.requires_grad = False
