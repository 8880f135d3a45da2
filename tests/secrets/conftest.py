"""Makes `made_up`, which tests of several folders use, importable when only this folder is run."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1]))
