"""Right answers of another kind to step_seconds."""

import numpy


def by_readings(step, evaluate, wait, clock, num_warmup, num_epochs, num_steps):
    """Keep all readings, and take the evaluations' seconds off."""
    [step() for _ in range(num_warmup)]
    wait()
    readings = [clock()]
    for _ in range(num_epochs):
        [step() for _ in range(num_steps)]
        wait()
        readings.append(clock())
        evaluate()
        readings.append(clock())
    spans = numpy.diff(readings)
    return numpy.float32((spans.sum() - spans[1::2].sum()) / num_epochs / num_steps)


def with_a_timer(step, evaluate, wait, clock, num_warmup, num_epochs, num_steps, times=None):
    """A timer like the book's, and waits more often than need be."""
    times = [] if times is None else times

    def timed(work):
        wait()
        start = clock()
        work()
        wait()
        times.append(clock() - start)

    def epoch():
        for _ in range(num_steps):
            step()

    for _ in range(num_warmup):
        step()
        wait()
    for _ in range(num_epochs):
        timed(epoch)
        evaluate()
        wait()
    return sum(times) / len(times) / num_steps
