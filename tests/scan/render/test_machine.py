"""What programs read: JSON with a version, SARIF as its standard has it, XML that parses."""

from __future__ import annotations

import dataclasses
import json
from xml.etree import ElementTree as ET

import msgspec
import pytest

from gradcheck import __version__
from gradcheck.scan import model
from gradcheck.scan.model import State
from gradcheck.scan.registry import rules
from gradcheck.scan.render import json as json_format
from gradcheck.scan.render import junit, sarif


def test_json_holds_everything_and_has_a_version(full):
    output = msgspec.json.decode(json_format.FORMAT.render(full), type=json_format.Output)
    assert (output.version, output.gradcheck, output.files, output.accepted) == (1, __version__, 3, 2)
    cut, typo = output.findings
    assert (cut.code, cut.name, cut.path, cut.within) == ("GRC002", "copied_requires_grad", "src/a b.py", "f")
    assert [step.note for step in cut.steps] == ["the plain array of `x`", "a new leaf"]
    assert (cut.place.line, cut.place.column, cut.place.cell, cut.fix) == (7, 12, None, None)
    assert cut.confirmation == json_format.Ran(word="confirmed", reason="gradient failed")
    assert (typo.place.cell, typo.fix.safe, typo.fix.edits[0].replacement) == (2, True, "requires_grad")


class Struct(msgspec.Struct, forbid_unknown_fields=True, rename="camel"):
    """What SARIF 2.1.0 allows no property beside."""


class Message(Struct):
    text: str
    markdown: str | None = None


class ArtifactLocation(Struct):
    uri: str
    uri_base_id: str


class Region(Struct):
    start_line: int
    start_column: int | None = None
    end_line: int | None = None
    end_column: int | None = None


class PhysicalLocation(Struct):
    artifact_location: ArtifactLocation
    region: Region


class LogicalLocation(Struct):
    name: str | None = None
    kind: str | None = None
    fully_qualified_name: str | None = None


class Location(Struct):
    physical_location: PhysicalLocation
    logical_locations: list[LogicalLocation] = []
    message: Message | None = None


class ThreadFlowLocation(Struct):
    location: Location


class ThreadFlow(Struct):
    locations: list[ThreadFlowLocation]


class CodeFlow(Struct):
    thread_flows: list[ThreadFlow]


class DeletedRegion(Struct):
    start_line: int
    start_column: int
    end_line: int
    end_column: int


class Replacement(Struct):
    deleted_region: DeletedRegion
    inserted_content: Message


class ArtifactChange(Struct):
    artifact_location: ArtifactLocation
    replacements: list[Replacement]


class Fix(Struct):
    description: Message
    artifact_changes: list[ArtifactChange]


class Result(Struct):
    rule_id: str
    rule_index: int
    level: str
    message: Message
    locations: list[Location]
    partial_fingerprints: dict[str, str]
    code_flows: list[CodeFlow] = []
    fixes: list[Fix] = []
    properties: dict[str, str] = {}


class Configuration(Struct):
    level: str
    enabled: bool


class Descriptor(Struct):
    id: str
    name: str
    short_description: Message
    full_description: Message
    help: Message
    default_configuration: Configuration
    properties: dict[str, str]


class Component(Struct):
    name: str
    semantic_version: str
    rules: list[Descriptor]


class Tool(Struct):
    driver: Component


class Base(Struct):
    description: Message


class Run(Struct):
    tool: Tool
    column_kind: str
    original_uri_base_ids: dict[str, Base]
    results: list[Result]


class Log(Struct):
    version: str
    runs: list[Run]
    schema: str = msgspec.field(name="$schema")


def sarif_of(report) -> Run:
    log = msgspec.json.decode(sarif.FORMAT.render(report), type=Log)
    assert log.version == "2.1.0"
    (run,) = log.runs
    return run


def test_sarif_has_the_structure_of_its_standard(full):
    run = sarif_of(full)
    assert run.column_kind == "unicodeCodePoints"
    assert {result.level for result in run.results} == {"error", "warning"}
    for result in run.results:
        assert run.tool.driver.rules[result.rule_index].id == result.rule_id
        assert result.locations[0].physical_location.artifact_location.uri_base_id in run.original_uri_base_ids
    assert [rule.id for rule in run.tool.driver.rules] == [
        code for code, rule in rules().items() if rule.state is not State.RETIRED
    ]


