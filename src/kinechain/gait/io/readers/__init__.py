"""One module per format: `SUFFIXES` names its file endings, `read` reads one file.

A new format is a new module here; the contract test finds it by itself.
"""
