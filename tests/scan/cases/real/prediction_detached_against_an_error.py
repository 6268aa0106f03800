"""An error about a change in place went away with a detach, and the loss with it."""


class Semantic:
    def compute_loss(self, image, labels):
        predicted = self.segment(image)
        loss_sem = self.cross_entropy(predicted.detach(), labels)  # GRC008
        return loss_sem
