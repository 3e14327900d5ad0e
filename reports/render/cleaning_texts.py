"""What was wrong with rows of a file, in each language of reports."""

from readings.errors import DeadLetterReason
from readings.files.problems import Problem
from reports.model import Language

# Readings of a file job that were published and dead-lettered; `not-stored:REASON` if it is known why.
NOT_STORED = "not-stored"
_NOT_STORED: dict[Language, str] = {
    "en": "published, but not stored: they are dead letters",
    "pt": "publicadas, mas não guardadas: estão entre as mensagens rejeitadas",
}
_PORTUGUESE = {
    Problem.DUPLICATE: "com sensor, hora e temperatura de uma linha anterior (duplicadas, guardadas uma vez)",
    Problem.OTHER_TEMPERATURE: "com outra temperatura para sensor e hora de outra linha (ambas guardadas)",
    Problem.OUT_OF_ORDER: "fora da ordem do tempo (guardadas)",
    Problem.UNREAD_TEMPERATURE: "com uma temperatura em outra coluna, que não é lida",
    Problem.MISSING: "sem temperatura",
    Problem.SENTINEL: "com um número que representa um valor ausente ou uma falha do sensor",
    Problem.IMPOSSIBLE: "com uma temperatura impossível",
    Problem.IMPLAUSIBLE: "fora da faixa plausível",
    Problem.BAD_QUALITY: "que a origem marca como ruins",
    Problem.UNSET_CLOCK: "com a hora de um relógio que nunca foi acertado",
    Problem.FUTURE: "com uma hora no futuro",
    Problem.SKIPPED_HOUR: "em uma hora que os relógios saltam",
    Problem.REPEATED_HOUR: "em uma hora repetida, decidida pela ordem das linhas (guardadas)",
    Problem.UNDECIDED_HOUR: "em uma hora repetida que a ordem das linhas não decide",
    Problem.MARKER: "com um evento do registro em vez de uma temperatura",
    Problem.SUMMARY: "que resumem outras",
    Problem.OTHER_QUANTITY: "de outra grandeza que não a temperatura",
    Problem.PAST_RETENTION: "mais antigas do que o período de retenção",
    Problem.EXCLUDED: "excluídas por uma condição",
    Problem.NO_DATA: "sem dados: vazias, ou acima do cabeçalho",
    Problem.INVALID: "inválidas",
}


_PROBLEMS = {
    DeadLetterReason.FUTURE_TIME: Problem.FUTURE,
    DeadLetterReason.PAST_RETENTION: Problem.PAST_RETENTION,
    DeadLetterReason.IMPLAUSIBLE: Problem.IMPLAUSIBLE,
    DeadLetterReason.INVALID_FIELD: Problem.INVALID,
}
_REJECTIONS: dict[Language, dict[str, str]] = {
    "en": {
        DeadLetterReason.REJECTED_BY_DATABASE: "that the database rejects",
        DeadLetterReason.CRASH_LOOP: "that end the process which handles them",
    },
    "pt": {
        DeadLetterReason.REJECTED_BY_DATABASE: "que o banco de dados recusa",
        DeadLetterReason.CRASH_LOOP: "que encerram o processo que as trata",
    },
}


def describe_problem(reason: str, language: Language) -> str:
    """Return what the rows are that were cleaned for a reason; an unknown one stays as it is."""
    kind, _, rejection = reason.partition(":")
    if kind == NOT_STORED:
        why = _describe_rejection(rejection, language)
        return f"{_NOT_STORED[language]}: {why}" if why else _NOT_STORED[language]
    if reason not in set(Problem):
        return reason
    return _describe_row(Problem(reason), language)


def _describe_rejection(reason: str, language: Language) -> str:
    if reason in _PROBLEMS:
        return _describe_row(_PROBLEMS[DeadLetterReason(reason)], language)
    return _REJECTIONS[language].get(reason, reason)


def _describe_row(problem: Problem, language: Language) -> str:
    return _PORTUGUESE[problem] if language == "pt" else problem.description
