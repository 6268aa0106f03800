"""The critic's own step shall not reach the generator."""


def discriminator_step(netD, netG, real, noise, criterion, ones, zeros, optimizer):
    netD.zero_grad()
    fake = netG(noise)
    loss_real = criterion(netD(real), ones)
    loss_fake = criterion(netD(fake.detach()), zeros)
    (loss_real + loss_fake).backward()
    optimizer.step()
    return loss_real.item() + loss_fake.item(), fake
