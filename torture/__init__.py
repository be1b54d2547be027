"""``python -m torture``: runs are killed, starved, damaged, doubled and fed with rubbish, and come out right.

Everything is driven from outside, as users and machines do it: the command line as subprocesses, the Python
interface in child processes. The driver itself never imports MXNet.
"""
