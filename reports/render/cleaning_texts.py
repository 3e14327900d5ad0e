"""What was wrong with rows of a file, in each language of reports."""

from readings.files.problems import Problem
from reports.model import Language

NOT_STORED = "not-stored"  # a reading of a file job that was published and dead-lettered
_NOT_STORED: dict[Language, str] = {
    "en": "published, but not stored: they are dead letters",
    "pt": "publicadas, mas não guardadas: estão entre as mensagens rejeitadas",
}
_PORTUGUESE = {
    Problem.DUPLICATE: "com sensor, hora e temperatura de uma linha anterior (duplicadas, guardadas uma vez)",
    Problem.OTHER_TEMPERATURE: "com outra temperatura para sensor e hora de outra linha (ambas guardadas)",
    Problem.OUT_OF_ORDER: "fora da ordem do tempo (guardadas)",
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


def describe_problem(reason: str, language: Language) -> str:
    """Return what the rows are that were cleaned for a reason; an unknown one stays as it is."""
    if reason == NOT_STORED:
        return _NOT_STORED[language]
    if reason not in set(Problem):
        return reason
    problem = Problem(reason)
    return _PORTUGUESE[problem] if language == "pt" else problem.description
