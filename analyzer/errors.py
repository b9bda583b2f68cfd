"""Every error a caller can meet, with a stable `code` and a hint what to do."""

from __future__ import annotations

from typing import ClassVar


class AnalyzerError(Exception):
    """Root of all errors of this package.

    Parameters
    ----------
    message : str
        What happened, for a person.
    hint : str, default=""
        What the person can do about it.
    """

    code: ClassVar[str] = "error"

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message

    def __reduce__(self) -> tuple[object, ...]:
        # Keyword-only arguments do not survive the default pickling, and errors cross process borders in a batch.
        return (_rebuild, (type(self), self.message, self.hint))


def _rebuild(kind: type[AnalyzerError], message: str, hint: str) -> AnalyzerError:
    return kind(message, hint=hint)


class ReadError(AnalyzerError):
    """The document cannot be read."""

    code = "read"


class UnsupportedFormatError(ReadError):
    code = "unsupported"


#: Hint for a file that a password opens.
ASK_PASSWORD = "give it as the setting password or by --password-file, or save a copy without one"


class EncryptedDocumentError(ReadError):
    code = "encrypted"

    @property
    def asks_for_password(self) -> bool:
        """Whether the setting `password` opens the document; we open PDF files only."""
        return self.hint == ASK_PASSWORD


class CorruptDocumentError(ReadError):
    code = "corrupt"


class NoTextError(ReadError):
    """There is no text to read: an empty file or pages that are images only."""

    code = "no_text"


class TooLargeError(ReadError):
    """A limit of the settings was passed; nothing is cut silently."""

    code = "too_large"


class UnsafeDocumentError(ReadError):
    """The document holds something that only an attack would hold."""

    code = "unsafe"


class TimeLimitError(ReadError):
    code = "timeout"


class ResourceError(AnalyzerError):
    """A file of rules, words or messages is faulty."""

    code = "resource"


class UnknownLanguageError(ResourceError):
    code = "unknown_language"


class ModelError(AnalyzerError):
    code = "model"


class ModelNotFoundError(ModelError):
    code = "model_not_found"


class ModelIncompatibleError(ModelError):
    code = "model_incompatible"


class ModelIntegrityError(ModelError):
    code = "model_integrity"


class DataError(AnalyzerError):
    """Labelled data is faulty; the message names file and line."""

    code = "data"


class SettingsError(AnalyzerError, ValueError):
    code = "settings"
