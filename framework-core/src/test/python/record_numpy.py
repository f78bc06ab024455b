"""Writes the arrays that NumpyFilesTest reads: record_numpy.py FOLDER. Any NumPy from 1.24 on gives these bytes."""
import sys
from pathlib import Path

import numpy as np

folder = Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
floats = (np.arange(24, dtype="<f4") / 8 - 1).reshape(2, 3, 4)
ints = np.array([[0, -1, 2147483647], [-2147483648, 7, 42]], "<i4")

np.save(folder / "f4.npy", floats)
np.save(folder / "f4_fortran.npy", np.asfortranarray(floats))
np.save(folder / "i4.npy", ints)
np.save(folder / "scalar.npy", np.float32(2.5))
np.save(folder / "vector.npy", np.array([1, 2, 3], "<f4"))
np.save(folder / "empty.npy", np.zeros((0, 5), "<f4"))
np.save(folder / "f8.npy", np.array([0.1, -np.inf, 1e300]))
np.save(folder / "f2.npy", np.array([1, -0.5, 65504], "<f2"))
np.save(folder / "i8.npy", np.array([5, -5, 1 << 31], "<i8"))
np.save(folder / "i8_fortran.npy", np.asfortranarray(np.arange(6).reshape(2, 3)))
np.save(folder / "u1.npy", np.array([0, 200], "|u1"))
np.save(folder / "bool.npy", np.array([True, False]))
np.save(folder / "big_endian.npy", np.array([1, 2], ">f4"))
np.save(folder / "text.npy", np.array(["a", "bc"]))
np.save(folder / "objects.npy", np.array([None, {}], object), allow_pickle=True)
np.save(folder / "records.npy", np.array([(1, 2.0)], [("a", "<i4"), ("b", "<f4")]))
for version in (2, 3):
    with open(folder / f"version{version}.npy", "wb") as out:
        np.lib.format.write_array(out, floats, (version, 0))
np.savez(folder / "two.npz", **{"conv.weight": floats, "a/labels ☂": ints})
np.savez_compressed(folder / "packed.npz", zeros=np.zeros(20000, "<f4"), fortran=np.asfortranarray(floats))
