"""`python -m eksa_lint`; hooks and the Action call the console script, which leaves the current folder off `sys.path`."""

from eksa_lint.cli import run

run()
