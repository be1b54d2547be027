"""Runs are killed, starved, damaged, doubled and fed with rubbish, and must come out right: ``python -m torture``.

Everything is driven from outside, as users and machines do it: the command line as subprocesses, the Python
interface in child processes. The driver itself never imports MXNet.
"""
