"""Settings of the site for Sphinx; `python tools/build_site.py` lays out what it reads."""

from __future__ import annotations

import inspect
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from pygments.lexers.special import TextLexer
from sphinx.application import Sphinx

from negotiation_sim import __version__

project = "negotiation-sim"
author = "The negotiation-sim authors"
copyright = "the negotiation-sim authors"
version = release = __version__
language = "en"

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "equations"]
exclude_patterns = ["_files"]
source_suffix = {".md": "myst-nb", ".rst": "restructuredtext", ".ipynb": "myst-nb"}

myst_heading_anchors = 4
nb_execution_mode = os.environ.get("SITE_NOTEBOOKS", "force")
nb_execution_timeout = 900
nb_execution_raise_on_error = True
nb_ipywidgets_js = {}  # its default loads a script from a content network
nb_merge_streams = True

autodoc_inherit_docstrings = False  # not what Mesa says of its own
autodoc_member_order = "bysource"
autodoc_typehints = "none"  # the signature has them
autodoc_class_signature = "separated"
autodoc_preserve_defaults = True
napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_use_param = False  # its types are words, not names to look up
python_use_unqualified_type_names = True
toc_object_entries = False
add_module_names = False

html_theme = "furo"
html_title = f"negotiation-sim {release}"
html_math_renderer = "mathml"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
html_last_updated_fmt = None
pygments_style = "friendly"


def taken_from_elsewhere(
    app: Sphinx, what: str, name: str, obj: object, skip: bool, options: object
) -> bool | None:
    """Leave out what a module imports from a library that hides where it comes from."""
    code = inspect.unwrap(obj).__code__ if inspect.isfunction(obj) else None
    return True if code and "site-packages" in code.co_filename else None


def setup(app: Sphinx) -> None:
    """Show tables of commas as they are."""
    app.add_lexer("csv", TextLexer)
    app.connect("autodoc-skip-member", taken_from_elsewhere)
