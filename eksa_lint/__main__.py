"""`python -m eksa_lint`; hooks and the Action call the console script, which leaves the current folder off `sys.path`."""

import sys

from eksa_lint.cli import main

sys.exit(main())
