from __future__ import annotations

import threading

from chalicelib.domain.plan import Counter
from sbc.hook.admission import Admission
from tests.sbc.conftest import World
from tests.sbc.hook_process import HookClient

TENANT = Counter("tenant/t", 2)
SUBSCRIBER = Counter("subscriber/s", 1)


def test_all_places_are_taken_or_none() -> None:
    admission = Admission()
    admission.take("call_1", [SUBSCRIBER])

    full = admission.take("call_2", [TENANT, SUBSCRIBER])

    assert full == SUBSCRIBER
    assert admission.in_use("tenant/t") == 0


def test_a_call_holds_one_place_however_often_it_asks() -> None:
    admission = Admission()

    answers = [admission.take("call_1", [SUBSCRIBER]) for _ in range(3)]

    assert answers == [None] * 3
    assert admission.in_use("subscriber/s") == 1


def test_a_limit_of_zero_only_counts() -> None:
    admission = Admission()

    answers = [admission.take(f"call_{number}", [Counter("tenant/t", 0)]) for number in range(9)]

    assert answers == [None] * 9
    assert admission.in_use("tenant/t") == 9


def test_the_places_of_a_stage_that_is_over_are_free_and_the_callers_stay() -> None:
    admission = Admission()
    admission.take("call_1", [TENANT])
    admission.take("call_1", [SUBSCRIBER])

    admission.keep_only("call_1", [TENANT])

    assert (admission.in_use("tenant/t"), admission.in_use("subscriber/s")) == (1, 0)


def test_a_released_call_holds_nothing() -> None:
    admission = Admission()
    admission.take("call_1", [TENANT, SUBSCRIBER])

    admission.release("call_1")
    admission.release("call_1")

    assert (admission.in_use("tenant/t"), admission.in_use("subscriber/s")) == (0, 0)


def test_of_many_callers_at_once_exactly_as_many_as_allowed_get_through(module_world: World) -> None:
    answers: list[dict[str, str]] = []
    begin = threading.Barrier(16)

    def call() -> None:
        client = HookClient(module_world.hook.port)
        begin.wait()
        answers.append(client.invite("102"))  # bob takes one call at a time
        client.close()

    callers = [threading.Thread(target=call) for _ in range(16)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()

    assert sorted(answer["action"] for answer in answers) == ["reply"] * 15 + ["ring"]
