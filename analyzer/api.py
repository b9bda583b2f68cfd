"""The Python interface: joins the rooms. Heavy libraries load on first use, so `import analyzer` is instant."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analyzer._version import __version__
from analyzer.errors import ModelNotFoundError, SettingsError, TooLargeError
from analyzer.settings import Settings
from analyzer.types import LANGUAGES, Clause, Document, Duration, Explanation, Label, Quantity, Sentence

if TYPE_CHECKING:
    from analyzer.classification.model import ClauseModel
    from analyzer.classification.scores import Scores
    from analyzer.comparison import Comparison
    from analyzer.reading import Sources
    from analyzer.report.model import Report

#: Names a model folder to use instead of the shipped one.
MODEL_VARIABLE = "CLAUSE_ANALYZER_MODEL"


def default_model_folder() -> Path:
    """Return the folder of the model to use: from the environment, the repository's `models/clauses`, or the installed package.

    Raises
    ------
    ModelNotFoundError
        None of them holds a model.
    """
    named = os.environ.get(MODEL_VARIABLE)
    if named:
        return Path(named)
    package = Path(__file__).resolve().parent
    for base in (package.parent / "models" / "clauses", package / "_models" / "clauses"):
        versions = sorted((entry for entry in base.glob("*") if (entry / "manifest.json").is_file()), key=_version_key)
        if versions:
            return versions[-1]
    raise ModelNotFoundError("No trained model is installed", hint="train one: make train")


def _version_key(folder: Path) -> tuple[int, ...]:
    return tuple(int(part) if part.isdigit() else -1 for part in folder.name.split("."))


class Analyzer:
    """An analysis with a model and settings of its own.

    Parameters
    ----------
    model : path, optional
        Model folder; by default the shipped model. Loaded on first use.
    settings : Settings, optional

    Examples
    --------
    >>> report = Analyzer().analyze(b"The provider reacts within four hours after notification.")
    >>> [clause.categories for clause in report.clauses]
    [('reaction_time',)]
    """

    def __init__(self, model: str | Path | None = None, settings: Settings | None = None) -> None:
        self._folder = None if model is None else Path(model)
        self.settings = _checked(settings) or Settings()
        self._lock = threading.Lock()
        self._model: ClauseModel | None = None

    def __getstate__(self) -> dict[str, Any]:
        return {"folder": self._folder, "settings": self.settings}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._folder, self.settings = state["folder"], state["settings"]
        self._lock = threading.Lock()
        self._model = None

    @property
    def model(self) -> ClauseModel:
        """The trained model; loading checks it before it is unpickled."""
        with self._lock:
            if self._model is None:
                from analyzer.classification.persistence import load_model

                self._model = load_model(self._folder or default_model_folder())
            return self._model

    def analyze(self, source: Sources, *, name: str | None = None, language: str | None = None, settings: Settings | None = None) -> Report:
        """Analyze one contract; see `analyzer.analyze`."""
        from analyzer.reading import read_document

        settings = _checked(settings) or self.settings
        _check_language(language)
        document = read_document(source, name=name, settings=settings)
        return self.analyze_document(document, language=language, settings=settings)

    def analyze_document(self, document: Document, *, language: str | None = None, settings: Settings | None = None) -> Report:
        """Analyze a document that is already read."""
        from analyzer.correction import assess_clauses
        from analyzer.quantities import find_quantities_many
        from analyzer.structure import detect_language, split_document

        settings = settings or self.settings
        main = language or detect_language(document.text)
        sentences = split_document(document, language=language, main=main)
        if len(sentences) > settings.limits.max_rows:
            raise TooLargeError(
                f"The document has {len(sentences)} rows, more than {settings.limits.max_rows}",
                hint="raise limits.max_rows or split the file",
            )
        labels = self._classify_sentences(sentences)
        quantities = find_quantities_many(
            [s.text for s in sentences], languages=[s.language for s in sentences], offsets=[s.span.start for s in sentences]
        )
        clauses: tuple[Clause, ...] = tuple(
            Clause(sentence, found, measured) for sentence, found, measured in zip(sentences, labels, quantities, strict=True)
        )
        return assess_clauses(document, main, clauses, self._provenance(settings), settings)

    def reassess(self, report: Report, labels: Mapping[int, Sequence[str]], *, settings: Settings | None = None) -> Report:
        """Judge a report again with labels set by hand; see `analyzer.reassess`."""
        from analyzer.correction import reassess_report

        settings = _checked(settings) or self.settings
        return reassess_report(report, labels, settings=settings, rules_sha256=remember_rules(settings.rules))

    def classify(
        self,
        texts: Sequence[str],
        *,
        headings: Sequence[Sequence[str] | None] | None = None,
        language: str | None = None,
        consecutive: bool = False,
    ) -> list[tuple[Label, ...]]:
        """Label sentences in bulk; see `analyzer.classify`."""
        from analyzer.classification.rows import make_rows
        from analyzer.structure import detect_language

        if isinstance(texts, str):
            raise SettingsError("classify takes a list of texts, not one text", hint="classify([text])")
        _check_language(language)
        texts = list(texts)
        wrong = next((text for text in texts if not isinstance(text, str)), None)
        if wrong is not None or None in texts:
            raise SettingsError(f"classify takes texts, not {type(wrong).__name__}")
        if headings is not None and len(headings) != len(texts):
            raise SettingsError(f"{len(texts)} texts, but {len(headings)} headings")
        languages = [language or detect_language(text) for text in texts]
        return self.model.classify(make_rows(texts, headings=headings, languages=languages, consecutive=consecutive))

    def explain(
        self, text: str, *, heading: Sequence[str] | None = None, language: str | None = None, category: str | None = None
    ) -> tuple[Explanation, ...]:
        """Tell which words gave a text its labels; see `analyzer.explain`."""
        from analyzer.classification.explaining import explain_row
        from analyzer.classification.rows import make_rows
        from analyzer.structure import detect_language

        if not isinstance(text, str):
            raise SettingsError(f"a text is needed, not {type(text).__name__}")
        _check_language(language)
        model = self.model
        if category is not None and category not in model.categories:
            raise SettingsError(f"The model knows no category {category!r}", hint="known: " + ", ".join(model.categories))
        (row,) = make_rows([text], headings=[heading], languages=language or detect_language(text))
        if category is not None:
            return (explain_row(model, row, category),)
        probabilities = model.predict_proba([row])
        chosen = [label.category for label in model.choose_all([row], probabilities)[0] if label.category in model.categories]
        return tuple(explain_row(model, row, name) for name in chosen or [model.categories[int(probabilities[0].argmax())]])

    def _classify_sentences(self, sentences: Sequence[Sentence]) -> list[tuple[Label, ...]]:
        from analyzer.classification.rows import make_rows

        return self.model.classify(
            make_rows(
                [s.text for s in sentences],
                headings=[_read_under(s) for s in sentences],
                languages=[s.language for s in sentences],
                kinds=[s.kind.value for s in sentences],
                consecutive=True,
            )
        )

    def _provenance(self, settings: Settings) -> tuple[tuple[str, str], ...]:
        return (("analyzer", __version__), ("model_sha256", self.model.sha256), ("rules_sha256", remember_rules(settings.rules)))


def _read_under(sentence: Sentence) -> tuple[str, ...]:
    """Return what a row stands under: its headings, and for a table row the heads of its columns: "1 h" says nothing without "reaction"."""
    heads = [head for head, _ in sentence.cells if head]
    return (*sentence.heading_path, " | ".join(heads)) if heads else sentence.heading_path


def remember_rules(rules: str | None) -> str:
    """Keep the user's own rules, so that reports made with them are put into their words; return their digest as `rules_digest` does."""
    from analyzer.assessment.catalogue import load_catalogue, remember_catalogue

    digest = rules_digest(rules)
    if rules:
        remember_catalogue(digest, load_catalogue(rules))
    return digest


