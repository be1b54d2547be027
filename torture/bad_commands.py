"""Command lines that no run can come of: each must be refused in one line, and nothing be touched."""

from __future__ import annotations

# {run} and {lm} are finished runs, {corpus} a corpus, {here} the folder of them; the options are added to a
# small run that would begin.
TRAIN = "train --corpus {corpus} --min-freq 1 --embed-size 8 --num-epochs 1 --device cpu --quiet"

_OPTIONS = """
--out ~nosuchuser/x
--out {corpus}/train.txt
--out {corpus}/train.txt/x
--out /proc/nothing/x
--out /dev/null
--out ''
--out {run}
--out {run} --resume --overwrite
--out {run} --overwrite --vectors typo.txt
--out {run} --overwrite --device cpu:0,cpu:0
--out {run} --overwrite --model lm --seed -1
--out {run} --overwrite --lr nan
--out {run} --overwrite --embed-size 1000000000000
--out {run} --resume --embed-size 13
--out {run} --resume --num-epochs 1
--out {here}/nothing --resume
--embed-size 0
--embed-size -1
--embed-size 1.5
--embed-size abc
--embed-size ''
--embed-size 1000000000000
--embed-size 9999999999999999999999999
--batch-size 0
--batch-size -7
--num-epochs 0
--num-epochs 1e3
--lr 0
--lr -1
--lr nan
--lr inf
--lr 1e400
--lr 0,01
--decay 0
--decay 2
--decay nan
--clip-norm 0
--clip-norm nan
--schedule cosine
--optimizer adamw
--model bert
--softmax softmax
--seed -1
--seed 1.5
--min-freq 0
--min-freq 1000000
--corpus nothing
--corpus ''
--corpus {corpus}/train.txt
--corpus /
--corpus ptb --data-dir {corpus}/train.txt
--vectors typo.txt
--vectors {corpus}
--vectors {corpus}/train.txt
--device ''
--device tpu
--device gpu:97
--device cpu:-1
--device cpu:x
--device cpu,
--device cpu:0,cpu:0
--device cpu:99999999999999
--device cpu:9999999999999999999999999
--log-interval 0
--resample-every 0
--max-window-size 0
--max-window-size -1
--max-window-size 9999999999999999999999999
--subsampling gensim
--threshold 0
--threshold -1
--threshold nan
--batches rows
--batches blocks --softmax full
--batches book --softmax hierarchical
--batches blocks --optimizer adam
--batches blocks --clip-norm 1
--batches blocks --device cpu:0,cpu:1
--batches blocks --batch-size 24
--num-noise-words 0
--num-noise-words 1000000000000
--num-noise-words 9999999999999999999999999
--power nan
--power inf
--power 1e308
--bptt 5
--cutoffs 10
--softmax full --label-smoothing 1
--softmax full --label-smoothing -0.1
--softmax full --label-smoothing nan
--softmax nce --num-sampled 0
--softmax nce --num-sampled 1000000000000
--softmax nce --log-partition nan
--softmax sampled --num-sampled 0
--softmax sampled --num-sampled 1000000000000
--softmax sampled --sampler zipf
--softmax adaptive --div-value 1e300
--softmax adaptive --div-value 0
--softmax adaptive --div-value nan
--softmax adaptive --num-clusters 0
--softmax adaptive --cutoffs a,b
--softmax adaptive --cutoffs 10,5
--softmax adaptive --cutoffs 0
--softmax adaptive --cutoffs 1e3
--softmax adaptive --cutoffs 999999999
--model lm --dropout 1
--model lm --dropout -1
--model lm --dropout nan
--model lm --num-layers 0
--model lm --num-layers 9999999999999999999999999
--model lm --num-hiddens 0
--model lm --num-hiddens 1000000000000
--model lm --bptt 0
--model lm --cell transformer
--model lm --batch-size 1000000000000
--model lm --batches pairs
--nothing
"""

_OTHERS = """

nothing
train --seed
similar {here}/nothing chip
similar {corpus} w1
similar {corpus}/train.txt w1
similar {run}
similar {run} nosuchword
similar {run} ''
similar {run} 'two\nlines'
similar {run} w1 -k 0
similar {run} w1 -k -1
similar {run} w1 -k 1.5
similar {run} w1 -k x
similar {lm} w1
analogy {run} w1 w2
analogy {run} w1 w2 nosuchword
export {run} {corpus}
export {run} {here}/nothing/vectors.txt
export {run} ''
export {lm} {here}/vectors.txt
evaluate {here}/nothing
evaluate {corpus}
evaluate {run} --device gpu:97
evaluate {run} --device cpu:99999999999999
generate {run}
generate {lm} --words -1
generate {lm} --words x
generate {lm} --temperature 0
generate {lm} --temperature -1
generate {lm} --temperature nan
generate {lm} --temperature inf
generate {lm} --top-k 0
generate {lm} --top-k -5
generate {lm} --seed -1
"""

_NOT_UTF8 = "\udcff\udcfe"  # how Python names the bytes ff fe of a command line
_LONG = "x" * 100_000


def command_lines() -> list[str | tuple[str, ...]]:
    """All of them: texts as a shell reads them, or tuples of arguments where no text can hold them."""
    lines: list[str | tuple[str, ...]] = []
    for options in _OPTIONS.strip().splitlines():
        out = "" if "--out " in options else " --out {here}/out"
        lines.append(f"{TRAIN}{out} {options}")
    lines += [line for line in _OTHERS.replace("two\nlines", "two\\nlines").splitlines()[1:]]
    lines += [
        ("similar", "{run}", _NOT_UTF8),
        ("similar", "{run}", _LONG),
        ("similar", "{run}", "two\nlines"),
        ("similar", "{here}/" + _NOT_UTF8, "w1"),
        ("train", "--corpus", _NOT_UTF8, "--out", "{here}/out"),
        ("train", "--corpus", _LONG, "--out", "{here}/out"),
        ("train", "--corpus", "{corpus}", "--out", "{here}/" + _LONG[:300]),
        ("train", "--model", _LONG),
        ("train", "--lr", "9" * 5000),
        ("train", "--embed-size", "9" * 5000),
        (_LONG,),
    ]
    return lines
