"""Prints the sequence of LossScaleSuite by the rule of torch.cuda.amp.GradScaler.

The rule is PyTorch's documentation's, with growth_interval 3: "scale is multiplied by backoff_factor if a gradient was inf
or NaN, and by growth_factor if growth_interval consecutive iterations had none". From PyTorch 2.3 on, its own kernel runs on the CPU
and is compared with; earlier ones have it on GPUs only.
"""

FOUND = [0, 0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0]
GROWTH, BACKOFF, INTERVAL = 2.0, 0.5, 3


def by_rule():
    scale, tracker, rows = 65536.0, 0, []
    for found in FOUND:
        if found:
            scale, tracker = scale * BACKOFF, 0
        else:
            tracker += 1
            if tracker == INTERVAL:
                scale, tracker = scale * GROWTH, 0
        rows.append((scale, tracker))
    return rows


def by_torch():
    import torch

    scale, tracker = torch.tensor(65536.0), torch.tensor(0, dtype=torch.int32)
    rows = []
    for found in FOUND:
        torch._amp_update_scale_(scale, tracker, torch.tensor(float(found)), GROWTH, BACKOFF, INTERVAL)
        rows.append((scale.item(), tracker.item()))
    return rows


if __name__ == "__main__":
    rows = by_rule()
    for found, (scale, tracker) in zip(FOUND, rows):
        print(found, int(scale), tracker)
    try:
        assert by_torch() == rows
        print("PyTorch agrees")
    except (ImportError, NotImplementedError) as e:
        print("not compared with PyTorch:", e)