def rules_digest(rules: str | None) -> str:
    """Return the sha256 over the shipped rules and the user's own, as that file stands now."""
    import hashlib

    digest = hashlib.sha256(_shipped_rules())
    if rules:
        try:
            digest.update(Path(rules).read_bytes())
        except OSError as error:
            raise SettingsError(f"Cannot read the rules in {rules}: {error}") from error
    return digest.hexdigest()


@cache
def _shipped_rules() -> bytes:
    """Return the digest of the shipped rules, which do not change while the process runs."""
    import hashlib
    from importlib.resources import files

    digest = hashlib.sha256()
    base = files("analyzer.resources")
    names = [
        "categories.toml",
        "checklist.toml",
        "sources.toml",
        *sorted(f"risks/{e.name}" for e in (base / "risks").iterdir() if e.name.endswith(".toml")),
    ]
    for entry in names:
        digest.update(entry.encode() + b"\0" + (base / entry).read_bytes())
    return digest.digest()


def _checked(settings: Settings | None) -> Settings | None:
    if settings is not None and not isinstance(settings, Settings):
        raise SettingsError(
            f"settings must be Settings, not {type(settings).__name__}", hint="Settings.from_file(path) or Settings.from_dict(table)"
        )
    return settings


def _check_language(language: str | None) -> None:
    if language is not None and language not in LANGUAGES:
        raise SettingsError(f"Unknown language {language!r}", hint="known: " + ", ".join(LANGUAGES))


