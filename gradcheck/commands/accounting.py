"""What a run of `gradcheck check` leaves behind where it is asked to: files, a saved run, annotations."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

from gradcheck.report.text import path_prefix

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from gradcheck.commands.checking import Step
    from gradcheck.report.schema import Document, Result
    from gradcheck.source.model import LayerSite

#: Formats of the output. Annotations stand behind the lines that people read.
FULL, GITHUB, JSON, SARIF = "full", "github", "json", "sarif"
FORMATS = (FULL, GITHUB, JSON, SARIF)


def configure(parser: argparse.ArgumentParser) -> None:
    """Give the parser the options of what is left behind."""
    add = parser.add_argument_group("what is left behind").add_argument
    add("--json", metavar="FILE", type=Path, help="write everything there, for programs (docs/report.schema.json)")
    add("--html", metavar="FILE", type=Path, help="write a report for a browser there, in one file")
    add(
        "--save-run",
        nargs="?",
        const="",
        metavar="NAME",
        help="keep the run below .gradcheck/runs, for gradcheck report and gradcheck compare",
    )
    add("--output-format", choices=FORMATS, help="default: full; github in a GitHub workflow, full and annotations")
    add("--output-file", metavar="FILE", type=Path, help="write the output of --output-format json or sarif there")


class Account:
    """Gathers a run, where anything is to be left of it.

    Args:
        options: Of the command.
        start: The folder the person stands in.
        repeated: Options a command must repeat to come to the same verdict.
    """

    def __init__(self, options: argparse.Namespace, start: Path, repeated: tuple[str, ...]) -> None:
        self.format = options.output_format or (GITHUB if os.environ.get("GITHUB_ACTIONS") == "true" else FULL)
        self._options = options
        self._start = start
        self._repeated = repeated
        self._begun = time.perf_counter()
        self._results: list[Result] = []
        self._wanted = bool(options.json or options.html or options.save_run is not None or self.format != FULL)

    @property
    def replaces_text(self) -> bool:
        """Whether the standard output is for a program, and people's lines are left out."""
        return self.format in {JSON, SARIF} and not self._options.output_file

    def refuse(self) -> None:
        """Refuse what could not be done at the end, before anything is run.

        Raises:
            UsageError: A file cannot be written, or one is named for a format that is none of its own.
        """
        from gradcheck.errors import UsageError
        from gradcheck.report.writing import refuse_folders, refuse_paths

        if self._options.output_file and self.format not in {JSON, SARIF}:
            raise UsageError("--output-file holds --output-format json or sarif; give one of them with it")
        refuse_paths(self._options.save_run, self._start)
        refuse_folders([self._options.json, self._options.html, self._options.output_file])

    def take(self, step: Step, site: LayerSite) -> None:
        """Keep what is written of a step."""
        if not self._wanted:
            return
        from gradcheck.report import gathering

        if step.result is not None:
            prefix = path_prefix(site.root, self._start)
            taken = gathering.of_result(
                step.result, site.root, seconds=step.seconds, prefix=prefix, options=self._repeated
            )
        else:
            seed = self._options.seed
            taken = gathering.of_entry(step.entry, step.case, seconds=step.seconds, seed=seed)
        self._results.append(taken)

    def close(self, root: Path, problems: Sequence[str], missing: Sequence[str]) -> list[str]:
        """Write what was asked for; answer with the lines that say where, and annotations.

        Args:
            root: The project whose layers were checked.
            problems: Files that could not be read.
            missing: Layers that were not come to.

        Raises:
            UsageError: A file cannot be written.
        """
        if not self._wanted:
            return []
        from gradcheck.report import gathering, writing
        from gradcheck.report.schema import Settings
        from gradcheck.source.project import project_root

        options = self._options
        settings = Settings(seed=options.seed, profile=options.profile, strict=options.strict)
        seconds = time.perf_counter() - self._begun
        document = gathering.document(
            self._results, root, settings, seconds=seconds, missing=missing, problems=problems
        )
        folder = writing.new_run(options.save_run, project_root(self._start)) if options.save_run is not None else None
        said = writing.write(document, json_file=options.json, html_file=options.html, folder=folder)
        return [*self._output(document, root), *said]

    def _output(self, document: Document, root: Path) -> list[str]:
        if self.format == FULL:
            return []
        if self.format == GITHUB:
            from gradcheck.report.annotations import workflow_lines

            return workflow_lines(document, prefix=path_prefix(root, self._start))
        from gradcheck.report import sarif, writing

        text = sarif.render(document) if self.format == SARIF else writing.to_json(document)
        if self._options.output_file:
            writing.put(self._options.output_file, text)
            return [f"written: {self._options.output_file}"]
        return [text.rstrip("\n")]
