"""Times calls of PyTorch as the JMH benchmarks in sample mode time Cortado's: by single calls after a warm-up."""
import statistics
import time

WARM_UP = 0.7
MEASURED = 2.0
FEWEST = 5


def single_calls(call):
    """Returns the times of single calls in microseconds, in order of size."""
    end = time.perf_counter() + WARM_UP
    while time.perf_counter() < end:
        call()
    times = []
    end = time.perf_counter() + MEASURED
    while len(times) < FEWEST or time.perf_counter() < end:
        start = time.perf_counter()
        call()
        times.append((time.perf_counter() - start) * 1e6)
    return sorted(times)


def line(name, threads, call):
    """Prints a row of a table: the median, the lowest, and the one that nine of ten are below."""
    times = single_calls(call)
    high = times[len(times) * 9 // 10]
    print(f"| {name} | {threads} | {statistics.median(times):.1f} ({times[0]:.1f}-{high:.1f}) |", flush=True)