def test_sarif_has_relative_escaped_places_and_the_path_of_the_value(full):
    cut, typo = sarif_of(full).results
    place = cut.locations[0].physical_location
    assert place.artifact_location.uri == "src/a%20b.py"
    assert place.region == Region(start_line=7, start_column=12, end_line=7, end_column=21)
    stations = cut.code_flows[0].thread_flows[0].locations
    assert [one.location.message.text for one in stations] == ["the plain array of `x`", "a new leaf"]
    assert cut.properties["confirmation"] == "confirmed"
    assert typo.locations[0].physical_location.region == Region(start_line=1)
    assert typo.locations[0].logical_locations[0].name == "cell 2, line 1"


def test_sarif_has_the_fix_of_a_finding_by_line_and_column(report, cut, text):
    edit = model.Edit(start=text.index("np.exp"), end=text.index("(x.data"), replacement="x.exp")
    fix = model.Fix(message="Compute with the tensor", edits=(edit,), safe=False)
    (result,) = sarif_of(report(dataclasses.replace(cut, fix=fix))).results
    (change,) = result.fixes[0].artifact_changes
    assert change.artifact_location.uri == "src/a%20b.py"
    assert change.replacements == [
        Replacement(
            deleted_region=DeletedRegion(start_line=5, start_column=9, end_line=5, end_column=15),
            inserted_content=Message(text="x.exp"),
        )
    ]


def test_sarif_has_no_fix_for_a_notebook_whose_lines_are_not_the_files(full):
    assert [result.fixes for result in sarif_of(full).results] == [[], []]


def test_fingerprints_stay_when_lines_move_and_tell_equals_apart(full):
    cut, typo = full.findings
    lower = dataclasses.replace(cut, span=dataclasses.replace(cut.span, line=70), source="return  Tensor(h)  # 数")
    before = [result.partial_fingerprints for result in sarif_of(full).results]
    after = [
        result.partial_fingerprints for result in sarif_of(dataclasses.replace(full, findings=(lower, typo))).results
    ]
    assert before == after
    twice = sarif_of(dataclasses.replace(full, findings=(cut, lower))).results
    assert twice[0].partial_fingerprints == before[0] != twice[1].partial_fingerprints


@pytest.mark.parametrize("change", [{"path": "b.py"}, {"code": "GRC001"}, {"qualname": "g"}, {"source": "y"}])
def test_a_fingerprint_is_of_file_rule_function_and_line(full, change):
    other = dataclasses.replace(full, findings=(dataclasses.replace(full.findings[0], **change),))
    marks = [sarif_of(report).results[0].partial_fingerprints["primaryLocationLineHash"] for report in (full, other)]
    assert marks[0] != marks[1]


def parsed(report) -> ET.Element:
    return ET.fromstring(junit.FORMAT.render(report))  # noqa: S314 - our own output


def test_junit_parses_and_holds_a_failure_per_finding(full):
    root = parsed(full)
    assert (root.tag, root.get("tests"), root.get("failures")) == ("testsuites", "2", "2")
    assert [suite.get("name") for suite in root] == ["src/a b.py", "src/n.ipynb"]
    failure = root.find(".//failure")
    assert failure.get("message") == "`f` makes a new leaf of <raw> & loses 100% of it"
    assert "The gradient is lost." in failure.text


def test_junit_of_nothing_is_a_test_that_passed(empty):
    root = parsed(empty)
    assert root.get("failures") == "0"
    assert root.find(".//testcase").get("name") == "nothing found in 3 files"


def test_odd_characters_break_no_format(report, full):
    odd = dataclasses.replace(full.findings[0], source="\x00\x1b\ud800 ]]> \ufffe", message="\ud800\x00", steps=())
    made = report(odd)
    assert json.loads(json_format.FORMAT.render(made))["findings"][0]["code"] == "GRC002"
    assert sarif_of(made).results[0].rule_id == "GRC002"
    assert parsed(made).get("failures") == "1"
