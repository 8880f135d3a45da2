"""Annotations that switch off what applies or guards an object, from the table `control-annotations.yaml`."""

from collections.abc import Iterator

from eksa_lint import data
from eksa_lint.finding import Consequence, Severity
from eksa_lint.model import fields
from eksa_lint.model.resource import Resource
from eksa_lint.rules.checks import check
from eksa_lint.rules.context import Context
from eksa_lint.rules.draft import Draft, draft_at


@check("control-annotations")
def control_annotations(resource: Resource, _: Context) -> Iterator[Draft]:
    annotations = fields.get(resource.value, ("metadata", "annotations"))
    if not isinstance(annotations, dict) or resource.patch:
        return
    for key, value in annotations.items():
        for row in data.table("control-annotations").get(key, ()):
            if value in row.get("values", (value,)) and resource.kind in row.get("kinds", (resource.kind,)):
                yield draft_at(
                    "control-annotation",
                    resource,
                    ("metadata", "annotations", key),
                    f"{resource.title} has {key}: {row['effect']}",
                    values=(str(value),),
                    severity=Severity(row["severity"]),
                    consequence=Consequence(row["consequence"]),
                )
