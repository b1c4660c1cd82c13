"""Which resources the newest models take: a JSON object a line on stdin (`type`, `value`), for each refused one its number and why on stdout."""
import json
import sys

from databricks.bundles.dashboards import Dashboard
from databricks.bundles.jobs import Job
from databricks.bundles.pipelines import Pipeline

MODELS = {"jobs": Job, "pipelines": Pipeline, "dashboards": Dashboard}

for number, line in enumerate(sys.stdin):
    resource = json.loads(line)
    try:
        MODELS[resource["type"]].from_dict(resource["value"])
    except (TypeError, ValueError) as error:
        print(json.dumps([number, str(error)]))
