"""A plan for people in a terminal: a block for each cluster, what is lost first."""

from collections.abc import Iterator
from typing import Final

from eksa_lint.finding import Report
from eksa_lint.plan import ClusterPlan, Effect, Plan, Step
from eksa_lint.report.columns import width_of, wrap
from eksa_lint.report.page import Page, page_of
from eksa_lint.report.paint import Style, inert
from eksa_lint.report.phrases import extent, looked_at
from eksa_lint.report.plan_phrases import LABELS, about, arrivals, is_quiet, place, rest

_LABEL: Final = 2 + max(map(len, LABELS.values())) + 2
"""Columns before what a step says."""
_MOST_REASONS: Final = 5
_STYLES: Final[dict[Effect, Style]] = {
    Effect.LOST: "error",
    Effect.REFUSED: "error",
    Effect.ROLLS: "warning",
    Effect.ACCESS: "warning",
}


def render(report: Report, *, color: bool, width: int) -> str:
    """The plan of a report, which has one."""
    plan = report.plan
    if plan is None:
        return f"{looked_at(report.compared)}.\n"
    page = page_of(report, color=color, width=width)
    blocks = [_cluster(page, cluster, plan) for cluster in plan.clusters]
    if plan.elsewhere:
        blocks.append([page.paint("beside the clusters", "strong"), *_steps(page, plan.elsewhere)])
    if when := arrivals(plan):
        blocks.append([page.paint("when Flux applies it", "strong"), *_arrivals(page, when)])
    blocks.append(_summary(page, report, plan))
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def _cluster(page: Page, plan: ClusterPlan, whole: Plan) -> list[str]:
    name = plan.cluster.name
    if sum(other.cluster.name == name for other in whole.clusters) > 1:
        name += f" in {plan.cluster.root or plan.cluster.namespace}"
    first, *others = wrap(about(plan), page.columns, first=width_of(name) + 3, hanging=" " * 4)
    lines = [f"{page.paint(name, 'strong')}   {first}", *others]
    refused = [step for step in plan.steps if step.effect is Effect.REFUSED]
    if plan.stopped and not refused and not plan.is_quiet:
        lines += ["  " + line for line in wrap(plan.stopped, page.columns - 2)]
    for step in plan.steps:
        lines += _step(page, step)
        if plan.stopped and refused and step is refused[-1]:
            lines += _below(page, plan.stopped)
    return lines


def _arrivals(page: Page, when: list[tuple[str, str]]) -> Iterator[str]:
    for folders, says in when:
        yield from ("  " + line for line in wrap(inert(f"{folders}: {says}"), page.columns - 2, hanging="  "))


def _steps(page: Page, steps: tuple[Step, ...]) -> Iterator[str]:
    for step in steps:
        yield from _step(page, step)


def _step(page: Page, step: Step) -> list[str]:
    label = f"  {LABELS[step.effect]:<{_LABEL - 2}}"
    first, *others = wrap(inert(step.says), page.columns, first=_LABEL, hanging=" " * _LABEL)
    lines = [page.paint(label, _STYLES.get(step.effect, "strong")) + first, *others]
    for reason in step.reasons[:_MOST_REASONS]:
        where = inert(place(reason, page.prefix))
        text = inert(reason.text)
        together = f"{text}  {where}" if text else where
        if width_of(together) + _LABEL <= page.columns:
            lines.append(" " * _LABEL + together)
            continue
        lines += _below(page, text) if text else []
        lines.append(" " * _LABEL + where)  # never broken, so that it can be clicked
    if len(step.reasons) > _MOST_REASONS:
        lines.append(f"{' ' * _LABEL}and {len(step.reasons) - _MOST_REASONS} more reasons")
    return lines


def _below(page: Page, text: str) -> list[str]:
    return [" " * _LABEL + line for line in wrap(text, page.columns - _LABEL)]


def _summary(page: Page, report: Report, plan: Plan) -> list[str]:
    lines = []
    for sentence in report.compared.left_out:
        lines += [page.paint(line, "warning") for line in wrap(inert(sentence), page.columns)]
    if is_quiet(plan) or plan.unchanged:
        lines.append(page.paint(f"{rest(plan)}.", "strong"))
    return [*lines, *wrap(inert(f"{looked_at(report.compared)}: {extent(report.compared)}."), page.columns)]
