"""One of two encoders is fixed by a flag."""

import torch


class BiEncoder(torch.nn.Module):
    def sub_model(self, encoder, ids, fix_encoder):
        if fix_encoder:
            with torch.no_grad():
                pooled = encoder(ids)
            pooled.requires_grad_(requires_grad=True)
            return pooled
        return encoder(ids)
