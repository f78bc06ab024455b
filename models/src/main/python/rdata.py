"""Reads data frames of R's files, as Cortado's RDataFile does: *.rda, and the *.rdx/*.rdb pairs of installed packages."""
import bz2
import gzip
import lzma
import struct
import zlib


class Reader:
    """R's serialisation, format XDR (R Internals, section 1.8)."""

    def __init__(self, data):
        self.data, self.at, self.seen = data, 0, []

    def take(self, n):
        self.at += n
        return self.data[self.at - n : self.at]

    def int(self):
        return struct.unpack(">i", self.take(4))[0]

    def start(self):
        assert self.take(2) == b"X\n"
        version = self.int()
        self.take(8)
        if version == 3:
            self.take(self.int())
        return self.item()

    def item(self):
        flags = self.int()
        kind = flags & 255
        if kind in (0, 254):
            return None
        if kind == 255:
            return self.seen[(flags >> 8 or self.int()) - 1]
        if kind == 1:
            self.seen.append(self.item())
            return self.seen[-1]
        if kind == 2:
            pairs = {}
            while kind == 2:
                if flags & 512:
                    self.item()
                tag = self.item() if flags & 1024 else None
                pairs[tag] = self.item()
                flags = self.int()
                kind = flags & 255
            return pairs
        if kind == 9:
            n = self.int()
            return None if n < 0 else self.take(n).decode("latin-1" if flags & (4 << 12) else "utf-8")
        if kind == 238:
            name, state, _ = list(self.item().values())[0], self.item(), self.item()
            if name == "compact_intseq":
                n, first, step = state["values"]
                return {"values": [int(first + step * i) for i in range(int(n))]}
            return state[0] if isinstance(state, list) else list(state.values())[0]
        n = self.int()
        if kind in (10, 13):
            values = list(struct.unpack(">%di" % n, self.take(4 * n)))
        elif kind == 14:
            values = list(struct.unpack(">%dd" % n, self.take(8 * n)))
        elif kind in (16, 19):
            values = [self.item() for _ in range(n)]
        else:
            raise ValueError("R type %d at byte %d" % (kind, self.at))
        return {"values": values, **(self.item() if flags & 512 else {})}


def unpack(data):
    for begin, how in ((b"BZh", bz2), (b"\x1f\x8b", gzip), (b"\xfd7zXZ", lzma)):
        if data.startswith(begin):
            return how.decompress(data)
    return zlib.decompress(data) if data[:1] == b"x" else data


def frame(item):
    """Returns a data frame's columns by name; a factor as (codes from 0, levels)."""
    columns = {}
    for name, column in zip(item["names"]["values"], item["values"]):
        levels = column.get("levels")
        columns[name] = (
            column["values"] if levels is None else ([v - 1 for v in column["values"]], levels["values"])
        )
    return columns


def rda(path, name):
    data = unpack(open(path, "rb").read())
    assert data[:5] in (b"RDX2\n", b"RDX3\n")
    return frame(Reader(data[5:]).start()[name])


def lazy(folder, name):
    """Reads an object of the package's database that R's lazy loading uses."""
    index = Reader(unpack(open(folder + "/Rdata.rdx", "rb").read())).start()
    variables = index["values"][index["names"]["values"].index("variables")]
    offset, length = variables["values"][variables["names"]["values"].index(name)]["values"]
    record = open(folder + "/Rdata.rdb", "rb").read()[offset : offset + length]
    kind = record[4:5]
    body = bz2.decompress(record[5:]) if kind == b"2" else lzma.decompress(
        record[5:], format=lzma.FORMAT_RAW, filters=[{"id": lzma.FILTER_LZMA2, "preset": 6}]
    ) if kind == b"Z" else zlib.decompress(record[4:])
    assert len(body) == struct.unpack(">I", record[:4])[0]
    return frame(Reader(body).start())
