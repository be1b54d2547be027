"""Wrong command lines: each with what the one line of the error must say."""

from __future__ import annotations

from pathlib import Path
from typing import Callable, NamedTuple

LONG = "x" * 100_000
TRAIN = "train --corpus {corpus} --embed-size 5 --batch-size 64 --subsampling none --device cpu --quiet"
BEGIN, REPLACE = f"{TRAIN} --out {{here}}/out", f"{TRAIN} --out {{run}} --overwrite"
_MEMORY = "takes a size that fits into memory; got 1000000000000: "


class BadCommand(NamedTuple):
    """A command whose folders are below {here}: {run} and {lm}, finished runs, and {corpus}."""

    command: str
    said: str
    prepare: Callable[[Path], None] = lambda _: None
    arguments: tuple[str, ...] = ()  # more of them, which may hold spaces or nothing


# Options of a training that would begin without them: "option and value | what is said".
_OPTIONS = """
--out ~nosuchuser/x | --out takes a path below a home that is there; got '~nosuchuser/x'
--out {corpus}/train.txt | --out takes a folder; got
--out {corpus}/train.txt/x | train.txt is a file
--out /proc/nothing/x | /proc/nothing
--out {run} | holds config.json already: go on with it (--resume), replace it (--overwrite), or
--out {run} --resume --overwrite | not allowed with argument
--out {here}/nothing --resume | no run there: {here}/nothing has no config.json
--embed-size 0 | takes an integer of at least 1, got 0
--embed-size -1 | takes an integer of at least 1, got -1
--embed-size 1.5 | argument --embed-size: invalid int value: '1.5'
--embed-size abc | argument --embed-size: invalid int value: 'abc'
--embed-size 1000000000000 | --embed-size takes a size that fits into memory; got 1000000000000
--embed-size 9999999999999999999999999 | takes an integer of at most 9223372036854775807; got 9999
--batch-size 0 | --batch-size takes an integer of at least 1, got 0
--num-epochs 0 | --num-epochs takes an integer of at least 1, got 0
--num-epochs 1e3 | invalid int value: '1e3'
--lr 0 | --lr takes a finite number above 0, got 0.0
--lr -1 | --lr takes a finite number above 0, got -1.0
--lr nan | --lr takes a finite number above 0, got nan
--lr 1e400 | --lr takes a finite number above 0, got inf
--lr 0,01 | argument --lr: invalid float value: '0,01'
--decay 0 | --decay takes a finite number above 0 and at most 1, got 0.0
--decay nan | --decay takes a finite number above 0 and at most 1, got nan
--clip-norm 0 | --clip-norm takes a finite number above 0, got 0.0
--schedule cosine | --schedule takes one of constant, linear; got 'cosine'
--optimizer adamw | --optimizer takes one of sgd, adam, adagrad; got 'adamw'
--model bert | --model takes one of skip-gram, cbow, lm; got 'bert'
--softmax hard | --softmax takes one of
--seed -1 | --seed takes an integer of at least 0, got -1
--model lm --seed -1 | no option of this kind of run
--min-freq 0 | --min-freq takes an integer of at least 1, got 0
--min-freq 1000000 | removes every word
--corpus nothing | --corpus takes 'ptb', 'mini_ptb' or a folder
--corpus /dev/null | --corpus takes 'ptb', 'mini_ptb' or a folder
--corpus {run}/config.json | removes every word
--corpus {run}/loss.png | takes UTF-8 text, got byte 0x89
--corpus / | a corpus folder takes train.txt, valid.txt and test.txt; / lacks train.txt, valid.txt, test.txt
--corpus ~nosuchuser/x | --corpus takes a path below a home that is there; got '~nosuchuser/x'
--vectors typo.txt | typo.txt
--vectors {corpus} | {corpus}
--vectors {corpus}/train.txt | line 1
--vectors ~nosuchuser/x | --vectors takes a path below a home that is there
--vectors {run}/vectors.txt --embed-size 6 | --vectors takes vectors of 6 numbers, the --embed-size;
--device tpu | --device takes cpu, gpu:0 (or another number) or auto; got 'tpu'
--device gpu:97 | --device takes a GPU that this MXNet can run on; got 'gpu:97'
--device cpu:-1 | --device takes cpu, gpu:0
--device cpu, | --device takes a device between every two commas; got 'cpu,'
--device cpu:0,cpu:0 | --device takes devices that differ; got 'cpu:0,cpu:0'
--device cpu:99999999999999 | --device takes cpu:0 to cpu:255; got 'cpu:99999999999999'
--log-interval 0 | --log-interval takes an integer of at least 1, got 0
--resample-every 0 | --resample-every takes an integer of at least 1, got 0
--max-window-size 0 | --max-window-size takes an integer of at least 1, got 0
--max-window-size 1000000000000 | --max-window-size takes a size that fits into memory; got 1000000000000
--max-window-size 100000 --batches blocks --lr 0.1 | --max-window-size takes a size that fits into memory
--subsampling gensim | --subsampling takes one of d2l, word2vec, none; got 'gensim'
--subsampling d2l --threshold 0 | --threshold takes a finite number above 0
--subsampling d2l --threshold nan | --threshold takes a finite number above 0
--batches rows | --batches takes one of pairs, book, blocks; got 'rows'
--batches blocks --softmax full | takes 'blocks' with --softmax negative-sampling or hierarchical only
--batches book --softmax hierarchical | --batches takes 'book' with --softmax negative-sampling only
--batches blocks --optimizer adam | --optimizer takes 'sgd' with SkipGramBlocks, which step by themselves
--batches blocks --clip-norm 1 | --clip-norm takes None with SkipGramBlocks; got 1.0
--batches blocks --weight-decay 0.1 | --weight-decay takes 0 with SkipGramBlocks
--weight-decay -1 | --weight-decay takes a finite number of at least 0, got -1.0
--weight-decay nan | --weight-decay takes a finite number of at least 0, got nan
--weight-decay 1e300 | --weight-decay takes a number from 1e-30 to 1e+30
--batches blocks --device cpu:0,cpu:1 | --device takes one context with SkipGramBlocks; got 2
--batches blocks --batch-size 24 | --batch-size takes a multiple of block_size, 16; got 24
--batches blocks --batch-size 1000000000000 | --batch-size takes a size that fits into memory
--num-noise-words 0 | --num-noise-words takes an integer of at least 1, got 0
--num-noise-words 1000000000000 | --num-noise-words takes a size that fits into memory; got 1000000000000
--power nan | --power takes a finite number, got nan
--power 1e308 | --power takes a number whose product with log counts is finite; got 1e+308
--bptt 5 | no option of this kind of run, --model skip-gram with --softmax negative-sampling; --model lm
--cutoffs 10 | --softmax adaptive takes it
--num-sampled 10 | --softmax nce or sampled takes it
--softmax full --label-smoothing -0.1 | --label-smoothing takes a finite number of at least 0 and below 1
--softmax full --label-smoothing 1 | takes a finite number of at least 0 and below 1, got 1.0
--lr 1e300 | --lr takes a number from 1e-30 to 1e+30, which float32 holds; got 1e+300
--lr 1e-300 | --lr takes a number from 1e-30 to 1e+30
--clip-norm 1e-300 | --clip-norm takes a number from 1e-30 to 1e+30
--softmax full --label-smoothing nan | --label-smoothing takes a finite number
--softmax nce --num-sampled 0 | --num-sampled takes an integer of at least 1, got 0
--softmax nce --num-sampled 1000000000000 | --num-sampled takes a size that fits into memory
--softmax nce --log-partition nan | --log-partition takes a finite number, got nan
--softmax nce --num-sampled 5 --log-partition 1e300 | training takes a loss that is finite from the start
--softmax sampled --num-sampled 14 | --num-sampled takes
--softmax sampled --num-sampled 5 --sampler zipf | takes one of log-uniform, unigram, uniform; got 'zipf'
--softmax adaptive --div-value 1e300 | --div-value takes a number that leaves each of
--softmax adaptive --div-value nan | --div-value takes a finite number of at least 1, got nan
--softmax adaptive --num-clusters 0 | --num-clusters takes
--softmax adaptive --cutoffs a,b | --cutoffs takes integers with commas between them; got 'a,b'
--softmax adaptive --cutoffs 10,5 | --cutoffs takes at least one integer, all different, in rising order
--nothing | unrecognized arguments: --nothing
--num-epoch 3 | unrecognized arguments: --num-epoch 3; did you mean --num-epochs?
--learning-rate 3 | unrecognized arguments: --learning-rate 3; did you mean --lr?
--vector_size 3 | unrecognized arguments: --vector_size 3; did you mean --embed-size?
"""

