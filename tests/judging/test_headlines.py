import doctest

from gradcheck.judging import headlines


def test_what_is_too_long_for_a_line_is_cut_and_marked():
    assert headlines.within("a" * headlines.LONGEST_HEADLINE) == "a" * headlines.LONGEST_HEADLINE
    cut = headlines.within("a" * (headlines.LONGEST_HEADLINE + 1))
    assert len(cut) == headlines.LONGEST_HEADLINE
    assert cut.endswith("a…")


def test_names_are_listed_as_the_example_says():
    assert doctest.testmod(headlines) == doctest.TestResults(failed=0, attempted=1)
    assert headlines.listed({"W": 1, "b": 2}) == "`W`, `b`"
