"""The weights' exponential moving average, as Cortado's AveragedModel has it with useBuffers."""

from torch.optim import swa_utils


def of(network, decay):
    """Returns the average, None for a decay of 0."""
    if not decay:
        return None
    return swa_utils.AveragedModel(network, multi_avg_fn=swa_utils.get_ema_multi_avg_fn(decay), use_buffers=True)
