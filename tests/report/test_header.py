import importlib.util

from gradcheck.report.header import missing_oracle


def test_without_torch_a_run_says_what_installing_it_would_add(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert "pip install 'gradcheck[torch]'" in missing_oracle()


def test_with_torch_there_is_nothing_to_say(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object())
    assert missing_oracle() == ""
