"""The words of a report as a spreadsheet, in English and in Portuguese."""

from dataclasses import dataclass

from reports.model import Language


@dataclass(frozen=True, kw_only=True, slots=True)
class SheetWords:
    """Names of sheets, heads of columns and titles. `{zone}` is the time zone of the report."""

    summary: str
    excursions: str
    gaps: str
    readings: str
    cleaned: str
    report: str
    period_start: str
    period_end: str
    utc_offset: str
    time_zone: str
    preset: str
    preset_source: str
    heat: str
    requested_by: str
    made_at: str
    program_version: str
    document_sha256: str
    sensors: str
    sensor: str
    name: str
    location: str
    serial: str
    interval: str
    interval_source: str
    interval_sources: dict[str, str]
    number_of_readings: str
    coverage: str
    minimum: str
    minimum_short: str
    mean: str
    maximum: str
    maximum_short: str
    deviation: str
    kinetic: str
    no_kinetic: dict[str, str]
    samples_sha256: str
    limits: str
    limit: str
    threshold: str
    kinds: dict[str, str]
    is_excursion: str
    source: str
    outside: str
    degree_minutes: str
    readings_outside: str
    number_of_excursions: str
    calibrations: str
    valid_from: str
    slope: str
    offset: str
    set_at: str
    set_by: str
    inputs: str
    input_sha256: str
    file: str
    bytes: str
    start: str
    end: str
    start_known: str
    end_known: str
    duration: str
    peak: str
    peak_short: str
    acknowledged_by: str
    acknowledged_at: str
    note: str
    time: str
    temperature: str
    reason: str
    lines: str
    yes: str
    no: str
    at: str
    page: str


ENGLISH = SheetWords(
    summary="Summary",
    excursions="Excursions",
    gaps="Gaps",
    readings="Readings",
    cleaned="Cleaned",
    report="Temperature report",
    period_start="Start of the period",
    period_end="End of the period, not part of it",
    utc_offset="UTC offset",
    time_zone="Time zone of all times",
    preset="Storage condition",
    preset_source="Source of the storage condition",
    heat="Heat of activation of the mean kinetic temperature, kJ/mol",
    requested_by="Requested by",
    made_at="Made at",
    program_version="Program version",
    document_sha256="SHA-256 of the document",
    sensors="Sensors",
    sensor="Sensor",
    name="Name",
    location="Location",
    serial="Serial number",
    interval="Usual interval",
    interval_source="Interval from",
    interval_sources={"request": "requested", "sensor": "of the sensor", "median": "median of the period"},
    number_of_readings="Readings",
    coverage="Coverage",
    minimum="Minimum, °C",
    minimum_short="Minimum",
    mean="Mean, weighted by time, °C",
    maximum="Maximum, °C",
    maximum_short="Maximum",
    deviation="Standard deviation, K",
    kinetic="Mean kinetic temperature, °C",
    no_kinetic={
        "frozen": "not defined for frozen storage",
        "no-measured-time": "no measured time",
        "absolute-zero": "not defined at absolute zero",
    },
    samples_sha256="SHA-256 of the readings",
    limits="Limits",
    limit="Limit",
    threshold="Limit, °C",
    kinds={"high": "above", "low": "below"},
    is_excursion="Limit of permitted excursions",
    source="Source",
    outside="Time outside",
    degree_minutes="Degree-minutes, K·min",
    readings_outside="Readings outside",
    number_of_excursions="Excursions",
    calibrations="Calibrations",
    valid_from="Valid from",
    slope="Slope",
    offset="Offset, K",
    set_at="Set at",
    set_by="Set by",
    inputs="Inputs",
    input_sha256="SHA-256",
    file="Name",
    bytes="Bytes",
    start="Start",
    end="End",
    start_known="Start known",
    end_known="End known",
    duration="Duration",
    peak="Peak, °C",
    peak_short="Peak",
    acknowledged_by="Acknowledged by",
    acknowledged_at="Acknowledged at",
    note="Note",
    time="Time ({zone})",
    temperature="Temperature, °C",
    reason="Reason",
    lines="Lines, the first 100",
    yes="yes",
    no="no",
    at="{what}: time",
    page="Page &P of &N",
)

PORTUGUESE = SheetWords(
    summary="Resumo",
    excursions="Excursões",
    gaps="Lacunas",
    readings="Leituras",
    cleaned="Limpeza",
    report="Relatório de temperatura",
    period_start="Início do período",
    period_end="Fim do período, não incluído",
    utc_offset="Diferença para UTC",
    time_zone="Fuso horário de todas as horas",
    preset="Condição de armazenamento",
    preset_source="Origem da condição de armazenamento",
    heat="Energia de ativação da temperatura cinética média, kJ/mol",
    requested_by="Solicitado por",
    made_at="Elaborado em",
    program_version="Versão do programa",
    document_sha256="SHA-256 do documento",
    sensors="Sensores",
    sensor="Sensor",
    name="Nome",
    location="Local",
    serial="Número de série",
    interval="Intervalo usual",
    interval_source="Origem do intervalo",
    interval_sources={"request": "solicitado", "sensor": "do sensor", "median": "mediana do período"},
    number_of_readings="Leituras",
    coverage="Cobertura",
    minimum="Mínima, °C",
    minimum_short="Mínima",
    mean="Média ponderada pelo tempo, °C",
    maximum="Máxima, °C",
    maximum_short="Máxima",
    deviation="Desvio padrão, K",
    kinetic="Temperatura cinética média, °C",
    no_kinetic={
        "frozen": "não definida para armazenamento congelado",
        "no-measured-time": "sem tempo medido",
        "absolute-zero": "não definida no zero absoluto",
    },
    samples_sha256="SHA-256 das leituras",
    limits="Limites",
    limit="Limite",
    threshold="Limite, °C",
    kinds={"high": "acima de", "low": "abaixo de"},
    is_excursion="Limite das excursões permitidas",
    source="Origem",
    outside="Tempo fora do limite",
    degree_minutes="Graus-minutos, K·min",
    readings_outside="Leituras fora do limite",
    number_of_excursions="Excursões",
    calibrations="Calibrações",
    valid_from="Válida desde",
    slope="Inclinação",
    offset="Ajuste, K",
    set_at="Inserida em",
    set_by="Inserida por",
    inputs="Entradas",
    input_sha256="SHA-256",
    file="Nome",
    bytes="Bytes",
    start="Início",
    end="Fim",
    start_known="Início conhecido",
    end_known="Fim conhecido",
    duration="Duração",
    peak="Extremo, °C",
    peak_short="Extremo",
    acknowledged_by="Reconhecida por",
    acknowledged_at="Reconhecida em",
    note="Nota",
    time="Hora ({zone})",
    temperature="Temperatura, °C",
    reason="Motivo",
    lines="Linhas, as primeiras 100",
    yes="sim",
    no="não",
    at="{what}: hora",
    page="Página &P de &N",
)

WORDS: dict[Language, SheetWords] = {"en": ENGLISH, "pt": PORTUGUESE}