_default = Analyzer()


def default_analyzer() -> Analyzer:
    """Return the analyzer behind the functions of this module."""
    return _default


def analyze(source: Sources, *, language: str | None = None, settings: Settings | None = None) -> Report:
    """Analyze one contract.

    Parameters
    ----------
    source : path, bytes or binary file, or a list or tuple of them
        PDF, DOCX, ODT, HTML, e-mail or text. Several files are one contract, the one that prevails first; for contracts one by one there
        is `analyze_many`.
    language : {"fr", "de", "it", "en"}, optional
        Language of the contract; by default it is detected.
    settings : Settings, optional

    Returns
    -------
    Report

    Raises
    ------
    ReadError
        The document cannot be read; `code` and `hint` say why and what to do.
    ModelError
        The model is missing or does not fit.
    """
    return _default.analyze(source, language=language, settings=settings)


def classify(
    texts: Sequence[str],
    *,
    headings: Sequence[Sequence[str] | None] | None = None,
    language: str | None = None,
    consecutive: bool = False,
) -> list[tuple[Label, ...]]:
    """Label sentences in bulk.

    Parameters
    ----------
    texts : sequence of str
    headings : sequence of (sequence of str or None), optional
        Per text its heading path, outermost first.
    language : str, optional
        Of all texts; by default each is detected.
    consecutive : bool, default=False
        The texts are the rows of one document in order, so that neighbours may be used.

    Returns
    -------
    list of tuple of Label
        Per text, most probable first; `other` where no category reaches its threshold.
    """
    return _default.classify(texts, headings=headings, language=language, consecutive=consecutive)


def explain(
    text: str, *, heading: Sequence[str] | None = None, language: str | None = None, category: str | None = None
) -> tuple[Explanation, ...]:
    """Tell which words gave a text its labels.

    Parameters
    ----------
    text : str
    heading : sequence of str, optional
        Heading path, outermost first.
    language : str, optional
        By default it is detected.
    category : str, optional
        Explain this category, whether the text has it or not.

    Returns
    -------
    tuple of Explanation
        One per label, most probable first; for a text under every threshold the category that came nearest. The shares add up to the log-odds exactly.

    Examples
    --------
    >>> (why,) = explain("Das Leihgerät steht am nächsten Werktag bereit.", language="de", category="spare_equipment")
    >>> why.strongest(1)[0].text
    'Leihgerät'
    """
    return _default.explain(text, heading=heading, language=language, category=category)


def reassess(report: Report, labels: Mapping[int, Sequence[str]], *, settings: Settings | None = None) -> Report:
    """Judge a report again with labels set by hand, without reading or classifying anything.

    Parameters
    ----------
    report : Report
        It stays as it is, so there is always a way back.
    labels : mapping of int to sequence of str
        Per row, by `clause.sentence.id`, the categories that it has; empty, or `("other",)`, for none. Other rows keep their labels.
    settings : Settings, optional
        Those of the analysis: side, thresholds and rules count again.

    Returns
    -------
    Report
        Roles of durations, service levels, checklist and risks follow from the labels given. These have probability 1 and are never uncertain; the ids of
        their rows stand in the provenance under `labels_by_hand`, with those of earlier corrections.

    Raises
    ------
    SettingsError
        No such row, or a category that neither the rules nor the report know.

    Examples
    --------
    >>> report = analyze(b"Our team is there for you. The provider reacts within four hours.", language="en")
    >>> corrected = reassess(report, {0: ["user_support"]})
    >>> corrected.clauses[0].labels
    (Label(category='user_support', probability=1.0, uncertain=False),)
    >>> dict(corrected.provenance)["labels_by_hand"]
    '0'
    """
    return _default.reassess(report, labels, settings=settings)


