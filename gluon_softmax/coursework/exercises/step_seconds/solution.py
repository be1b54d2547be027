"""A time is the difference of two readings of the clock, and each reading needs an empty queue.

The queue is emptied before the first reading, or the warm-up's work is in the result; and before the second,
or it is only the queueing that was timed. In between nobody waits: the host queues a step while the device is
at work on the one before, and a wait after each step would take that away. Seconds and steps are added up
over the same epochs.
"""


def step_seconds(step, evaluate, wait, clock, num_warmup, num_epochs, num_steps):
    """Return the mean seconds of a step."""
    for _ in range(num_warmup):
        step()
    wait()
    seconds = 0.0
    for _ in range(num_epochs):
        start = clock()
        for _ in range(num_steps):
            step()
        wait()
        seconds += clock() - start
        evaluate()
    return seconds / (num_epochs * num_steps)
