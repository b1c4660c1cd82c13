"""Which settings a job and a pipeline can have, and which of them a bundle can say: read off Databricks' own Python packages.

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
    types, enums, open_ = {}, {}, list(roots.values())
    while open_:
        model = open_.pop()
        if model.__name__ in types:
            continue
        fields = []
        types[model.__name__] = (model, fields)
        for name, hint in typing.get_type_hints(model).items():
            found = [one for one in parts(hint) if isinstance(one, type) and one.__name__ not in ("Variable", "NoneType")]
            nested = next((one for one in found if dataclasses.is_dataclass(one)), None)
            values = next((one for one in found if issubclass(one, enum.Enum)), None)
            if nested is not None:
                known = types.get(nested.__name__)
                if known is not None and known[0] is not nested and fields_of(known[0]) != fields_of(nested):
                    raise SystemExit(f"Two types are called {nested.__name__}")
                open_.append(nested)
                fields.append(f"{name}:{nested.__name__}")
            elif values is not None:
                enums[values.__name__] = " ".join(sorted(one.value for one in values))
                fields.append(f"{name}={values.__name__}")
            else:
                fields.append(f"{name}:{{}}" if dict in found or found == [object] else name)
    return {name: " ".join(sorted(fields)) for name, (_, fields) in types.items()}, enums


def fields_of(model):
    return sorted(one.name for one in dataclasses.fields(model))


def render(package, version, roots, what):
    types, enums = collect(roots)
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
            f"  roots: {{ {', '.join(f'{kind}: {chr(39)}{model.__name__}{chr(39)}' for kind, model in roots.items())} }},",
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
    from databricks.bundles.jobs import Job
    from databricks.bundles.pipelines import Pipeline
    from databricks.sdk.service.jobs import JobSettings
    from databricks.sdk.service.pipelines import PipelineSpec

    version = importlib.metadata.version
    return {
        "sdk-models.ts": render(
            "databricks-sdk", version("databricks-sdk"), {"jobs": JobSettings, "pipelines": PipelineSpec}, "Which settings exist"
        ),
        "bundle-models.ts": render(
            "databricks-bundles", version("databricks-bundles"), {"jobs": Job, "pipelines": Pipeline}, "Which settings a bundle can say"
        ),
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
