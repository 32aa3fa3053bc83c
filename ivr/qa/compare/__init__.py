"""Two runs of the same recorded calls, held against each other: what changed, for better or worse, by chance or not.

turn_diff.py      one turn of the caller's script, before and after
cause.py          what of a change can be seen from outside
case_diff.py      one case, and its verdict
run_diff.py       two runs, and the verdict of all
significance.py   whether it is more than chance
baseline.py       a run as a file to be committed
"""
