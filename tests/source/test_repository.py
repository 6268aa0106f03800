from __future__ import annotations

from gradcheck.source.repository import Repository


def test_paths_go_back_and_forth_inside_and_outside_the_root(tmp_path):
    repository = Repository(tmp_path / "project")
    inside = (tmp_path / "project" / "pkg" / "a.py").as_posix()
    outside = (tmp_path / "other" / "a.py").as_posix()
    assert repository.posix(inside) == "pkg/a.py"
    assert repository.posix(outside) == "../other/a.py"
    assert repository.absolute("pkg/a.py") == inside
    assert repository.absolute("../other/a.py") == outside


def test_a_file_is_parsed_once(write, monkeypatch):
    from gradcheck.source import repository as module

    path = (write({"a.py": "class A: ...\n"}) / "a.py").as_posix()
    parsed = []
    parse = module.parse
    monkeypatch.setattr(module, "parse", lambda text: parsed.append(text) or parse(text))
    repository = Repository(write({}))
    assert repository.facts(path) is repository.facts(path)
    assert len(parsed) == 1


def test_a_file_that_cannot_be_read_is_a_problem_and_empty(tmp_path):
    repository = Repository(tmp_path)
    path = (tmp_path / "gone.py").as_posix()
    facts = repository.facts(path)
    assert facts.classes == ()
    assert [(problem.path, problem.message) for problem in facts.problems] == [
        ("gone.py", "cannot be read: No such file or directory")
    ]
    assert repository.outline(path).class_names == frozenset()
    assert repository.aliases(path) == {}
