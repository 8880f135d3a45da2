"""A plan as a table: for a pull request comment, and as the head of the report."""

from collections.abc import Iterator
from typing import Final

from eksa_lint.finding import Report
from eksa_lint.plan import Effect, Plan, Reason, Step
from eksa_lint.report.markup import LIMIT, Section, cells, code, escape, fill
from eksa_lint.report.phrases import extent, looked_at, plural
from eksa_lint.report.plan_phrases import LABELS, about, arrivals, is_quiet, place, rest

_TABLE: Final = "\n#### What happens to the clusters\n\n| Cluster | | What | Why |\n| :-- | :-- | :-- | :-- |\n"
_MOST_REASONS: Final = 5


def render(report: Report) -> str:
    """The plan of a report on its own."""
    head = f"### eksa-lint plan\n\n{escape(looked_at(report.compared))}: {extent(report.compared)}.\n"
    if report.plan is None:
        return head
    return head + "".join(table(report.plan, LIMIT - len(head)))


def table(plan: Plan, room: int) -> list[str]:
    """The plan within so many characters; it says what was cut."""
    if is_quiet(plan) and not plan.clusters:
        return [f"\n{rest(plan)}.\n"]
    closing = "".join(f"\nFlux applies {code(folders)}: {escape(says)}.\n" for folders, says in arrivals(plan))
    closing += f"\n{rest(plan)}.\n"
    parts, cut = fill([Section(_TABLE, tuple(_rows(plan)))], room - len(closing) - 100)
    parts.append(closing)
    if cut:
        parts.append(f"\n{plural(cut, 'more line')} cut here; `eksa-lint plan` has all of them.\n")
    return parts


def _rows(plan: Plan) -> Iterator[str]:
    for cluster in plan.clusters:
        name = f"{code(cluster.cluster.name)}<br><sub>{escape(about(cluster))}</sub>"
        refused = [step for step in cluster.steps if step.effect is Effect.REFUSED] or list(cluster.steps[:1])
        for step in cluster.steps:
            yield _row(name, step, cluster.stopped if step is refused[-1] else "")
            name = ""
    for step in plan.elsewhere:
        yield _row("beside the clusters", step)


def _row(name: str, step: Step, stopped: str = "") -> str:
    says = escape(step.says) + (f"<br><sub>{escape(stopped)}</sub>" if stopped else "")
    reasons = [_reason(reason) for reason in step.reasons[:_MOST_REASONS]]
    if len(step.reasons) > _MOST_REASONS:
        reasons.append(f"and {len(step.reasons) - _MOST_REASONS} more")
    return cells(name, LABELS[step.effect], says, "<br>".join(reasons))


def _reason(reason: Reason) -> str:
    where = place(reason)
    return " ".join(part for part in (escape(reason.text), code(where) if where else "") if part)
