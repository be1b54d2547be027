"""What goes wrong when steps are timed."""

from gluon_softmax.coursework.exercise import Mistake

_SECTION = "Training"
MISTAKES = {
    "clock_before_wait": Mistake(
        "The clock was read before the wait, so what was timed is how fast steps are queued. Wait until the "
        "work is done, then read the clock.",
        _SECTION,
        "https://github.com/apache/mxnet/issues/14220",
    ),
    "warmup_counted": Mistake(
        "The warm-up's steps are in the mean, with the memory and the compilation that only the first steps "
        "need. Begin to measure after them.",
        _SECTION,
        "https://github.com/benchopt/benchopt/issues/642",
    ),
    "warmup_not_awaited": Mistake(
        "The clock was started while the warm-up's work was still in the queue, so the first epoch pays for "
        "it. Wait once before the first reading.",
        _SECTION,
    ),
    "timer_starts_anew": Mistake(
        "The timer began anew with each epoch while the steps were counted from the beginning, as in the "
        "book's training loops: more epochs look like a faster machine. Add up seconds and steps over the "
        "same epochs.",
        _SECTION,
    ),
    "evaluation_counted": Mistake(
        "The seconds of the evaluation are in those of the steps. Read the clock before you evaluate.",
        _SECTION,
        "https://github.com/neulab/xnmt/pull/61",
    ),
    "wait_after_each": Mistake(
        "There was a wait after each step, so the host could not queue the next one meanwhile, and training "
        "got slower by being measured. Wait once, at the end of the epoch.",
        _SECTION,
        "https://github.com/pytorch/torchtitan/pull/134",
    ),
}


def step_seconds(step, evaluate, wait, clock, num_warmup, num_epochs, num_steps, *, wrong):
    """Return the mean seconds of a step with the mistakes in `wrong`."""

    def make(number):
        for _ in range(number):
            step()
            if "wait_after_each" in wrong:
                wait()

    begin = clock()
    make(num_warmup)
    if "warmup_not_awaited" not in wrong:
        wait()
    spans = [clock() - begin] if "warmup_counted" in wrong else []
    count = num_warmup if "warmup_counted" in wrong else 0
    for _ in range(num_epochs):
        begin = clock()
        make(num_steps)
        count += num_steps
        if "clock_before_wait" not in wrong:
            wait()
        if "evaluation_counted" in wrong:
            evaluate()
        spans.append(clock() - begin)
        if "evaluation_counted" not in wrong:
            evaluate()
    return (spans[-1] if "timer_starts_anew" in wrong else sum(spans)) / count
