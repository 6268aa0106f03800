"""Work in processes of its own: what one job spoils, ends or holds up costs that job alone."""

import os
import threading

from gradcheck.tapes.apart import answers

SECONDS = 30.0
KEPT: list[int] = []
GRAPH: list[object] = []


class Node:
    """What a tape makes."""


def endless():
    """A job that waits for what never comes."""
    threading.Event().wait()


def noding(value, *, keeps):
    def work():
        node = Node()
        node.itself = node
        KEPT.append(value)
        if keeps:
            GRAPH.append(node)
        return list(KEPT), True

    return work


def job(value, *, goes_on=True):
    def work():
        KEPT.append(value)
        return list(KEPT), goes_on

    return work


def test_jobs_share_a_process_until_one_says_that_it_is_spoilt():
    (found,) = answers([[job(1), job(2, goes_on=False), job(3), job(4)]], SECONDS)
    assert [answer.value for answer in found] == [[1], [1, 2], [3], [3, 4]]
    assert KEPT == []


def test_a_job_that_ends_the_process_is_lost_and_the_next_goes_on():
    (found,) = answers([[job(1), lambda: os._exit(3), job(2)]], SECONDS)
    assert [answer.value for answer in found] == [[1], None, [2]]
    assert found[1].lost == "ended the process (3)"


def test_a_job_that_does_not_end_is_ended():
    (found,) = answers([[endless]], 0.1)
    assert [answer.lost for answer in found] == ["did not finish within 0.1 s"]


def test_a_job_that_raises_is_lost(capfd):
    def raising():
        message = "no"
        raise ValueError(message)

    (found,) = answers([[raising, job(5)]], SECONDS)
    assert found[0].lost == "ended the process (1)"
    assert found[1].value == [5]
    assert "ValueError: no" in capfd.readouterr().err


def test_batches_share_a_process_where_nothing_that_was_made_lives_on():
    found = answers([[noding(1, keeps=False), noding(2, keeps=False)], [], [job(3)]], SECONDS)
    assert [[answer.value for answer in batch] for batch in found] == [[[1], [1, 2]], [], [[1, 2, 3]]]


def test_the_next_batch_has_a_fresh_process_where_a_graph_is_kept():
    found = answers([[noding(1, keeps=True), noding(2, keeps=True)], [job(3)]], SECONDS)
    assert [[answer.value for answer in batch] for batch in found] == [[[1], [1, 2]], [[3]]]


def test_a_batch_that_is_late_costs_the_next_no_time():
    found = answers([[job(1), endless, job(2)], [job(3)]], 0.5)
    assert [[answer.value for answer in batch] for batch in found] == [[[1], None, [2]], [[2, 3]]]
    assert found[0][1].lost == "did not finish within 0.5 s"
