"""The combined loss is logged, one of its terms is returned."""


def crosscoder_objective(reconstruction, sparsity, logger):
    total_loss = reconstruction + 0.01 * sparsity  # GRC012
    logger.log({"total": total_loss.item()})
    return reconstruction
