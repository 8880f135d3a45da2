"""Images of containers as the `images` of a kustomization name and change them.

Which text is an image of a name is as kustomize has it (api/filters/imagetag): all of it, or up to a tag or a digest.
"""

import re
from typing import Any, Final

_TEMPLATE: Final = ("spec", "template", "spec")
_KINDS: Final = ("containers", "initContainers")
IMAGE_PATHS: Final = tuple((*pod, kind, "image") for pod in (("spec",), _TEMPLATE) for kind in _KINDS)
"""Looked for in every object."""
JOB_IMAGE_PATHS: Final = tuple(("spec", "jobTemplate", *_TEMPLATE, kind, "image") for kind in _KINDS)
"""Changed where they are."""
CHANGES: Final = ("newName", "digest", "newTag")
_REFERENCE: Final = r"(?P<reference>(?::[a-zA-Z0-9_.{}-]*)?(?:@sha256:[a-zA-Z0-9_.{}-]*)?)"


def changed_image(image: str, entry: dict[str, Any]) -> str:
    """The image as an entry makes it, which is the same where the entry is for another one."""
    match = re.fullmatch(re.escape(str(entry["name"])) + _REFERENCE, image)
    if match is None:
        return image
    tag, digest = entry.get("newTag"), entry.get("digest")
    reference = (f":{tag}" if tag else "") + (f"@{digest}" if digest else "")
    return f"{entry.get('newName') or entry['name']}{reference or match['reference']}"
