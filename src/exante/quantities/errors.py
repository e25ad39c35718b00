"""The errors of exante: what is wrong, where, and what to do.

This module imports nothing, so that every floor (kernels included) may raise from it.
"""

INSTALL_SOURCES = "Install it in the folder of exante: pip install -e '.[sources]'"
"""Remedy where a library of the extra `sources` is absent."""


class ExanteError(Exception):
    """An error told in one paragraph: what is wrong, where, and what to do.

    Parameters
    ----------
    what : str
        What is wrong, as a sentence without its final stop.
    where : str, optional
        File and line, layer, table and column, or network element.
    remedy : str, optional
        What the reader can do about it.
    """

    exit_code = 1

    def __init__(self, what: str, *, where: str = "", remedy: str = "") -> None:
        self.what = what
        self.where = where
        self.remedy = remedy
        super().__init__(self.paragraph())

    def paragraph(self) -> str:
        """The whole error in one paragraph."""
        text = self.what.rstrip(".")
        if self.where:
            text += f" (in {self.where})"
        text += "."
        if self.remedy:
            text += f" {self.remedy.rstrip('.')}."
        return text

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle with the keyword arguments, so that workers can raise across processes."""
        return (_rebuild, (type(self), self.what, self.where, self.remedy))


def _rebuild(kind: type[ExanteError], what: str, where: str, remedy: str) -> ExanteError:
    return kind(what, where=where, remedy=remedy)


class UserError(ExanteError):
    """The reader's input is wrong: the command line exits with 2 and writes nothing."""

    exit_code = 2


class PolicyError(UserError):
    """A policy document cannot be understood, or asks for something impossible."""


class CityError(UserError):
    """A city folder is damaged, incomplete or does not fit its schema."""


class MissingLayerError(UserError):
    """A model or measure needs a layer that the city does not have."""


class SourceError(UserError):
    """A raw data file is missing, changed its columns, or holds impossible values."""


class NetworkError(UserError):
    """A network or demand that no equilibrium can be computed on."""


class ParameterError(UserError):
    """A parameter or distribution is outside what its declaration allows."""


class StoppedError(ExanteError):
    """The reader stopped the work (Ctrl-C); nothing was written."""

    exit_code = 130


class ConvergenceError(ExanteError):
    """An iteration did not reach its stated tolerance: the result is not given."""


class VocabularyError(ExanteError):
    """A variable is not in the vocabulary, or is used with the wrong unit or dims."""


class WiringError(ExanteError):
    """Models cannot be joined: an input nobody writes, two writers, or an undeclared loop."""