def find_quantities(text: str, *, language: str | None = None) -> tuple[Quantity, ...]:
    """Find durations, recurrences, service windows, percentages, money and dates in a text.

    Examples
    --------
    >>> [q.iso for q in find_quantities("Reaktionszeit: innert 4 Arbeitsstunden")]
    ['PT4H']
    """
    from analyzer.quantities import find_quantities as find
    from analyzer.structure import detect_language

    _check_language(language)
    if not isinstance(text, str):
        raise SettingsError(f"a text is needed, not {type(text).__name__}")
    return find(text, language=language or detect_language(text))


def find_durations(text: str, *, language: str | None = None) -> tuple[Duration, ...]:
    """Find durations only; see `find_quantities`."""
    from analyzer.quantities import find_durations as find
    from analyzer.structure import detect_language

    _check_language(language)
    if not isinstance(text, str):
        raise SettingsError(f"a text is needed, not {type(text).__name__}")
    return find(text, language=language or detect_language(text))


def compare(reports: Iterable[Report]) -> Comparison:
    """Set two or more offers side by side, across languages.

    Raises
    ------
    SettingsError
        Fewer than two reports.
    """
    from analyzer.comparison import compare_reports

    return compare_reports(tuple(reports))


LabelledData = str | Path | Iterable[Mapping[str, Any]]


def train(
    data: LabelledData,
    *,
    out: str | Path = "models/mine",
    base: LabelledData | None = None,
    weight: float = 2.0,
    seed: int = 0,
    previous: str | Path | None = None,
    progress: Any = None,
) -> ClauseModel:
    """Train a model from labelled data, of any label set.

    Parameters
    ----------
    data : path or rows
        A file or folder in one of the formats of `clause-analyzer data import`, or dicts with `text`, `labels` and optionally `heading`, `doc`, `language`, `weight`.
        Labels that `base` does not have become new categories; rows of `base` count as not having them.
    out : path
        Model folder to write: model, manifest, card. It appears whole or not at all.
    base : path or rows, optional
        More data to train on, e.g. the project's `data/contracts`; rows of `data` replace rows of `base` with the same text and headings.
    weight : float, default=2.0
        How much a row of `data` counts against one of `base`.
    seed : int
        The same data, seed and library versions give the same model, byte for byte.
    previous : path, optional
        A model to compare with on the rows of `data`, category by category; by default the shipped model, where it knows one of their categories and was not trained on them.
        The comparison stands in the card and in the manifest.
    progress : callable, optional
        Called with a stage name and a share of 0 to 1.

    Raises
    ------
    DataError
        The data is faulty; the message names file and line.
    SettingsError
        A faulty weight, seed or folder. A folder that holds anything but a model is never replaced.
    ModelError
        The model could not be written.
    """
    from analyzer.classification.persistence import check_target, read_manifest, save_model
    from analyzer.classification.training import digest_rows, train_model

    check_target(out)  # before minutes of training, not after; the same for all that follows
    _check_training(seed, progress)
    if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 < weight < float("inf"):
        raise SettingsError(f"weight must be a number above 0, not {weight!r}")
    if previous is not None:
        read_manifest(previous)
    rows = new = load_rows(data)
    if base is not None:
        texts = {(row.text, row.heading) for row in new}
        new = [replace(row, weight=weight * row.weight) for row in new]
        rows = [row for row in load_rows(base) if (row.text, row.heading) not in texts] + new
    training = train_model(rows, seed=seed, progress=progress)
    comparison = _compare_with(previous, new, training.predicted[-len(new) :], digest_rows(rows))
    return save_model(training, out, seed=seed, extra={"comparison": comparison} if comparison else None)


def _check_training(seed: Any, progress: Any) -> None:
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 2**32:
        raise SettingsError(f"seed must be a whole number from 0 to {2**32 - 1}, not {seed!r}")
    if progress is not None and not callable(progress):
        raise SettingsError(f"progress must be a function of a stage and a share, not {type(progress).__name__}")


