"""TensorBoard's side of the tests of its event files.

  tensorboard_events.py record FILE   writes what EventFileTest compares with: a file of known events, by TensorBoard's own classes
  tensorboard_events.py read FOLDER   prints what TensorBoard's reader finds in a folder, as JSON
"""
import json
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.compat.proto import event_pb2, histogram_pb2, summary_pb2, tensor_pb2, tensor_shape_pb2
from tensorboard.compat.proto.event_pb2 import SessionLog
from tensorboard.summary.writer.record_writer import RecordWriter

EVERYTHING = {kind: 0 for kind in ("scalars", "histograms", "images", "tensors", "compressedHistograms")}


def event(seconds, step, value):
    return event_pb2.Event(wall_time=seconds, step=step, summary=summary_pb2.Summary(value=[value]))


def known():
    value = summary_pb2.Summary.Value
    yield event_pb2.Event(wall_time=1.5, file_version="brain.Event:2")
    yield event_pb2.Event(wall_time=2.5, step=41, session_log=SessionLog(status=SessionLog.START))
    yield event(3.5, 0, value(tag="train/loss", simple_value=0.25))
    yield event(4.5, 300, value(tag="train/loss", simple_value=float("nan")))
    yield event(5.5, 7, value(tag="filters", image=summary_pb2.Summary.Image(
        height=200, width=3, colorspace=3, encoded_image_string=bytes(range(200)))))
    # -1, 0, 0 and 29: each bar is 1 wide.
    counts = [1.0, 2.0] + 27 * [0.0] + [1.0]
    yield event(6.5, 8, value(tag="weights/0", histo=histogram_pb2.HistogramProto(
        min=-1, max=29, num=4, sum=28, sum_squares=842,
        bucket_limit=[float(i) for i in range(30)], bucket=counts)))
    yield event(7.5, 9, value(tag="biases", histo=histogram_pb2.HistogramProto(
        min=2, max=2, num=4, sum=8, sum_squares=16, bucket_limit=[2.0], bucket=[4.0])))
    yield event(8.5, 10, value(
        tag="notes",
        tensor=tensor_pb2.TensorProto(
            dtype="DT_STRING",
            tensor_shape=tensor_shape_pb2.TensorShapeProto(dim=[tensor_shape_pb2.TensorShapeProto.Dim(size=1)]),
            string_val=["größer **fett**".encode()]),
        metadata=summary_pb2.SummaryMetadata(
            plugin_data=summary_pb2.SummaryMetadata.PluginData(plugin_name="text"))))


def record(file):
    with open(file, "wb") as out:
        writer = RecordWriter(out)
        for e in known():
            writer.write(e.SerializeToString())
        writer.flush()


def read(folder):
    found = EventAccumulator(folder, size_guidance=EVERYTHING).Reload()
    tags = found.Tags()
    print(json.dumps({
        "scalars": {t: [[e.step, e.value] for e in found.Scalars(t)] for t in tags["scalars"]},
        "histograms": {
            t: [[e.step, e.histogram_value.num, sum(e.histogram_value.bucket)] for e in found.Histograms(t)]
            for t in tags["histograms"]},
        "images": {t: [[e.step, e.width, e.height] for e in found.Images(t)] for t in tags["images"]},
        "texts": {
            t: [e.tensor_proto.string_val[0].decode() for e in found.Tensors(t)]
            for t in tags["tensors"] if found.SummaryMetadata(t).plugin_data.plugin_name == "text"},
    }))


if __name__ == "__main__":
    {"record": record, "read": read}[sys.argv[1]](sys.argv[2])
