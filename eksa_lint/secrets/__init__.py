"""Secrets: what gives something away in a file, and how a text is shown without it.

`leaks.leaks_in` finds every credential of a file, `windows.scan_windows` those of one too large to be held,
`masking.mask` hides tokens in a text. `prefilter.detectors` names the modules that may find something: each is a form
in which credentials stand, and has a `find(text)`.
"""
