"""Which settings resources can have, and which of them a bundle can say: read off Databricks' own Python packages.

`npm run models` installs the newest `databricks-sdk` (what exists) and `databricks-bundles` (what bundles express) into a folder that it
removes afterwards, and writes the two tables of src/bundle/currency. With --check it writes nothing, takes the packages that Python finds
by itself, and fails where the table of such a version would be another one; of other versions it says nothing.
"""
import dataclasses
import enum
import importlib.metadata
import pathlib
import subprocess
import sys
import tempfile
import typing

HERE = pathlib.Path(__file__).resolve()
TABLES = HERE.parents[2] / "src" / "bundle" / "currency"


def parts(hint):
    """The classes a hint speaks of, without the wrappers for absence, lists and references."""
    origin = typing.get_origin(hint)
    if origin is dict:
        return [dict]
    if origin is None:
        return [hint]
    # databricks-bundles writes VariableOr[X], which is a reference or an X.
    return [one for argument in typing.get_args(hint) for one in parts(argument)]


def collect(roots):
    """All types that the roots reach, as `field`, `field:Type`, `field=Enum` or `field:{}` (keys that people choose)."""
    types, enums, open_ = {}, {}, []

    def named(model):
        """A type's name in the table; of two that are called alike the second one's says where it is from."""
        for name in (model.__name__, f"{model.__name__}_{model.__module__.split('.')[2]}"):
            if name not in types:
                types[name] = (model, [])
                open_.append(name)
            if types[name][0] is model or fields_of(types[name][0]) == fields_of(model):
                return name
        raise SystemExit(f"Three types are called {model.__name__}")

    names = {kind: named(model) for kind, model in roots.items()}
    while open_:
        model, fields = types[open_.pop()]
        for field, hint in typing.get_type_hints(model).items():
            found = [one for one in parts(hint) if isinstance(one, type) and one.__name__ not in ("Variable", "NoneType")]
            nested = next((one for one in found if dataclasses.is_dataclass(one)), None)
            values = next((one for one in found if issubclass(one, enum.Enum)), None)
            if nested is not None:
                fields.append(f"{field}:{named(nested)}")
            elif values is not None:
                enums[values.__name__] = " ".join(sorted(one.value for one in values))
                fields.append(f"{field}={values.__name__}")
            else:
                fields.append(f"{field}:{{}}" if dict in found or any(one.__name__ in ("object", "Any") for one in found) else field)
    return names, {name: " ".join(sorted(fields)) for name, (_, fields) in types.items()}, enums


def fields_of(model):
    return sorted(one.name for one in dataclasses.fields(model))


def render(package, version, roots, what):
    names, types, enums = collect(roots)
    block = lambda of: [f"{name} {of[name]}" for name in sorted(of)]
    return "\n".join(
        [
            f"// {what}: made by test/models/collect.py (npm run models); change it there.",
            "import type { Models } from './models.ts';",
            "",
            f"/** Of `{package}` {version} on PyPI. */",
            f"export const {'SDK' if package.endswith('sdk') else 'BUNDLES'}: Models = {{",
            f"  source: '{package}',",
            f"  version: '{version}',",
            "  roots: {",
            *(f"    {kind}: '{name}'," for kind, name in names.items()),
            "  },",
            "  types: `",
            *block(types),
            "`,",
            "  enums: `",
            *block(enums),
            "`,",
            "};",
            "",
        ]
    )


def tables():
    from databricks.bundles.alerts import Alert
    from databricks.bundles.clusters import Cluster
    from databricks.bundles.dashboards import Dashboard
    from databricks.bundles.experiments import MlflowExperiment
    from databricks.bundles.jobs import Job
    from databricks.bundles.models import MlflowModel
    from databricks.bundles.pipelines import Pipeline
    from databricks.bundles.quality_monitors import QualityMonitor
    from databricks.bundles.registered_models import RegisteredModel
    from databricks.bundles.schemas import Schema
    from databricks.bundles.sql_warehouses import SqlWarehouse
    from databricks.bundles.volumes import Volume
    from databricks.sdk.service import dashboards
    from databricks.sdk.service.jobs import JobSettings
    from databricks.sdk.service.pipelines import PipelineSpec

    # What is read of a workspace; and all that may stand in a bundle (src/bundle/check/configuration.ts).
    read = {"jobs": JobSettings, "pipelines": PipelineSpec, "dashboards": dashboards.Dashboard}
    written = {
        "alerts": Alert,
        "clusters": Cluster,
        "dashboards": Dashboard,
        "experiments": MlflowExperiment,
        "jobs": Job,
        "models": MlflowModel,
        "pipelines": Pipeline,
        "quality_monitors": QualityMonitor,
        "registered_models": RegisteredModel,
        "schemas": Schema,
        "sql_warehouses": SqlWarehouse,
        "volumes": Volume,
    }
    version = importlib.metadata.version
    return {
        "sdk-models.ts": render("databricks-sdk", version("databricks-sdk"), read, "Which settings exist"),
        "bundle-models.ts": render("databricks-bundles", version("databricks-bundles"), written, "Which settings a bundle can say"),
    }


def main():
    if "--check" in sys.argv:
        there = {name: (TABLES / name).read_text() for name in tables()}
        version = lambda text: next(line for line in text.splitlines() if line.startswith("  version: "))
        wrong = [name for name, text in tables().items() if version(text) == version(there[name]) and text != there[name]]
        raise SystemExit(f"npm run models would change {', '.join(wrong)}" if wrong else 0)
    with tempfile.TemporaryDirectory() as folder:
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--upgrade", "--root-user-action=ignore", "--target", folder]
        subprocess.run([*pip, "databricks-sdk", "databricks-bundles"], check=True)
        sys.path.insert(0, folder)
        for name, text in tables().items():
            (TABLES / name).write_text(text)


main()
