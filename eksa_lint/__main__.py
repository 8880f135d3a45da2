"""`python -m eksa_lint`. Hooks and the Action call the console script: it keeps the current folder off `sys.path`."""

from eksa_lint.cli import run

run()