def _compare_with(
    previous: str | Path | None, rows: list[Any], predicted: Sequence[tuple[str, ...] | None], digest: str
) -> dict[str, Any] | None:
    """Score the model before and the new one, by cross-validation, on the same rows; None where there is nothing to compare."""
    from analyzer.classification.persistence import load_model, read_manifest
    from analyzer.classification.scores import score_labels
    from analyzer.classification.training import link_rows
    from analyzer.errors import ModelError

    held = [i for i, labels in enumerate(predicted) if labels is not None]
    try:
        folder = Path(previous) if previous is not None else default_model_folder()
        manifest = read_manifest(folder)
        trained_on_them = manifest.get("data", {}).get("sha256") == digest
        known = {label for row in rows for label in row.labels} & set(manifest.get("categories", ()))
        if not held or (previous is None and (trained_on_them or not known)):
            return None
        old = load_model(folder)
    except ModelError:
        if previous is not None:
            raise
        return None
    labels = old.classify(link_rows(rows))
    gold = [rows[i].labels for i in held]
    before = score_labels(gold, [[label.category for label in labels[i]] for i in held])
    after = score_labels(gold, [predicted[i] or () for i in held])
    earlier = {score.category: score.f1 for score in before.categories}
    return {
        "previous": old.sha256,
        "rows": len(held),
        "micro": [round(before.micro, 4), round(after.micro, 4)],
        "categories": [
            [score.category, score.support, round(earlier.get(score.category, 0.0), 4), round(score.f1, 4)]
            for score in sorted(after.categories, key=lambda score: (-score.support, score.category))
            if score.support
        ],
    }


def evaluate(data: LabelledData, *, model: str | Path | None = None) -> Scores:
    """Score a model on labelled data: precision, recall, F1 and support per category, F1 per language, calibration.

    Parameters
    ----------
    data : path or rows
        As for `train`. Labels that the model does not know count as missed.
    model : path, optional
        Model folder; by default the shipped model.
    """
    import numpy as np

    from analyzer.classification.calibration import expected_calibration_error
    from analyzer.classification.scores import score_labels
    from analyzer.classification.training import link_rows

    rows = load_rows(data)
    used = Analyzer(model).model if model is not None else _default.model
    linked = link_rows(rows)
    probabilities = used.predict_proba(linked)
    predicted = [[label.category for label in labels] for labels in used.choose_all(linked, probabilities)]
    y = np.asarray([[category in row.labels for category in used.categories] for row in rows], dtype=np.int8)
    return score_labels(
        [row.labels for row in rows],
        predicted,
        languages=[row.language or "?" for row in rows],
        calibration_error=expected_calibration_error(probabilities, y) if len(used.categories) else None,
    )


def review_labels(data: LabelledData, *, seed: int = 0, progress: Any = None) -> list[dict[str, Any]]:
    """List the labels that a model doubts which never saw their contract, the most doubtful first: a reading list for annotators.

    Parameters
    ----------
    data : path or rows
        As for `train`; at least two contracts.
    seed, progress
        As for `train`.

    Returns
    -------
    list of dict
        `row` (number in the data), `source`, `text`, `heading`, `labels`, and the doubted `category`, whether it is `given` or may be missing, its `probability` and `doubt`.
    """
    from analyzer.classification.suspects import find_suspects
    from analyzer.classification.training import train_model
    from analyzer.errors import DataError

    _check_training(seed, progress)
    rows = load_rows(data)
    training = train_model(rows, seed=seed, progress=progress)
    if training.probabilities is None:
        raise DataError("All rows are of one contract", hint="give rows of several contracts, with their names under doc")
    return [
        {
            "row": suspect.row, "source": rows[suspect.row].source, "text": rows[suspect.row].text, "heading": list(rows[suspect.row].heading),
            "labels": list(rows[suspect.row].labels), "category": suspect.category, "given": suspect.given,
            "probability": round(suspect.probability, 4), "doubt": round(suspect.doubt, 4),
        }
        for suspect in find_suspects([row.labels for row in rows], training.probabilities, training.model.categories)
    ]  # fmt: skip


def load_rows(data: LabelledData) -> list[Any]:
    """Return labelled rows from a path or from dicts, with their language detected where it is not given."""
    from analyzer.classification.training import as_labelled_rows
    from analyzer.structure import detect_language

    if isinstance(data, str | Path):
        from analyzer.datasets import read_labelled

        return as_labelled_rows(read_labelled(data), detect=detect_language)
    return as_labelled_rows(data, detect=detect_language)