# The same for a language model.
_LM_OPTIONS = f"""
--seed -1 | --seed takes an integer of at least 0, got -1
--dropout 1 | --dropout takes a finite number of at least 0 and below 1, got 1.0
--dropout nan | --dropout takes a finite number
--num-layers 0 | --num-layers takes an integer of at least 1, got 0
--num-layers 1000000000000 | --num-layers {_MEMORY}the weights of the recurrent layers
--num-hiddens 0 | takes an integer of at least 1, got 0
--num-hiddens 1000000000000 | --num-hiddens {_MEMORY}the weight of the recurrent layer
--bptt 0 | --bptt takes an integer of at least 1, got 0
--cell transformer | --cell takes one of rnn_tanh, rnn_relu, gru, lstm; got 'transformer'
--batch-size 1000000000000 | --batch-size takes at most the 920 words of train; got 1000000000000
--batches pairs | no option of this kind of run, --model lm with --softmax sampled; --model skip
"""

_OTHERS = """
 | the following arguments are required: COMMAND
nothing | invalid choice: 'nothing'
train --out {run} --resume --embed-size 13 | goes on with --embed-size 5, as it began; got 13
train --out {run} --resume --num-epochs 1 | goes on with --num-epochs 2 or more, as it began; got 1
train --out {run} --resume --weight-decay 0.5 | goes on with --weight-decay 0.0, as it began; got 0.5
train --out {run} --resume --model cbow | goes on with --model skip-gram, as it began; got cbow
train --seed | argument --seed: expected one argument
similar {here}/nothing chip | RUN takes a folder that `gluon-softmax train` wrote; {here}/nothing does not
similar {corpus} chip | has no config.json
similar {corpus}/train.txt chip | has no config.json
similar ~nosuchuser/x chip | RUN takes a path below a home that is there; got '~nosuchuser/x'
similar {run} | the following arguments are required: WORD
similar {run} chop | 'chop' is none of the 13 words; nearest spellings: chip
similar {run} chip -k 0 | -k takes an integer of at least 1, got 0
similar {run} chip -k 1.5 | argument -k: invalid int value: '1.5'
similar {run} chip --topn 3 | unrecognized arguments: --topn 3; did you mean -k?
similar {lm} chip | takes no question about words: it is a lm
analogy {run} chip the | the following arguments are required: C
analogy {run} chip the xyzzy | 'xyzzy' is none of the 13 words
export {run} {corpus} | {corpus}
export {run} {here}/nothing/vectors.txt | {here}/nothing
export {lm} {here}/vectors.txt | takes no question about words
export {run} {here}/v --format glove | --format takes one of word2vec, word2vec-binary, fasttext, gensim
export {run} {here}/corpus --format parquet | Is a folder, into which formats d2l, safetensors, projector
export {run} {run} --format safetensors | PATH takes a folder of its own for model.safetensors
export {run} {here}/v.safetensors | PATH takes a folder or a file named model.safetensors
export {run} {here}/metadata.tsv | PATH takes a folder or a file *.tsv
export {run} {here}/a/b --format d2l | {here}/a/b
export {run} ~nosuchuser/v | PATH takes a path below a home that is there; got '~nosuchuser/v'
evaluate {here}/nothing | RUN takes a folder that
evaluate {run} --word-pairs typo.tsv | typo.tsv
evaluate {run} --word-pairs {corpus} | {corpus}
evaluate {run} --word-pairs {corpus}/train.txt | takes lines of two words and a number with tabs
evaluate {run} --word-pairs ~nosuchuser/v | --word-pairs takes a path below a home that is there
evaluate {run} --analogies {corpus}/train.txt | takes a section, ': its name', first; got
evaluate {run} --analogies typo.txt | typo.txt
evaluate {lm} --analogies typo.txt | --analogies takes a run that has word vectors; {lm} is a lm
evaluate {lm} --word-pairs typo.txt | --word-pairs takes a run that has word vectors; {lm} is a lm
evaluate {run} --device gpu:97 | --device takes a GPU
evaluate {run} --device cpu:99999999999999 | --device takes cpu:0 to cpu:255
evaluate {run} --device cpu,cpu | --device takes devices that differ; got 'cpu,cpu'
phrases nothing | CORPUS takes 'ptb', 'mini_ptb' or a folder
phrases | the following arguments are required: CORPUS
phrases {corpus} --out {corpus} | --out takes a folder without a corpus; {corpus}/train.txt is there already
phrases {corpus} --out {corpus}/train.txt | --out takes a folder; got
phrases {corpus} --out {here}/new --min-count 0 | --min-count takes an integer of at least 1, got 0
phrases {corpus} --out {here}/new --threshold nan | --threshold takes a finite number of at least 0, got nan
phrases {corpus} --out {here}/new --threshold -1 | --threshold takes a finite number of at least 0, got -1
phrases {corpus} --out {here}/new -k 0 | -k takes an integer of at least 1, got 0
phrases {corpus} --out ~nosuchuser/x | --out takes a path below a home that is there
generate {run} | RUN takes a language model
generate {lm} --words -1 | --words takes an integer of at least 1, got -1
generate {lm} --temperature 0 | --temperature takes a number of at least 0.001
generate {lm} --temperature nan | --temperature takes a finite number, got nan
generate {lm} --top-k 0 | --top-k takes an integer of at least 1, got 0
generate {lm} --seed -1 | --seed takes an integer of at least 0, got -1
generate {lm} --prefix chop | 'chop' is none of the 14 words
"""


