"""The texts of a report in each of its languages."""

from enum import Enum, unique


@unique
class Text(Enum):
    """A text in English and Portuguese. `singular|plural` is a text with a number."""

    REPORT = "Temperature report", "Relatório de temperatura"
    PAGE_OF = "Page | of ", "Página | de "  # what is before the page's number, and before the number of pages

    PERIOD = "Period", "Período"
    FROM_TO = "{start} to {end} (end excluded)", "{start} a {end} (fim excluído)"
    TIME_ZONE = "Time zone", "Fuso horário"
    ALL_TIMES = "{zone}, for all times in this report", "{zone}, para todas as horas deste relatório"
    CLOCK_CHANGES = "clocks change {n} times in the period", "os relógios mudam {n} vezes no período"
    CLOCK_CHANGE = "clocks change to UTC{offset} on {time}", "os relógios mudam para UTC{offset} em {time}"
    SENSORS = "Sensors", "Sensores"
    PRESET = "Storage condition", "Condição de armazenamento"
    REQUESTED_BY = "Requested by", "Solicitado por"
    MADE_AT = "Made at", "Elaborado em"
    PROGRAM = "Program", "Programa"
    VERSION = "sensors, version {version}", "sensors, versão {version}"
    DATA_SHA256 = "SHA-256 of the data", "SHA-256 dos dados"

    SUMMARY = "Summary", "Resumo"
    RESULT = "Result", "Resultado"
    SENSOR = "Sensor", "Sensor"
    SENSOR_HEADING = "Sensor {sensor}", "Sensor {sensor}"
    NAME = "Name", "Nome"
    LOCATION = "Location", "Local"
    SERIAL = "Serial number", "Número de série"
    CALIBRATION = "Calibration", "Calibração"
    NO_CALIBRATION = "none is registered", "nenhuma registrada"
    CALIBRATED = (
        (
            "valid from {time}: temperature = {slope} \N{MULTIPLICATION SIGN} reading {sign} "
            "{offset}\N{NO-BREAK SPACE}°C"
        ),
        (
            "válida desde {time}: temperatura = {slope} \N{MULTIPLICATION SIGN} leitura {sign} "
            "{offset}\N{NO-BREAK SPACE}°C"
        ),
    )
    CALIBRATED_BY = "entered by {name}", "inserida por {name}"
    CALIBRATED_AT = "entered on {time}", "inserida em {time}"
    INTERVAL = "Interval of readings", "Intervalo das leituras"
    INTERVAL_REQUEST = "as requested", "conforme solicitado"
    INTERVAL_SENSOR = "as set for the sensor", "conforme definido no sensor"
    INTERVAL_MEDIAN = "median of the readings", "mediana das leituras"
    LIMITS = "Limits", "Limites"
    LIMIT_HIGH = "at most {value}\N{NO-BREAK SPACE}°C", "no máximo {value}\N{NO-BREAK SPACE}°C"
    LIMIT_LOW = "at least {value}\N{NO-BREAK SPACE}°C", "no mínimo {value}\N{NO-BREAK SPACE}°C"
    LIMIT_OUTER = "limit of permitted excursions", "limite das excursões permitidas"
    NO_LIMITS = "none", "nenhum"
    STORAGE = "Storage", "Armazenamento"
    FROZEN = "frozen", "congelado"

    READINGS = "Readings", "Leituras"
    COVERAGE = "Coverage", "Cobertura"
    MINIMUM = "Minimum", "Mínima"
    MAXIMUM = "Maximum", "Máxima"
    MEAN = "Mean", "Média"
    STANDARD_DEVIATION = "Standard deviation", "Desvio padrão"
    KINETIC = "Mean kinetic temperature", "Temperatura cinética média"
    KINETIC_SHORT = "MKT", "TCM"
    FIRST_TO_LAST = "first {first}, last {last}", "primeira {first}, última {last}"
    MEASURED = "{measured} of {period} measured", "{measured} de {period} medidos"
    WEIGHTED = "weighted by time", "ponderada pelo tempo"
    WEIGHTED_DEVIATION = "around the mean, weighted by time", "em torno da média, ponderado pelo tempo"
    EQUAL_WEIGHT = (
        "weighted by time; {value}\N{NO-BREAK SPACE}°C with the same weight for each reading",
        "ponderada pelo tempo; {value}\N{NO-BREAK SPACE}°C com o mesmo peso para cada leitura",
    )
    NOT_FROZEN = "not defined for frozen storage", "não definida para armazenamento congelado"
    NO_MEASURED_TIME = (
        "no two readings follow each other without a gap",
        "não há duas leituras seguidas sem lacuna",
    )
    ABSOLUTE_ZERO = "a reading is not above absolute zero", "uma leitura não está acima do zero absoluto"

    WITHIN = "Within the limits at all measured times.", "Dentro dos limites durante todo o tempo medido."
    OUTSIDE = (
        (
            "Outside the limits for {time}, in {n} excursion.|Outside the limits for {time}, in {n} "
            "excursions."
        ),
        (
            "Fora dos limites durante {time}, em {n} excursão.|Fora dos limites durante {time}, em {n} "
            "excursões."
        ),
    )
    BEYOND = (
        (
            "Beyond the limits of permitted excursions for {time}, in {n} excursion.|Beyond the limits of "
            "permitted excursions for {time}, in {n} excursions."
        ),
        (
            "Além dos limites das excursões permitidas durante {time}, em {n} excursão.|Além dos limites das "
            "excursões permitidas durante {time}, em {n} excursões."
        ),
    )
    NOT_BEYOND = (
        "Never beyond the limits of permitted excursions.",
        "Nunca além dos limites das excursões permitidas.",
    )
    UNCHECKED = "No limits were requested or set.", "Nenhum limite foi solicitado ou definido."
    NO_READINGS = "No readings in this period.", "Nenhuma leitura neste período."
    NOT_MEASURED = (
        "Not measured: {time}, in {n} gap.|Not measured: {time}, in {n} gaps.",
        "Sem medição: {time}, em {n} lacuna.|Sem medição: {time}, em {n} lacunas.",
    )
    UNACKNOWLEDGED = (
        "{n} excursion is not acknowledged.|{n} excursions are not acknowledged.",
        "{n} excursão não foi reconhecida.|{n} excursões não foram reconhecidas.",
    )

    CHART = "Temperature over time", "Temperatura ao longo do tempo"
    CHART_DESCRIPTION = (
        "Line chart of the temperature of sensor {sensor}; the tables that follow have its figures",
        ("Gráfico de linha da temperatura do sensor {sensor}; as tabelas seguintes contêm os seus valores"),
    )
    LEGEND_LINE = "temperature", "temperatura"
    LEGEND_EXTREME = "minimum, maximum", "mínima, máxima"
    LEGEND_LIMIT = "limit", "limite"
    LEGEND_EXCURSION = "excursion", "excursão"
    LEGEND_GAP = "gap", "lacuna"

    OUTSIDE_LIMITS = "Time outside the limits", "Tempo fora dos limites"
    LIMIT = "Limit", "Limite"
    SOURCE = "Source", "Origem"
    TIME_OUTSIDE = "Time outside", "Tempo fora"
    SHARE = "Of measured time", "Do tempo medido"
    DEGREE_MINUTES = "°C\N{MIDDLE DOT}min", "°C\N{MIDDLE DOT}min"
    EXCURSIONS = "Excursions", "Excursões"
    NUMBER_LIMIT = "No., limit", "N.º, limite"
    START_END = "Start, end", "Início, fim"
    DURATION = "Duration", "Duração"
    DURATION_DEGREES = "Duration, °C\N{MIDDLE DOT}min", "Duração, °C\N{MIDDLE DOT}min"
    PEAK = "Peak, at", "Extremo, em"
    ACKNOWLEDGED = "Acknowledged", "Reconhecida"
    ACKNOWLEDGED_BY = "by {name}", "por {name}"
    NOT_ACKNOWLEDGED = "no", "não"
    NO_EXCURSIONS = "No excursions.", "Nenhuma excursão."
    UNKNOWN_BOUNDS = (
        (
            "≤ and ≥: the excursion was there at the first reading or still there at the last one, of "
            "the period or next to a gap. It lasted for this time at least."
        ),
        (
            "≤ e ≥: a excursão já existia na primeira leitura ou ainda existia na última, do período "
            "ou junto de uma lacuna. Durou pelo menos este tempo."
        ),
    )
    GAPS = "Gaps", "Lacunas"
    START = "Start", "Início"
    END = "End", "Fim"
    NO_GAPS = "No gaps.", "Nenhuma lacuna."
    SHORTENED = (
        "The {shown} longest of {n} are listed; XLSX and JSON list them all.",
        "São listadas as {shown} mais longas de {n}; XLSX e JSON listam todas.",
    )

    DATA = "Origin of the readings", "Origem das leituras"
    SIZE = "Size", "Tamanho"
    WRITTEN_BY = "written by {program}", "escrito por {program}"
    LOCAL_TIMES = "times without an offset are in {zone}", "as horas sem diferença para UTC são de {zone}"
    CLEANED = "Cleaning of the input", "Limpeza dos dados de entrada"
    NOTHING_CLEANED = "Each row of the input is a reading.", "Cada linha de entrada é uma leitura."
    REASON = "Rows", "Linhas"
    COUNT = "Number", "Quantidade"
    LINES = "Line numbers", "Números das linhas"
    MORE_LINES = "and {n} more", "e mais {n}"
    SAMPLES_SHA256 = "SHA-256 of the readings", "SHA-256 das leituras"

    METHOD = "How the figures are computed", "Como os valores são calculados"
    METHOD_TIME = (
        (
            "Between two readings the temperature is taken as a straight line; a limit is crossed "
            "where this line crosses it. Mean, standard deviation, mean kinetic temperature, time "
            "outside and degree-minutes are integrals over the measured time."
        ),
        (
            "Entre duas leituras, a temperatura é considerada uma linha reta; um limite é cruzado onde "
            "esta linha o cruza. Média, desvio padrão, temperatura cinética média, tempo fora e "
            "graus-minutos são integrais sobre o tempo medido."
        ),
    )
    METHOD_GAP = (
        (
            "A gap is a time without readings of more than 2.5 usual intervals. Gaps are left out of "
            "every integral. Coverage is the part of the period that is in no gap."
        ),
        (
            "Lacuna é um tempo sem leituras de mais de 2,5 intervalos usuais. As lacunas são excluídas "
            "de todas as integrais. Cobertura é a parte do período que não está em nenhuma lacuna."
        ),
    )
    METHOD_DEGREES = (
        ("Degree-minutes (°C\N{MIDDLE DOT}min) are the temperature beyond the limit, integrated over time."),
        "Graus-minutos (°C\N{MIDDLE DOT}min) são a temperatura além do limite, integrada no tempo.",
    )
    METHOD_KINETIC = (
        (
            "Mean kinetic temperature, with ΔH = {heat} kJ/mol, R = {gas_constant} "
            "J/(mol\N{MIDDLE DOT}K) and T in kelvins:"
        ),
        (
            "Temperatura cinética média, com ΔH = {heat} kJ/mol, R = {gas_constant} "
            "J/(mol\N{MIDDLE DOT}K) e T em kelvins:"
        ),
    )
    METHOD_VERIFY = (
        (
            "The figures are rounded here. The JSON of this report has them exactly, with all "
            "readings; “sensorctl report verify” computes them again from it. The SHA-256 of the data "
            "covers that JSON without the time of making."
        ),
        (
            "Os valores aqui são arredondados. O JSON deste relatório contém-nos exatamente, com todas "
            "as leituras; “sensorctl report verify” volta a calculá-los a partir dele. O SHA-256 dos "
            "dados abrange esse JSON sem a hora de elaboração."
        ),
    )
    MISSING_CHARACTERS = (
        "Characters for which no font is installed are shown as their code points, such as {example}.",
        (
            "Os caracteres para os quais não há fonte instalada são mostrados pelos seus códigos, como "
            "{example}."
        ),
    )

    SIGNATURES = "Assessment and signatures", "Avaliação e assinaturas"
    REMARKS = "Remarks", "Observações"
    PREPARED = "Prepared by", "Elaborado por"
    REVIEWED = "Reviewed by", "Revisado por"
    SIGNATURE = "Signature", "Assinatura"
    DATE = "Date", "Data"
