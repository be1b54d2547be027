"""The options of a chapter: where they are read from, its corpus, and where its pictures go."""

from __future__ import annotations

from pathlib import Path

import pytest
from oracles.small_runs import write_sentences

from gluon_softmax import chapter
from gluon_softmax.chapter import open_chapter


def test_smoke_is_the_embedded_corpus_for_few_epochs(capsys: pytest.CaptureFixture[str]) -> None:
    opened = open_chapter("trees", 5, smoke_epochs=2, argv=["--smoke", "--device", "cpu"])
    assert (opened.name, opened.corpus_name, opened.num_epochs, opened.smoke) == (
        "trees",
        "mini_ptb",
        2,
        True,
    )
    assert str(opened.device) == "cpu(0)" and opened.data_dir is None
    assert capsys.readouterr().out == f"{opened.why}\n" == "corpus: mini_ptb, as asked for\n"
    assert open_chapter("trees", 5, argv=["--smoke", "--device", "cpu"]).num_epochs == 1


def test_what_is_given_wins_over_the_chapter_and_over_smoke(tmp_path: Path) -> None:
    folder = str(write_sentences(tmp_path))
    argv = ["--device", "cpu", "--corpus", folder, "--data-dir", "data"]
    opened = open_chapter("trees", 5, argv=argv)
    assert (opened.corpus_name, opened.num_epochs, opened.data_dir) == (folder, 5, "data")
    opened = open_chapter("trees", 5, argv=[*argv, "--smoke", "--num-epochs", "7"])
    assert (opened.corpus_name, opened.num_epochs, opened.smoke) == (folder, 7, True)


def test_without_a_corpus_it_is_the_one_that_can_be_had(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def choose(name: str, data_dir: str | None) -> tuple[str, str]:
        asked.append((name, data_dir))
        return "ptb", "corpus: ptb"

    monkeypatch.setattr(chapter, "choose_corpus", choose)
    opened = open_chapter("trees", 5, argv=["--device", "cpu", "--data-dir", "data"])
    assert asked == [("auto", "data")] and opened.corpus_name == "ptb"


def test_a_script_reads_its_command_line_and_a_notebook_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.argv", ["trees.py", "--smoke", "--device", "cpu", "--num-epochs", "3"])
    monkeypatch.setenv("CHAPTER_ARGS", "--smoke --device cpu --num-epochs 4 --data-dir 'my data'")
    opened = open_chapter("trees", 5)
    assert (opened.num_epochs, opened.data_dir) == (3, None)
    monkeypatch.setattr(chapter, "in_notebook", lambda: True)
    opened = open_chapter("trees", 5)
    assert (opened.num_epochs, opened.data_dir) == (4, "my data")
    monkeypatch.delenv("CHAPTER_ARGS")
    monkeypatch.setattr(chapter, "choose_corpus", lambda name, _: (name, "why"))
    assert open_chapter("trees", 5).num_epochs == 5


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["--device", "tpu"], "--device takes cpu, gpu:0"),
        (["--device", "cpu:99999999999999"], "--device takes cpu:0 to cpu:255; got 'cpu:99999999999999'"),
        (["--num-epochs", "0"], "--num-epochs takes an integer of at least 1, got 0"),
        (["--num-epochs", "two"], "argument --num-epochs: invalid int value: 'two'"),
        (["--corpus", "nowhere"], "--corpus takes 'ptb', 'mini_ptb' or a folder with train.txt"),
        (["--corpus", ""], "--corpus takes 'ptb', 'mini_ptb' or a folder with train.txt"),
        (["--corpus", "~nosuchuser/text"], "--corpus takes a path below a home that is there; got '~nosuch"),
    ],
)
def test_a_bad_option_of_a_chapter_is_answered_with_one_line(
    argv: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        open_chapter("trees", 5, argv=["--smoke", *argv])
    out, err = capsys.readouterr()
    assert (stop.value.code, out) == (2, "")
    assert err.startswith(f"chapters/trees.py: error: {message}") and err.count("\n") == 1


def test_a_text_that_a_chapter_cannot_read_is_answered_with_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (write_sentences(tmp_path) / "train.txt").write_bytes(b"\xff\xfe")
    opened = open_chapter("trees", 5, argv=["--device", "cpu", "--corpus", str(tmp_path)])
    capsys.readouterr()
    with pytest.raises(SystemExit) as stop:
        opened.load_corpus()
    err = capsys.readouterr().err
    assert stop.value.code == 2 and err.count("\n") == 1
    assert err.startswith("chapters/trees.py: error: ") and "takes UTF-8 text, got byte 0xff" in err


def test_an_unknown_option_names_the_chapter(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        open_chapter("trees", 5, argv=["--epochs", "1"])
    err = capsys.readouterr().err
    assert "chapters/trees.py: error: unrecognized arguments: --epochs 1" in err


def test_the_corpus_is_read_as_the_chapter_asks(tmp_path: Path) -> None:
    opened = open_chapter("trees", 5, argv=["--device", "cpu", "--corpus", str(write_sentences(tmp_path))])
    assert len(opened.load_corpus(min_freq=1, eos=True).counts) == 14  # 12 words, <unk>, <eos>
    assert len(opened.load_corpus(min_freq=41).counts) == 6  # the, a, chip, bank, has, <unk>


def test_pictures_go_to_the_clone_or_else_to_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = open_chapter("trees", 5, argv=["--smoke", "--device", "cpu"])
    clone, work = tmp_path / "clone", tmp_path / "work"
    for folder in (clone, work):
        folder.mkdir()
    monkeypatch.chdir(work)
    monkeypatch.setattr(chapter, "__file__", str(clone / "gluon_softmax" / "chapter.py"))
    assert opened.picture() == work / "build" / "trees.png"
    (clone / "chapters").mkdir()
    assert opened.picture() == clone / "build" / "trees.png"
    assert opened.picture("loss") == clone / "build" / "trees-loss.png"
    assert (clone / "build").is_dir()
