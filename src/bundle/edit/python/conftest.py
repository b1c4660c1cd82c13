"""What the tests share: the folder of the bundle, and its Python sources as plain code."""
import ast
import json
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent
HEADER = "# Databricks notebook source"


def python_sources():
    """Every Python source below src/, relative to the bundle."""
    files = [path for path in (ROOT / "src").rglob("*") if path.suffix in (".py", ".ipynb")]
    return sorted(str(path.relative_to(ROOT)) for path in files if path.suffix == ".py" or is_python(path))


def is_python(path):
    """Whether a Jupyter notebook is written in Python."""
    metadata = json.loads(path.read_text(encoding="utf-8")).get("metadata", {})
    language = metadata.get("language_info", {}).get("name") or metadata.get("kernelspec", {}).get("language") or "python"
    return language.lower() == "python"


def is_notebook(name):
    path = ROOT / name
    return path.suffix == ".ipynb" or path.read_text(encoding="utf-8").startswith(HEADER)


def cells(name):
    """The Python cells of a source; cells of other languages and magics are left out."""
    text = (ROOT / name).read_text(encoding="utf-8")
    if name.endswith(".ipynb"):
        parts = ["".join(cell["source"]) for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]
    elif text.startswith(HEADER):
        parts = re.split(r"^# COMMAND ----------.*$", text, flags=re.M)
    else:
        parts = [text]
    return [plain(part) for part in parts if not re.match(r"\s*%(sql|scala|r|md|sh|fs|%\w+)\b", part)]


def plain(code):
    """Magics and shell lines as nothing, so that line numbers stay."""
    lines = ["" if re.match(r"\s*(# MAGIC|%|!)", line) else line for line in code.split("\n")]
    return "\n".join(lines)


def trees(name):
    """Each cell parsed; top-level await is what notebooks allow."""
    flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    return [compile(cell, name, "exec", flags) for cell in cells(name)]
