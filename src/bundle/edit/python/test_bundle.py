"""A smoke test of the bundle: its files are there, and everything it refers to exists."""
import re

import pytest
import yaml
from conftest import ROOT

CONFIG = yaml.safe_load((ROOT / "databricks.yml").read_text(encoding="utf-8"))


def included(pattern):
    """The files that an entry under include means."""
    return sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob(pattern)) if "*" in pattern else [pattern]


NAMES = [name for pattern in CONFIG.get("include", []) for name in included(pattern)]
FILES = {name: yaml.safe_load((ROOT / name).read_text(encoding="utf-8")) for name in NAMES}
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
    local = [text for text in texts(PARTS[name].get("resources") or {}) if re.match(r"\.\.?/", text)]
    missing = [text for text in local if not (folder / text).exists()]
    assert missing == []


@pytest.mark.parametrize("name", PARTS)
def test_uploaded_paths_exist(name):
    found = re.findall(r"\$\{workspace\.file_path\}/([^\s\"']+)", "\n".join(texts(PARTS[name])))
    endings = ("", ".py", ".sql", ".scala", ".r", ".ipynb")
    assert [path for path in found if not any((ROOT / (path + end)).exists() for end in endings)] == []


@pytest.mark.parametrize("name", PARTS)
def test_references_exist(name):
    text = "\n".join(texts(PARTS[name]))
    assert [name for name in re.findall(r"\$\{var\.([\w-]+)", text) if name not in VARIABLES] == []
    assert [found for found in re.findall(r"\$\{resources\.(\w+)\.([\w-]+)", text) if found not in RESOURCES] == []


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