def _table(table: str, prefix: str = "") -> list[BadCommand]:
    rows = []
    for line in table.strip("\n").splitlines():
        options, _, said = line.partition(" | ")
        out = "" if "--out " in options or not prefix else " --out {here}/out"
        rows.append(BadCommand(f"{prefix}{out} {options}".strip(), said))
    return rows


def _arguments() -> list[BadCommand]:
    """Arguments that a line of the tables cannot hold: empty, long, with spaces."""
    return [
        BadCommand(TRAIN, "--out takes a path; got ''", arguments=("--out", "")),
        BadCommand(BEGIN, "--corpus takes a path; got ''", arguments=("--corpus", "")),
        BadCommand(
            BEGIN,
            "--device takes cpu, gpu:0 (or another number) or auto; got ''",
            arguments=("--device", ""),
        ),
        BadCommand(BEGIN, "argument --embed-size: invalid int value: ''", arguments=("--embed-size", "")),
        BadCommand(BEGIN, "--model takes one of skip-gram, cbow, lm; got 'xxxx", arguments=("--model", LONG)),
        BadCommand(BEGIN, "name too long", arguments=("--corpus", LONG)),
        BadCommand(BEGIN, "--lr takes a finite number above 0, got inf", arguments=("--lr", "9" * 5000)),
        BadCommand(BEGIN, "argument --embed-size: invalid int value", arguments=("--embed-size", "9" * 5000)),
        BadCommand("similar {run}", "'' is none of the 13 words", arguments=("",)),
        BadCommand("similar {run}", " is none of the 13 words", arguments=(LONG,)),
        BadCommand("similar {run}", " is none of the 13 words", arguments=("two\nlines",)),
        BadCommand("export {run}", "", arguments=("",)),
        *(
            BadCommand(
                "phrases {corpus} --out {here}/new",
                "--delimiter takes characters without white space; got",
                arguments=("--delimiter", delimiter),
            )
            for delimiter in ("", " ", "a b", "\n_")
        ),
        BadCommand("", "invalid choice: 'xxxx", arguments=(LONG,)),
    ]


_REPLACED = (
    "--vectors typo.txt | typo.txt",
    "--device cpu:0,cpu:0 | --device takes devices that differ",
    "--lr nan | --lr takes a finite number above 0",
    "--embed-size 1000000000000 | fits into memory",
    "--num-noise-words 1000000000000 | fits into memory",
    "--max-window-size 0 | --max-window-size takes",
    "--batches blocks --optimizer adam | --optimizer takes 'sgd'",
    "--threshold 2 --subsampling d2l | --threshold takes",
    "--corpus nowhere | --corpus takes",
    "--softmax nce --num-sampled 5 --log-partition 1e300 | finite from the start",
)

BAD_COMMANDS: list[BadCommand] = [
    *_table(_OPTIONS, TRAIN),
    *_table(
        _LM_OPTIONS,
        "train --corpus {corpus} --model lm --embed-size 6 --batch-size 8 --num-sampled 5 --quiet",
    ),
    *_table(_OTHERS),
    *_arguments(),
    *(row._replace(command=f"{REPLACE} {row.command}") for row in _table("\n".join(_REPLACED))),
]
