"""Every planted mistake is explained by the one finding its ledger names, and by no other."""

FEWEST = 25


def test_there_are_enough_of_them_and_every_finding_that_can_be_planted_is(entries):
    found = entries("known_wrong")
    assert len(found) >= FEWEST


def test_a_mistake_has_its_one_explanation(known_wrong_training, failed, expected):
    file, name = known_wrong_training
    assert failed(file, name, 0) == [expected(file, name)]
