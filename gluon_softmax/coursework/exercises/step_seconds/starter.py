"""Before: "Training" in the chapter on negative sampling."""


def step_seconds(step, evaluate, wait, clock, num_warmup, num_epochs, num_steps):
    """Train for some epochs, and return the mean seconds that a training step takes.

    First come `num_warmup` steps, in which memory is allocated and code compiled: they are not measured. Then
    come `num_epochs` epochs of `num_steps` steps, each epoch followed by an evaluation, which is not measured
    either. Within an epoch the steps are queued one behind another, as in training: do not wait between them.

    Parameters
    ----------
    step : ``step()`` queues a training step and returns before it is done.
    evaluate : ``evaluate()`` computes the held-out loss; it waits for all that is queued.
    wait : ``wait()`` returns when all that is queued is done.
    clock : ``clock()`` gives the time in seconds, from any beginning.
    num_warmup, num_epochs, num_steps : int, 1 or more.

    Returns
    -------
    float: the seconds of all epochs' training over the number of their steps.

    >>> from time import perf_counter, sleep
    >>> round(step_seconds(lambda: sleep(0.01), lambda: 0, lambda: None, perf_counter, 1, 1, 2), 2)
    0.01
    """
    raise NotImplementedError
