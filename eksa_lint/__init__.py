"""eksa-lint: says what a change to an EKS Anywhere GitOps repository does, before it is merged."""

__version__ = "0.1.0"

HOME = "https://github.com/eksa-lint/eksa-lint"
"""Where the project lives; only ever printed, never fetched."""
