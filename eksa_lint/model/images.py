"""Images of containers as the `images` of a kustomization name and change them.

Which text is an image of a name is as kustomize has it (api/filters/imagetag): all of it, or up to a tag or a digest.
"""

import re
from typing import Any, Final

_TEMPLATE: Final = ("spec", "template", "spec")
_PODS: Final = (("spec",), _TEMPLATE, ("spec", "jobTemplate", *_TEMPLATE))
IMAGE_PATHS: Final = tuple((*pod, kind, "image") for pod in _PODS for kind in ("containers", "initContainers"))
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
