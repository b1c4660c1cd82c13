// The tests of a bundle, as files for it: pytest over its configuration and over every Python source; they run anywhere, without Databricks.
import type { BundleFile } from '../model/bundle.ts';

const CONFTEST = `"""What the tests share: the folder of the bundle, and its Python sources as plain code."""
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
    return [plain(part) for part in parts if not re.match(r"\\s*%(sql|scala|r|md|sh|fs|%\\w+)\\b", part)]


def plain(code):
    """Magics and shell lines as nothing, so that line numbers stay."""
    lines = ["" if re.match(r"\\s*(# MAGIC|%|!)", line) else line for line in code.split("\\n")]
    return "\\n".join(lines)


def trees(name):
    """Each cell parsed; top-level await is what notebooks allow."""
    flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    return [compile(cell, name, "exec", flags) for cell in cells(name)]
`;

const TEST_BUNDLE = `"""A smoke test of the bundle: its files are there, and everything it refers to exists."""
import re

import pytest
import yaml
from conftest import ROOT

CONFIG = yaml.safe_load((ROOT / "databricks.yml").read_text(encoding="utf-8"))
FILES = {name: yaml.safe_load((ROOT / name).read_text(encoding="utf-8")) for name in CONFIG.get("include", [])}
PARTS = {"databricks.yml": CONFIG, **FILES}
VARIABLES = {name for part in PARTS.values() for name in (part.get("variables") or {})}
RESOURCES = {(kind, key) for part in PARTS.values() for kind, group in (part.get("resources") or {}).items() for key in group}
JOBS = [(key, job) for part in PARTS.values() for key, job in ((part.get("resources") or {}).get("jobs") or {}).items()]


def texts(value):
    """Every text in a value."""
    if isinstance(value, dict):
        return [text for item in value.values() for text in texts(item)]
    if isinstance(value, list):
        return [text for item in value for text in texts(item)]
    return [value] if isinstance(value, str) else []


def test_has_a_name_and_targets():
    assert CONFIG["bundle"]["name"]
    assert CONFIG["targets"]
    assert sum(1 for target in CONFIG["targets"].values() if (target or {}).get("default")) <= 1


@pytest.mark.parametrize("name", PARTS)
def test_local_paths_exist(name):
    folder = (ROOT / name).parent
    local = [text for text in texts(PARTS[name].get("resources") or {}) if re.match(r"\\.\\.?/", text)]
    missing = [text for text in local if not (folder / text).exists()]
    assert missing == []


@pytest.mark.parametrize("name", PARTS)
def test_uploaded_paths_exist(name):
    found = re.findall(r"\\$\\{workspace\\.file_path\\}/([^\\s\\"']+)", "\\n".join(texts(PARTS[name])))
    endings = ("", ".py", ".sql", ".scala", ".r", ".ipynb")
    assert [path for path in found if not any((ROOT / (path + end)).exists() for end in endings)] == []


@pytest.mark.parametrize("name", PARTS)
def test_references_exist(name):
    text = "\\n".join(texts(PARTS[name]))
    assert [name for name in re.findall(r"\\$\\{var\\.([\\w-]+)", text) if name not in VARIABLES] == []
    assert [found for found in re.findall(r"\\$\\{resources\\.(\\w+)\\.([\\w-]+)", text) if found not in RESOURCES] == []


@pytest.mark.parametrize("key,job", JOBS, ids=[key for key, _ in JOBS])
def test_tasks_fit_together(key, job):
    tasks = job.get("tasks") or []
    names = [task["task_key"] for task in tasks]
    clusters = {cluster["job_cluster_key"] for cluster in job.get("job_clusters") or []}
    environments = {environment["environment_key"] for environment in job.get("environments") or []}
    assert len(names) == len(set(names))
    for task in tasks:
        assert [one["task_key"] for one in task.get("depends_on") or [] if one["task_key"] not in names] == []
        assert task.get("job_cluster_key") is None or task["job_cluster_key"] in clusters
        assert task.get("environment_key") is None or task["environment_key"] in environments
`;

const TEST_SOURCES = `"""Every Python source compiles, and finds the modules of the bundle that it imports."""
import ast

import pytest
from conftest import ROOT, is_notebook, python_sources, trees

SOURCES = python_sources()
MODULES = {source for source in SOURCES if source.endswith(".py") and not is_notebook(source)}


@pytest.mark.parametrize("source", SOURCES)
def test_compiles(source):
    assert trees(source)


def imports(source):
    for tree in trees(source):
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.level > 0:
                yield node.level, node.module, [name.name for name in node.names]


@pytest.mark.parametrize("source", sorted(MODULES))
def test_relative_imports_are_in_the_bundle(source):
    for level, module, names in imports(source):
        folder = (ROOT / source).parents[level - 1]
        base = folder.joinpath(*module.split(".")) if module else folder
        candidates = [base] if module else [base / name for name in names]
        missing = [str(one) for one in candidates if not (one.with_suffix(".py").exists() or one.is_dir() or (base / "__init__.py").exists())]
        assert missing == []


@pytest.mark.parametrize("source", sorted(MODULES))
def test_no_name_is_defined_twice(source):
    for tree in trees(source):
        names = [node.name for node in tree.body if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))]
        assert len(names) == len(set(names))
`;

const REQUIREMENTS = `pytest
pyyaml
`;

/** Where the files go. */
export const TESTS_FOLDER = 'tests';

/** The files: conftest.py, a smoke test of the configuration, tests of the sources, and what they need. The same for every bundle. */
export function pythonTests(): BundleFile[] {
  const encoder = new TextEncoder();
  const file = (name: string, text: string): BundleFile => ({ path: `${TESTS_FOLDER}/${name}`, bytes: encoder.encode(text) });
  return [
    file('conftest.py', CONFTEST),
    file('requirements.txt', REQUIREMENTS),
    file('test_bundle.py', TEST_BUNDLE),
    file('test_sources.py', TEST_SOURCES),
  ];
}
