"""The texts that only the workbook of a report has, in each of its languages."""

from enum import Enum, unique


@unique
class SheetText(Enum):
    """A text in English and Portuguese."""

    CLEANED = "Cleaned", "Limpeza"
    CALIBRATIONS = "Calibrations", "Calibrações"
    PAGE = "Page &P of &N", "Página &P de &N"  # in the notation of a workbook

    PERIOD_START = "Start of the period", "Início do período"
    PERIOD_END = "End of the period, not part of it", "Fim do período, não incluído"
    UTC_OFFSET = "UTC offset", "Diferença para UTC"
    TIME_ZONE = "Time zone of all times", "Fuso horário de todas as horas"
    PRESET_SOURCE = "Source of the storage condition", "Origem da condição de armazenamento"
    HEAT = (
        "Heat of activation of the mean kinetic temperature, kJ/mol",
        "Energia de ativação da temperatura cinética média, kJ/mol",
    )
    BYTES = "Bytes", "Bytes"
    PROGRAM = "Written by", "Escrito por"
    LOCAL_TIMES = "Times without an offset", "Horas sem diferença para UTC"
    INPUT_SHA256 = "SHA-256", "SHA-256"

    DEGREES = "{what}, °C", "{what}, °C"
    TIME_OF = "{what}: time", "{what}: hora"
    INTERVAL_SOURCE = "Interval from", "Origem do intervalo"
    MEAN = "Mean, weighted by time, °C", "Média ponderada pelo tempo, °C"
    DEVIATION = "Standard deviation, K", "Desvio padrão, K"

    HIGH = "above", "acima de"
    LOW = "below", "abaixo de"
    IS_OUTER = "Limit of permitted excursions", "Limite das excursões permitidas"
    DEGREE_MINUTES = "Degree-minutes, K·min", "Graus-minutos, K·min"
    READINGS_OUTSIDE = "Readings outside", "Leituras fora do limite"
    START_KNOWN = "Start known", "Início conhecido"
    END_KNOWN = "End known", "Fim conhecido"
    PEAK = "Peak", "Extremo"
    ACKNOWLEDGED_BY = "Acknowledged by", "Reconhecida por"
    ACKNOWLEDGED_AT = "Acknowledged at", "Reconhecida em"
    NOTE = "Note", "Nota"
    YES = "yes", "sim"
    NO = "no", "não"

    VALID_FROM = "Valid from", "Válida desde"
    SLOPE = "Slope", "Inclinação"
    OFFSET = "Offset, K", "Ajuste, K"
    SET_AT = "Entered on", "Inserida em"
    SET_BY = "Entered by", "Inserida por"

    TIME = "Time ({zone})", "Hora ({zone})"
    TEMPERATURE = "Temperature", "Temperatura"


LIMIT_KINDS = {"high": SheetText.HIGH, "low": SheetText.LOW}
