"""TensorBoard's projector: its own plugin serves what is written."""

from __future__ import annotations

from pathlib import Path

import numpy
import pytest

from gluon_softmax.models.vectors import WordVectors


@pytest.mark.filterwarnings("ignore")  # TensorBoard's own imports warn
def test_tensorboard_serves_the_folder(random_vectors: WordVectors, tmp_path: Path) -> None:
    pytest.importorskip("tensorboard.plugins.projector")
    from tensorboard.backend.event_processing import data_provider, plugin_event_multiplexer
    from tensorboard.plugins import base_plugin
    from tensorboard.plugins.projector import projector_plugin
    from werkzeug import test as werkzeug_test
    from werkzeug import wrappers

    random_vectors.save(tmp_path, format="projector")
    multiplexer = plugin_event_multiplexer.EventMultiplexer()
    context = base_plugin.TBContext(
        logdir=str(tmp_path),
        multiplexer=multiplexer,
        data_provider=data_provider.MultiplexerDataProvider(multiplexer, str(tmp_path)),
    )
    apps = projector_plugin.ProjectorPlugin(context).get_plugin_apps()

    def get(route: str) -> bytes:
        query = "run=.&name=vectors.tsv"
        client = werkzeug_test.Client(apps[route], wrappers.Response)
        answer = client.get(f"/?{query}")
        assert answer.status_code == 200, answer.data
        return bytes(answer.data)

    assert b"vectors.tsv" in get("/info")
    served = numpy.frombuffer(get("/tensor"), numpy.float32).reshape(len(random_vectors), -1)
    assert (served == random_vectors.matrix).all()
    assert get("/metadata").decode().splitlines() == random_vectors.tokens


def test_the_three_files(royal: WordVectors, tmp_path: Path) -> None:
    royal.save(tmp_path / "v.tsv")
    assert (tmp_path / "v.tsv").read_text().splitlines()[:2] == ["1\t1", "1\t3"]
    assert (tmp_path / "metadata.tsv").read_text() == "man\nwoman\nking\nqueen\napple\n"
    config = (tmp_path / "projector_config.pbtxt").read_text()
    assert 'tensor_path: "v.tsv"' in config and 'metadata_path: "metadata.tsv"' in config


def test_words_may_hold_spaces(tmp_path: Path) -> None:
    WordVectors(["new york", "a\u00a0b"], [[1, 2], [3, 4]]).save(tmp_path / "v", format="projector")
    assert WordVectors.load(tmp_path / "v").tokens == ["new york", "a\u00a0b"]


@pytest.mark.parametrize(
    "name, content, message",
    [
        ("metadata.tsv", b"man\nwoman\n", "vectors.tsv: takes a line for each of the 2 words; got 5"),
        ("metadata.tsv", b"Word\tCount\na\t1\n", "metadata.tsv, line 1: takes one column, the words"),
        ("metadata.tsv", b"a\n\xff\nb\nc\nd\n", "metadata.tsv, line 2: takes UTF-8 text"),
        ("metadata.tsv", b"a\na\nb\nc\nd\n", "tokens takes each word once; got 'a'"),
        (
            "vectors.tsv",
            b"1\t2\n1\n1\t2\n1\t2\n1\t2\n",
            "vectors.tsv, line 2: takes a word and 2 numbers; got 1",
        ),
        ("vectors.tsv", b"1\t2\n1\tx\n1\t2\n1\t2\n1\t2\n", "vectors.tsv, line 2: takes numbers"),
        ("vectors.tsv", b"", "vectors.tsv: takes a line for each of the 5 words; got 0"),
    ],
)
def test_wrong_files(name: str, content: bytes, message: str, royal: WordVectors, tmp_path: Path) -> None:
    royal.save(tmp_path, format="projector")
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ValueError, match=message):
        WordVectors.load(tmp_path)


def test_the_words_file_is_no_file_of_vectors(royal: WordVectors, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"path takes a folder or a file \*\.tsv, where metadata.tsv has"):
        royal.save(tmp_path / "metadata.tsv")
