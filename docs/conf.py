"""How Sphinx builds the documentation; `make docs`."""

import tomllib
from pathlib import Path

_project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text())["project"]

project = "Kinechain"
copyright = "2026, the Kinechain contributors"
version = release = _project["version"]

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
myst_enable_extensions = ["deflist"]
myst_heading_anchors = 3
autodoc_typehints = "none"
napoleon_google_docstring = False
nitpicky = False

html_theme = "furo"
html_title = "Kinechain"
html_show_sourcelink = False
html_static_path: list[str] = []
exclude_patterns = ["_build"]
suppress_warnings = ["misc.highlighting_failure"]
