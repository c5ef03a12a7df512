"""Every way fundwatch refuses, and the exit code the shell and Airflow see."""


class FundwatchError(Exception):
    """Something a person can put right; shown in one sentence, without a traceback."""

    exit_code = 1


class DeclarationError(FundwatchError):
    """A table, step, rule, indicator or setting is declared wrongly; the message says where."""

    exit_code = 10


class ContractError(FundwatchError):
    """Rows broke their table's declaration."""

    exit_code = 11


class SetupError(FundwatchError):
    """The machine lacks something: Java, the Delta jars, a writable folder."""

    exit_code = 12


class LandingError(FundwatchError):
    """What was delivered cannot be read: a missing table, folder, manifest or encoding."""

    exit_code = 13


class ReconciliationError(FundwatchError):
    """Rows or money were lost or doubled between two layers."""

    exit_code = 14


class LakeError(FundwatchError):
    """The lake is missing, older or newer than this release, or held by another writer."""

    exit_code = 15


class VerificationError(FundwatchError):
    """A clue does not come out of its own evidence again."""

    exit_code = 16


class UsageError(FundwatchError):
    """A command was given something that does not exist: a clue, a table, a step, a month."""

    exit_code = 2
