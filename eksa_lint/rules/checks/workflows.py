"""Workflows of GitHub Actions that print or keep what opens the clusters."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Final

from eksa_lint import data
from eksa_lint.model import fields
from eksa_lint.model.fields import Path
from eksa_lint.model.file import File
from eksa_lint.model.resource import EKSA
from eksa_lint.rules.checks import check
from eksa_lint.rules.context import Context
from eksa_lint.rules.draft import Draft
from eksa_lint.syntax import Node

_SECRET: Final = re.compile(r"\$\{\{\s*secrets\.([A-Za-z_]\w*)\s*\}\}")
_PRINTS: Final = re.compile(r"\s*(?:echo|printf|cat\s*<<<?)\b(?P<what>[^|>]*)\Z")
_PRINTS_ALL: Final = re.compile(r"\s*(?:env|printenv|export\s+-p)\s*\Z")
_TRACES: Final = re.compile(r"(?:^|\s)(?:set\s+-[a-wyz]*x|set\s+-o\s+xtrace|(?:ba)?sh\s+-[a-wyz]*x)")
_IN_URL: Final = re.compile(r"https://[^\s/@]*(?:\$\{\{\s*secrets\.|\$\{?(?P<variable>\w+)\}?)[^\s/@]*@")
_EKSCTL: Final = re.compile(r"\beksctl\s+anywhere\s+(?:create|upgrade|delete)\s+cluster\b")
_HOSTED: Final = re.compile(r"(?:ubuntu|windows|macos)-[\w.-]+\Z")
_KUBECONFIG: Final = re.compile(r"secrets\.(?P<name>\w*KUBE_?CONF\w*)", re.IGNORECASE)
_UPLOADS: Final = "actions/upload-artifact"


@dataclass(frozen=True, slots=True)
class _Step:
    """One step of a job with the variables that hold secrets, by their names."""

    file: File
    document: Node
    path: Path
    value: dict[str, Any]
    secrets: dict[str, str]
    hosted: str

    def draft(self, field: str, text: str, message: str) -> Draft:
        """A finding at a text of a field, which may be a block of lines."""
        node = self.document.find((*self.path, *field.split("."))) or self.document
        start = self.file.source.text.find(text, node.start, node.end)
        start, end = (start, start + len(text)) if text and start >= 0 else (node.start, node.start + 1)
        spelled = fields.spell((*self.path, *field.split(".")), self.document.value, "", "")
        place = self.file.place(start, end)
        return Draft("workflow-secret", message, place, field=spelled, values=(message,))


@check("workflow-secrets")
def workflow_secrets(file: File, context: Context) -> Iterator[Draft]:
    """Steps that show a secret, or hand on what holds one; only beside clusters of EKS Anywhere."""
    if not context.inventory.manifests.holding(EKSA.encode()):
        return
    for document in file.documents:
        yield from _kubeconfigs(file, document.root)
        for step in _steps(file, document.root):
            run = step.value.get("run")
            if isinstance(run, str):
                yield from _judge_script(step, run)
            yield from _judge_upload(step)


def _kubeconfigs(file: File, root: Node) -> Iterator[Draft]:
    """The first place in each job where a machine of GitHub is handed a kubeconfig."""
    jobs = fields.get(root.value, ("jobs",))
    for name, job in jobs.items() if isinstance(jobs, dict) else ():
        path = ("jobs", name)
        hosted, node = _hosted(job), root.find(path)
        found = _KUBECONFIG.search(file.source.text, node.start, node.end) if hosted and node else None
        if found:
            message = (
                f"hands secret {found['name']} to {hosted}: whoever can push a workflow to the repository can read it"
                " and rules the cluster past Flux"
            )
            place = file.place(*found.span("name"))
            field = fields.spell(path, root.value, "", "")
            yield Draft("workflow-secret", message, place, field=field, values=(message,))


def _hosted(job: Any) -> str:
    """The machine of GitHub that a job runs on; empty for another one."""
    runs_on = fields.get(job, ("runs-on",))
    return runs_on if isinstance(runs_on, str) and _HOSTED.match(runs_on) else ""


def _steps(file: File, root: Node) -> Iterator[_Step]:
    outer = _secrets_in(fields.get(root.value, ("env",)))
    jobs = fields.get(root.value, ("jobs",))
    for name, job in jobs.items() if isinstance(jobs, dict) else ():
        known = {**outer, **_secrets_in(fields.get(job, ("env",)))}
        hosted = _hosted(job)
        for path, value in fields.select(job, ("steps", fields.ANY)):
            if isinstance(value, dict):
                own = {**known, **_secrets_in(value.get("env"))}
                yield _Step(file, root, ("jobs", name, *path), value, own, hosted)


def _secrets_in(variables: Any) -> dict[str, str]:
    """The variables that are set from a secret."""
    items = variables.items() if isinstance(variables, dict) else ()
    return {name: found[1] for name, value in items if isinstance(value, str) and (found := _SECRET.search(value))}


def _judge_script(step: _Step, script: str) -> Iterator[Draft]:
    has_secrets = bool(step.secrets or _SECRET.search(script))
    for line in script.splitlines():
        text = line.strip()
        prints = _PRINTS.match(line)
        secret = _secret_of(prints["what"], step) if prints else ""
        if secret:
            yield step.draft("run", text, f"prints secret {secret} into the log, where only its exact text is hidden")
        elif _PRINTS_ALL.match(line) and step.secrets:
            name = next(iter(step.secrets.values()))
            yield step.draft("run", text, f"prints every variable into the log, secret {name} among them")
        elif has_secrets and _TRACES.search(line):
            yield step.draft("run", text, "prints every command with its values into the log of a step with secrets")
        elif (found := _IN_URL.search(line)) and (found["variable"] is None or found["variable"] in step.secrets):
            message = "puts a token into the URL of a repository, which Git keeps in .git/config"
            yield step.draft("run", text, message)
        if step.hosted and (found := _EKSCTL.search(line)):
            message = (
                f"runs {found[0]} on {step.hosted}, which leaves kubeconfigs and keys on a machine that is not yours"
            )
            yield step.draft("run", text, message)


def _secret_of(text: str, step: _Step) -> str:
    """The secret that a text shows, where it shows one."""
    if direct := _SECRET.search(text):
        return direct[1]
    names = (name for name in step.secrets if re.search(rf"\$(?:{re.escape(name)}\b|\{{{re.escape(name)}\}})", text))
    return step.secrets.get(next(names, ""), "")


def _judge_upload(step: _Step) -> Iterator[Draft]:
    """Artifacts can be downloaded by whoever can read the repository."""
    paths = fields.get(step.value, ("with", "path"))
    if not str(step.value.get("uses") or "").startswith(_UPLOADS) or not isinstance(paths, str):
        return
    for line in paths.splitlines():
        path = line.strip()
        for entry in data.table("never-committed")["files"]:
            pattern = entry["pattern"].strip("/")
            if path and not path.startswith("!") and any(fnmatchcase(part, pattern) for part in path.split("/")):
                message = f"keeps {path} ({entry['what']}) as an artifact, for whoever can read the repository"
                yield step.draft("with.path", path, message)
                break
