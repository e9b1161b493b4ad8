"""A bulk request, carried out operation by operation; each is the same conversation as a request of its own."""

from gateway.conversation.effects import Conversation, Wait, ask, note
from gateway.conversation.labels import Label, note_problem
from gateway.conversation.splitting import answer
from gateway.lens.lens import LensError
from gateway.observations import NOBODY
from gateway.pipeline.bulk import (
    Job,
    Task,
    fail,
    locate_task,
    make_request,
    read_job,
    respond_bulk,
    succeed,
    tell_retry,
)
from gateway.pipeline.bulk_order import Step
from gateway.pipeline.parse import base_url
from gateway.pipeline.problems import Problem, as_problem
from gateway.pipeline.request import Request, Response, Route, Tenant
from gateway.scim.bulk import BulkResult
from gateway.scim.errors import ScimError


def answer_bulk(request: Request, route: Route, tenant: Tenant) -> Conversation[Response]:
    """Every operation in its turn, until so many have failed; results stand in the order of the request."""
    job = read_job(request, route, tenant)
    run = Run(job, request, route, tenant)
    for step in job.steps:
        yield from run.carry_out(step)
        if run.failures == job.errors:
            break
    return respond_bulk((run.results[number] for number in sorted(run.results)), run.seconds)


def label_task(task: Task, tenant: Tenant, *, completing: bool) -> Label:
    """The words for an operation, as far as it names what the tenant offers."""
    resource = tenant.type_at(task.segments[0]) if task.segments else None
    operation = "modify" if completing else OPERATIONS.get(task.operation.method, NOBODY)
    return Label(tenant.name, resource.name if resource else NOBODY, operation, tenant.dialect.name)


OPERATIONS = {"POST": "create", "PUT": "replace", "PATCH": "modify", "DELETE": "delete"}


class Run:
    """How far a bulk request is. `ids` are those of the resources that it created, by their bulkIds; `seconds` is the
    longest Retry-After of its operations.
    """

    def __init__(self, job: Job, request: Request, route: Route, tenant: Tenant) -> None:
        self.job = job
        self.request = request
        self.route = route
        self.tenant = tenant
        self.url = base_url(request, route)
        self.ids: dict[str, str] = {}
        self.results: dict[int, BulkResult] = {}
        self.failures = 0
        self.seconds = 0

    def carry_out(self, step: Step) -> Conversation[None]:
        """One operation, or its completion where it was created; and what metrics and logs are to know of it."""
        task = self.job.tasks[step.operation]
        if step.completing and task.creates not in self.ids:
            return
        label = label_task(task, self.tenant, completing=step.completing)
        location = locate_task(task, self.url, self.ids)
        try:
            request, route = make_request(step, self.job, self.request, self.route, self.tenant, self.find)
            if not (yield from ask(Wait(0))):
                raise Problem("SG136")
            response = yield from answer(request, route, self.tenant)
        except (Problem, ScimError, LensError) as error:
            problem = as_problem(error)
            self.failures += 1
            self.note_failure(step, problem, location)
            yield from note_problem(problem, label)
            yield from note(label.carried_out(problem.status, problem))
        else:
            self.note_success(step, response, location)
            yield from note(label.carried_out(response.status))

    def find(self, bulk_id: str) -> str:
        """The id that a bulkId stands for; a Problem when its operation failed."""
        if bulk_id not in self.ids:
            raise Problem("SG135")
        return self.ids[bulk_id]

    def note_success(self, step: Step, response: Response, location: str) -> None:
        """A resource of a circle counts as failed until what it refers to is added."""
        task, result = self.job.tasks[step.operation], succeed(self.job.tasks[step.operation], response, location)
        if step.completing:
            made = self.results[step.operation]
            result = BulkResult(made.method, 201, made.bulk_id, made.location, result.version)
        elif task.creates:
            self.ids[task.creates] = result.location.rpartition("/")[2]
            if step.without:
                result = fail(task, Problem("SG137"), result.location)
        self.results[step.operation] = result

    def note_failure(self, step: Step, problem: Problem, location: str) -> None:
        """Of a circle's resource that was created its location is told, and why it stayed incomplete."""
        self.seconds = max(self.seconds, problem.retry_seconds)
        problem = tell_retry(problem)
        if step.completing:
            location = self.results[step.operation].location
            problem = Problem("SG137").after(problem.sentence)
        elif step.without:
            problem = problem.after("It was sent without what refers to resources that refer back to it")
        self.results[step.operation] = fail(self.job.tasks[step.operation], problem, location)
