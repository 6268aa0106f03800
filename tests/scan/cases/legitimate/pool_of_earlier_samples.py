"""Cycles of two generators: a pool of old pictures, none of which is trained through."""


class Cycle:
    def backward_critic(self, critic, real, fake):
        loss_real = self.criterion(critic(real), True)
        loss_fake = self.criterion(critic(fake.detach()), False)
        loss = (loss_real + loss_fake) * 0.5
        loss.backward()
        return loss
