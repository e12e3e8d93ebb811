"""Rows are the truth, tasks only nudges: nothing is lost, nothing open is done twice."""

import time
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from kombu.exceptions import OperationalError

from community.outbox import handlers, nudges, services
from community.outbox.models import Job, JobState

Handled = list[Mapping[str, int | str]]


@pytest.fixture
def handled() -> Iterator[Handled]:
    """What the job “test” was called with."""
    calls: Handled = []
    handlers.register("test", calls.append)
    yield calls
    del handlers._handlers["test"]


@pytest.fixture
def failing() -> Iterator[Callable[[Exception], None]]:
    """Lets the job “test” fail in a given way."""

    def fail_with(error: Exception) -> None:
        def handler(_: Mapping[str, int | str]) -> None:
            raise error

        handlers.register("test", handler)

    yield fail_with
    del handlers._handlers["test"]


@pytest.mark.django_db
def test_a_job_is_done_once(handled: Handled) -> None:
    services.enqueue("test", {"comment": 7})
    services.work()
    services.work()
    assert handled == [{"comment": 7}]
    assert Job.objects.get().state == JobState.DONE


@pytest.mark.django_db
def test_a_job_of_the_same_key_stands_for_both(handled: Handled) -> None:
    services.enqueue("test", {"comment": 7}, key="seven")
    services.enqueue("test", {"comment": 7}, key="seven")
    services.work()
    assert len(handled) == 1


@pytest.mark.django_db
def test_a_key_is_free_again_when_its_job_is_done(handled: Handled) -> None:
    for _ in range(2):
        services.enqueue("test", {"comment": 7}, key="seven")
        services.work()
    assert len(handled) == 2


@pytest.mark.django_db
def test_a_job_waits_for_its_time(handled: Handled) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        services.enqueue("test", {}, due=timezone.now() + timedelta(seconds=10))
        services.work()
        assert handled == []
        clock.shift(11)
        services.work()
    assert len(handled) == 1


@pytest.mark.django_db
def test_a_cancelled_job_is_never_done(handled: Handled) -> None:
    services.enqueue("test", {}, key="seven")
    assert services.cancel("seven") == 1
    services.work()
    assert handled == []


@pytest.mark.django_db
def test_a_job_somebody_has_taken_cannot_be_cancelled() -> None:
    services.enqueue("test", {}, key="seven")
    Job.objects.open().claim(1)
    assert services.cancel("seven") == 0


@pytest.mark.django_db
def test_a_job_whose_worker_died_is_taken_again(handled: Handled) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        services.enqueue("test", {})
        assert len(Job.objects.open().claim(1)) == 1
        services.work()
        assert handled == []
        clock.shift(61)
        services.work()
    assert len(handled) == 1


@pytest.mark.django_db
def test_a_worker_that_lost_its_lease_writes_nothing(handled: Handled) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        services.enqueue("test", {})
        slow = Job.objects.open().claim(1)[0]
        clock.shift(61)
        Job.objects.open().claim(1)
        assert slow.settle(state=JobState.DONE) is False
    assert Job.objects.get().state == JobState.OPEN


@pytest.mark.django_db
def test_a_failing_job_comes_back_later_and_is_put_aside_in_the_end(
    failing: Callable[[Exception], None],
) -> None:
    failing(ValueError("no such thing"))
    with time_machine.travel(timezone.now(), tick=False) as clock:
        services.enqueue("test", {})
        for _ in range(services.MOST_ATTEMPTS):
            services.work()
            clock.shift(3600)
    job = Job.objects.get()
    assert (job.state, job.error) == (JobState.DEAD, "ValueError: no such thing")


@pytest.mark.django_db
def test_a_poison_job_does_not_stop_the_others(failing: Callable[[Exception], None]) -> None:
    failing(ValueError())
    services.enqueue("test", {})
    done: Handled = []
    handlers.register("other", done.append)
    services.enqueue("other", {})
    services.work()
    assert len(done) == 1


@pytest.mark.django_db
def test_a_handler_may_ask_to_be_called_later(failing: Callable[[Exception], None]) -> None:
    failing(handlers.Later(timedelta(minutes=5)))
    services.enqueue("test", {})
    services.work()
    job = Job.objects.get()
    assert job.state == JobState.OPEN
    assert job.due > timezone.now() + timedelta(minutes=4)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("error", [OperationalError("refused"), TimeoutError()])
def test_a_broker_that_is_gone_loses_nothing(
    monkeypatch: pytest.MonkeyPatch, handled: Handled, error: Exception
) -> None:
    def gone(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(nudges.current_app, "send_task", gone)
    services.enqueue("test", {})
    services.work()
    assert len(handled) == 1


@pytest.mark.django_db
def test_the_worker_is_silent_when_its_heart_stops() -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        services.beat()
        heard = timezone.now()
        assert services.silent_since() is None
        clock.shift(61)
        assert services.silent_since() == heard


@pytest.mark.django_db
def test_a_worker_that_never_started_is_silent_since_its_first_duty() -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        assert services.silent_since() is None
        services.enqueue("test", {})
        due = timezone.now()
        clock.shift(61)
        assert services.silent_since() == due


@pytest.mark.django_db
def test_a_worker_leaves_slow_jobs_for_its_next_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "TURN", 0.05)
    monkeypatch.setitem(handlers._handlers, "test", lambda _: time.sleep(0.03))
    for number in range(10):
        services.enqueue("test", {"comment": number})
    assert 1 <= services.work() < 10
    assert Job.objects.open().filter(attempts=0).exists()
