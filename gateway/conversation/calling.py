"""One call to a backend, repeated only where that is safe; the one place that retries.

Every call ends applied, not applied or unknown. A read may be repeated; a write only when it was provably not applied:
never sent, 429, or 503 with Retry-After. Everything else is looked up first.
"""

from gateway.conversation.effects import Call, Conversation, Lost, Reply, Wait, ask, note
from gateway.lens.references import is_reference_list
from gateway.mapping.dialect import BackendCall, Dialect
from gateway.observations import AnswerLost, CallRetried
from gateway.pipeline.by_name import in_names
from gateway.pipeline.compose import Known, fill_body, fill_path, fill_text
from gateway.pipeline.interpret import is_refused, read_problem, retry_seconds
from gateway.pipeline.problems import Problem
from gateway.pipeline.target import Target

FIRST_PAUSE = 0.2
BUSY = frozenset({429, 502, 503, 504})
LOST_PROBLEMS = {
    "connect": "SG501",
    "tls": "SG501",
    "timeout": "SG502",
    "reset": "SG502",
    "credentials": "SG601",
    "deadline": "SG604",
}
PERMANENT = "deadline"


def build_call(
    target: Target,
    operation: str,
    *,
    native: str | None = None,
    query: tuple[tuple[str, str], ...] = (),
    body: object = None,
    known: Known | None = None,
    op: BackendCall | None = None,
) -> Call:
    """The call that carries an operation out, or the one given of those that follow it.

    `known` are the values for its holes, where there are more than the native id.
    """
    op = op or target.op(operation)
    values = (known or Known(target.lens, native if native is None else target.address(native))).value
    filled = ((key, fill_text(text, values)) for key, text in op.query)
    return Call(
        backend=target.backend,
        operation=operation,
        method=op.verb,
        path=fill_path(op.path, values),
        query=(*((key, text) for key, text in filled if text is not None), *query),
        body=fill_body(op.body, in_names(target, body), values),
        safe=operation in ("retrieve", "query"),
    )


def call_backend(call: Call, dialect: Dialect) -> Conversation[Reply]:
    """The backend's answer, whatever its status; a Problem when there is none."""
    answer = yield from reach_backend(call, dialect)
    if isinstance(answer, Reply):
        return answer
    if is_unknown(call, answer):
        yield from note(AnswerLost(call.backend, call.operation))
        raise Problem("SG508")
    raise Problem(LOST_PROBLEMS[answer.reason])


def obtain_reply(target: Target, call: Call, op: BackendCall, *, on_id: bool, sent: object) -> Conversation[Reply]:
    """The backend's yes; its no is a Problem. `on_id`: the call addresses one record. `sent` is never repeated."""
    reply = yield from call_backend(call, target.dialect)
    if is_refused(reply, op, target.dialect.errors):
        raise read_problem(reply, target.dialect.errors, on_id=on_id, sent=sent, names=target.lens.spoken)
    if call.safe and not reply.whole:
        raise blame_length(target)
    return reply


def blame_length(target: Target) -> Problem:
    """An answer that is too long to be read: the client's affair where it can ask for less."""
    lists = [str(rule.s) for rule in target.lens.list_rules.values() if is_reference_list(rule) and rule.readable]
    if not lists:
        return Problem("SG505")
    narrow = f"Leave them out with excludedAttributes={','.join(lists)}, or ask for fewer resources at once."
    still = "The backend always sends them: PATCH operations that add and remove values need no look."
    return Problem("SG320", hint=narrow if target.resource.can.project else still)


def is_unknown(call: Call, answer: Lost) -> bool:
    """Might a write have been applied although no answer came?"""
    return not call.safe and answer.applied == "unknown"


def reach_backend(call: Call, dialect: Dialect) -> Conversation[Reply | Lost]:
    """Call, and call again while that is safe, allowed and within the deadline; the last answer stands."""
    pause = FIRST_PAUSE
    for _ in range(dialect.connect.tries - 1):
        answer = yield from ask(call)
        reason = reason_to_repeat(call, answer)
        if reason is None:
            return answer
        if not (yield from ask(Wait(advised_pause(answer, pause)))):
            return answer
        yield from note(CallRetried(call.backend, reason))
        pause *= 2
    return (yield from ask(call))


def reason_to_repeat(call: Call, answer: Reply | Lost) -> str | None:
    """Why the same call may be made again; None when it may not."""
    if isinstance(answer, Lost):
        repeatable = (call.safe or answer.applied == "no") and answer.reason != PERMANENT
        return answer.reason if repeatable else None
    if answer.status == 429:
        return "throttled"
    waits = answer.status == 503 and retry_seconds(answer) is not None
    return "unavailable" if waits or (call.safe and answer.status in BUSY) else None


def is_unapplied(answer: Reply | Lost) -> bool:
    """Is it proven that a write was not carried out?"""
    if isinstance(answer, Lost):
        return answer.applied == "no"
    return answer.status == 429 or (answer.status == 503 and retry_seconds(answer) is not None)


def advised_pause(answer: Reply | Lost, pause: float) -> float:
    """As long as the backend asks for, else our own growing pause."""
    advised = retry_seconds(answer) if isinstance(answer, Reply) else None
    return pause if advised is None else float(advised)
