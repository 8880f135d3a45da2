"""Secrets: what they look like, a cheap prefilter, and detect-secrets with plugins of our own.

`scan` finds tokens in a text, `scan_windows` in bytes too large to read at once, `mask` hides them.
"""
