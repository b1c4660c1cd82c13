"""Every Python source compiles, and finds the modules of the bundle that it imports."""
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
