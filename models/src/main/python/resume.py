"""Long trainings that can be stopped: what they are is saved after each epoch in the file that $CORTADO_STATE names, if it does."""

import os
import pathlib

import torch


def epochs(count, state, random=None, **parts):
    """Yields the epochs that are still to be done.

    state is a dict of whatever else goes on from epoch to epoch; parts have a state_dict, random is numpy's generator.
    """
    named = os.environ.get("CORTADO_STATE")
    file = pathlib.Path(named) if named else None
    first = 0
    if file and file.exists():
        saved = torch.load(file, weights_only=False)
        first = saved["epochs"]
        state.update(saved["state"])
        for name, part in parts.items():
            part.load_state_dict(saved["parts"][name])
        torch.set_rng_state(saved["torch"])
        if random is not None:
            random.bit_generator.state = saved["numpy"]
        print(f"goes on after epoch {first}", flush=True)
    for epoch in range(first, count):
        yield epoch
        if file:
            whole = {
                "epochs": epoch + 1,
                "state": state,
                "parts": {name: part.state_dict() for name, part in parts.items()},
                "torch": torch.get_rng_state(),
                "numpy": random.bit_generator.state if random is not None else None,
            }
            new = file.with_suffix(".new")
            torch.save(whole, new)
            new.replace(file)
