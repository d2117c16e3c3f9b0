# `jupyter nbconvert --config notebooks/html.py --to html NOTEBOOK` writes a page with live figures: it
# holds one copy of plotly.js and loads nothing for them.
from pathlib import Path

folder = Path(__file__).resolve().parent
c = get_config()
c.HTMLExporter.template_name = "tdnc"
c.HTMLExporter.extra_template_basedirs = [str(folder / "templates")]
c.HTMLExporter.extra_template_paths = [str(folder.parent / "node_modules" / "plotly.js-dist")]
