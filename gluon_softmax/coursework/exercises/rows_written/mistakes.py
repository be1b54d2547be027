"""What goes wrong when the rows of a step are counted."""

import numpy

from gluon_softmax.coursework.exercise import Mistake

_SECTION = "The Embedding Layer"
MISTAKES = {
    "every_position": Mistake(
        "A word that is looked up several times was counted as several rows of the gradient. Its gradients "
        "are added up: a row-sparse gradient has one row for each different word.",
        _SECTION,
    ),
    "states_forgotten": Mistake(
        "Only the weight was counted in the update. Adam reads and writes two more tables, its moments, row "
        "for row with the weight, and adagrad one.",
        "Training",
    ),
    "small_dense_gradient": Mistake(
        "The dense gradient was counted with the rows of the batch alone. It is a whole table, whose zeros "
        "are written and read as well.",
        _SECTION,
    ),
    "states_of_all_rows": Mistake(
        "In the sparse step the states of all rows were counted, as of an Adam whose moments decay "
        "everywhere. The lazy update touches the rows of the batch in every table.",
        "Exercises",
        "https://github.com/keras-team/keras/issues/19992",
    ),
    "equal_is_less": Mistake(
        "At the size given both steps write the same number of rows. The smallest size at which sparse "
        "writes fewer is the next one.",
        _SECTION,
    ),
    "copy_forgotten": Mistake(
        "The copy of the batch's different rows was left out, so sparse seems to write less as soon as one "
        "word is absent. It is read and written before the lookup.",
        _SECTION,
    ),
}


def rows_written(ids, vocab_size, num_states, *, wrong):
    """Return the counts with the mistakes in `wrong`."""
    n = len(ids)
    u = n if "every_position" in wrong else numpy.unique(ids).size
    s = 0 if "states_forgotten" in wrong else num_states
    copied = 0 if "copy_forgotten" in wrong else u

    def dense(size):
        gradient = u if "small_dense_gradient" in wrong else size
        return 2 * n + gradient + (1 + s) * size, n + gradient + (1 + s) * size

    def sparse(size):
        states = s * (size if "states_of_all_rows" in wrong else u)
        return copied + 2 * n + 2 * u + states, copied + n + 2 * u + states

    margin = 0 if "equal_is_less" in wrong else 1
    from_size = next(size for size in range(100_000) if dense(size)[1] >= sparse(size)[1] + margin)
    return {"dense": dense(vocab_size), "sparse": sparse(vocab_size), "from_size": from_size}
