"""An evaluation that does not end is interrupted, and nobody else's timer is lost."""

import contextlib
import signal
import sys
import threading

import pytest

from gradcheck.cases.running.deadline import OverdueError, allowing, deadline, is_theirs
from gradcheck.cases.running.evaluation import Evaluator

pytestmark = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="the limit is kept by a timer of POSIX")
#: Seconds that a loop is given here; an hour is one that never rings.
SHORT, LONG = 0.05, 3600.0


@pytest.fixture(autouse=True)
def _timer():
    """Whatever timer runs, this test's or its plugin's, is as it was."""
    handler, (remaining, interval) = signal.getsignal(signal.SIGALRM), signal.setitimer(signal.ITIMER_REAL, 0.0)
    yield
    signal.signal(signal.SIGALRM, handler)
    signal.setitimer(signal.ITIMER_REAL, remaining, interval)


def for_ever():
    while True:
        pass


def stubborn():
    while True:
        with contextlib.suppress(Exception):
            for_ever()


class Layer:
    pass


@pytest.mark.parametrize("loop", [for_ever, stubborn])
def test_a_loop_in_an_evaluation_is_interrupted_past_every_handler_of_exceptions(loop):
    with allowing(SHORT), pytest.raises(OverdueError, match=r"did not end within 0\.05 s"):
        Evaluator(layer=Layer(), seed=0).run(loop)
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_what_ends_in_time_leaves_handler_and_timer_as_they_were():
    def mine(number, frame):
        raise AssertionError

    signal.signal(signal.SIGALRM, mine)
    signal.setitimer(signal.ITIMER_REAL, LONG, LONG)
    with allowing(LONG / 2), deadline():
        assert signal.getitimer(signal.ITIMER_REAL)[0] <= LONG / 2
    remaining, interval = signal.getitimer(signal.ITIMER_REAL)
    assert LONG / 2 < remaining <= LONG
    assert interval == LONG
    assert signal.getsignal(signal.SIGALRM) is mine


def test_a_timer_that_rings_first_is_left_alone():
    signal.setitimer(signal.ITIMER_REAL, LONG)
    with allowing(2 * LONG), deadline():
        assert signal.getitimer(signal.ITIMER_REAL)[0] <= LONG


def test_a_deadline_inside_another_changes_nothing():
    with allowing(LONG), deadline():
        with allowing(SHORT), deadline():
            assert signal.getitimer(signal.ITIMER_REAL)[0] > LONG / 2
        assert signal.getitimer(signal.ITIMER_REAL)[0] > LONG / 2


def test_in_another_thread_there_is_no_limit_and_no_error():
    done = []

    def work():
        with allowing(SHORT), deadline():
            done.append(signal.getitimer(signal.ITIMER_REAL))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == [(0.0, 0.0)]


def test_what_is_interrupted_is_the_users_code_and_never_ours_around_it():
    ours = Evaluator(layer=object(), seed=0).run(lambda: sys._getframe(1))
    assert not is_theirs(ours)
    assert is_theirs(sys._getframe())


def test_a_library_counts_as_whoever_calls_it():
    frames = []
    with contextlib.ExitStack() as stack:
        stack.callback(lambda: frames.append(sys._getframe(1)))
    assert is_theirs(frames[0])
