"""The breaker, with a clock in hand."""

import pytest

from gateway.edge.breaker import Breaker


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


# Each step: what happens, then whether a call is admitted; `+n` lets time pass.
STORIES = {
    "four failures leave it closed": ("f f f f", "yes"),
    "five in a row open it": ("f f f f f", "no"),
    "a success in between starts anew": ("f f f f s f f f f", "yes"),
    "after a pause one probe is admitted": ("f f f f f +1.1", "yes"),
    "a second probe is not": ("f f f f f +1.1 admit", "no"),
    "a failed probe opens it again": ("f f f f f +1.1 admit f", "no"),
    "and the pause begins anew": ("f f f f f +1.1 admit f +0.9", "no"),
    "until it is over": ("f f f f f +1.1 admit f +1.1", "yes"),
    "a probe that succeeds closes it": ("f f f f f +1.1 admit s", "yes"),
    "a probe given up lets another one through": ("f f f f f +1.1 admit a", "yes"),
}


@pytest.mark.parametrize(("story", "admitted"), STORIES.values(), ids=STORIES)
def test_the_breaker_follows_its_story(story, admitted):
    clock = Clock()
    breaker = Breaker(clock)
    for step in story.split():
        if step.startswith("+"):
            clock.now += float(step)
        else:
            {"f": breaker.fail, "s": breaker.succeed, "a": breaker.abandon, "admit": breaker.admit}[step]()
    assert breaker.admit() is (admitted == "yes")
