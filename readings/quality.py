"""Fields and columns with which a source marks its own value as bad, invalid, doubtful or missing."""

import re
from collections.abc import Iterator
from enum import IntEnum, auto
from functools import lru_cache
from typing import Any

from readings.meanings import Fields, JsonObject, Meaning, compact, is_other_quantity, meaning_of

_SUBJECT = (
    r"(?:(?:t|temp(?:erature|eratura|eratur)?|sensor|probe|reading|measurement|measure|value|data)\d*)?"
)
_QUALITY = re.compile(
    rf"{_SUBJECT}(?:quality|qc|qa|qaqc|qcqa|qartod|qualit[àé]|qualität|calidad|qualidade|kvalit(?:e|ee)t|kwaliteit|jakość"
    r"|качество|品質|品質情報|质量|质控|품질|quality(?:of|control))(?:flags?|codes?|status|indicator|info)?"
    rf"|{_SUBJECT}(?:flags?|validity|gültigkeit|reliability)"
)
_STATUS = re.compile(
    rf"{_SUBJECT}(?:status|state|statuscode|statustext|health|availability|estado|stato|statut|état|stan|статус"
    r"|状态|狀態|상태|ステータス)"
)
_POSITIVE = re.compile(
    rf"{_SUBJECT}(?:is)?{_SUBJECT}(?:valid|ok|okay|good|available|reliable|trusted|gültig|válid[oa]|valid[oae]"
    r"|geldig|действителен|有効|有效)"
)
_NEGATIVE = re.compile(
    rf"{_SUBJECT}(?:is|has)?{_SUBJECT}(?:invalid|bad|stale|suspect|suspicious|questionable|doubtful|missing"
    r"|ungültig|inválid[oa]|unreliable|outofrange)"
)
_ERROR = re.compile(
    rf"{_SUBJECT}(?:is|has)?{_SUBJECT}(?:error|err|errors|errno|fault|faults|failure|fehler|störung|fout|erreur|errore|erro"
    r"|fel|feil|fejl|błąd|ошибка|错误|エラー)(?:codes?|status|flags?|text|message|msg)?"
)
_OF_TEMPERATURE = ("meta", "metadata", "attributes", "attrs", "tags", "labels", "properties")

_OTHER_PARTS = (
    "wifi",
    "wlan",
    "network",
    "lan",
    "mqtt",
    "gps",
    "lora",
    "modem",
    "sdcard",
    "display",
    "cloud",
)

_BAD = (
    "bad invalid fail failed failure fault faulty error err suspect suspicious uncertain questionable"
    " doubtful missing erroneous rejected disconnected offline unavailable unreliable broken defective"
    " shorted overrange underrange overflow underflow stale nok timeout nodata ungültig fehler"
    " fehlerhaft defekt schlecht gestört störung unterbrochen fühlerbruch kurzschluss erreur défaut"
    " invalide mauvais errore guasto erro falha inválido inválida falla mal fout ongeldig defect fel"
    " ogiltig feil ugyldig fejl ugyldigt błąd ошибка неисправен 异常 错误 故障 異常 エラー 欠測"
)
_GOOD = (
    "good ok okay valid pass passed normal true yes accepted approved reliable verified checked none raw gut"
    " gültig ja bien bon buono bom válido oui sí sim goed god 正常 良好 excellent perfect fine validated"
    " einwandfrei bonne bueno buena buona ottimo ottima boa ótimo ótima dobry dobra dobrá bra iyi хорошо"
    " хорошее хорошая хороший отлично 良 优 優 优秀 優良"
)
_NOT = (
    "no not none without free cleared ok good keine kein ohne sin ningún ninguno ninguna sans pas aucun"
    " aucune nessun nessuno nessuna senza sem nenhum nenhuma geen zonder ingen inga inget utan brak bez"
    " žádný žádná žádné yok нет без 无 無 没有 沒有 なし 0"
)
_BAD_WORDS, _GOOD_WORDS, _NEGATIONS = (frozenset(words.split()) for words in (_BAD, _GOOD, _NOT))
# What a device without a temperature lacks; "no sensor error" is none of them.
_LACKING = (
    r"\b(?:not?|kein(?:e|en)?|sin|ning[uú]na?|non|pas de?|aucune?|nessun[oa]?|senza|sem|nenhuma?|geen"
    r"|ing(?:en|a|et)|brak|bez|нет|без)[ _-]"
    r"(?:ok|okay|good|valid|connected|available|found|reliable|present|sensor|probe|data|signal|communication"
    r"|connection|comm|reading|value|response|valide?|válid[oa]|fühler|daten|verbindung|antwort|messwert|wert"
    r"|sonda|datos|señal|conexión|respuesta|capteur|sonde|données?|connexion|réponse|mesure|sensore|dati"
    r"|segnale|connessione|risposta|dados|sinal|conexão|resposta|gegevens|signaal|verbinding|czujnika|danych"
    r"|sygnału|połączenia|dat|signálu|spojení|датчика|данных|сигнала|связи|ответа)\b"
    r"(?![ _-](?:errors?|faults?|failures?|alarms?|problems?|issues?|loss)\b)"
    r"|(?:sensör|veri|sinyal|bağlant\u0131) yok|(?:无|無|没有|沒有)(?:数据|信号|传感器|连接|响应|數據|訊號)"
    r"|(?:センサー?|データ|信号|応答)なし"
)
_BAD_PHRASES = re.compile(
    rf"{_LACKING}|\b(?:open|short)[ _-]circuit|\b(?:out[ _-]of|over|under)[ _-](?:range|load)"
)
_MISSING_FLAGS = ("M", "MM")  # of METAR and of many climate archives
_WORDS = re.compile(r"[A-Z]+(?![^\W\d_A-Z])|[A-Z]?[^\W\d_A-Z]+|\d+")
_MAX_CHARACTERS = 100
_TRUE, _FALSE = (
    ("true", "yes", "y", "1", "1.0", "t", "ja", "sí", "oui"),
    ("false", "no", "n", "0", "0.0", "f", "nein", "non", "nee"),
)
_NO_ERROR = (
    *_FALSE, "", "-", "none", "null", "nil", "n/a", "na", "ok", "okay", "normal", "--", "[]", "{}",
    "success", "passed", "fine", "clear", "empty", "gut", "i.o.", "in ordnung",
)  # fmt: skip
_NO_CODE = re.compile(r"(?:0x|e)?0+(?:\.0+)?", re.IGNORECASE)
# Languages without blanks between words.
_NO_ERROR_JOINED = re.compile(r"(?:无|無|没有|沒有).*|.*(?:なし|無し)")
# Of a value in a field such as `error`, which then is no code.
_UNCERTAINTY = re.compile(r"(?:±|\+/?-)\s?\d.*|\d*[.,]\d+.*|\d+\s?(?:%|°.*|[CFK])")
# The upper two bits of a status code of OPC UA are its severity, and 0 is good.
_MIN_OPC_UA_UNCERTAIN, _MAX_OPC_UA = 1 << 30, (1 << 32) - 1


class Marking(IntEnum):
    """How the fields of a name mark a value."""

    QUALITY = auto()
    STATUS = auto()
    POSITIVE = auto()
    NEGATIVE = auto()
    ERROR = auto()


_KINDS = (
    (_QUALITY, Marking.QUALITY),
    (_STATUS, Marking.STATUS),
    (_POSITIVE, Marking.POSITIVE),
    (_NEGATIVE, Marking.NEGATIVE),
    (_ERROR, Marking.ERROR),
)


@lru_cache(maxsize=1024)
def marking_of(name: str) -> Marking | None:
    """Return how fields of this name mark the temperature; None if they do not."""
    text = compact(name)
    return next((kind for pattern, kind in _KINDS if pattern.fullmatch(text)), None)


def find_bad_marks(fields: Fields) -> Iterator[tuple[str, Any]]:
    """Yield the fields that mark the temperature as bad, also in objects such as `meta`."""
    for name, value in fields:
        if isinstance(value, JsonObject) and compact(name) in _OF_TEMPERATURE:
            yield from find_bad_marks(value.fields)
        elif marking_of(name) and any(_is_bad(name, item) for item in _items(value)):
            yield name, value


def is_bad_text(name: str, text: str) -> bool:
    """Return whether the text of a field or column of this name marks the value as bad."""
    kind = marking_of(name)
    if kind is Marking.POSITIVE:
        return text.casefold() in _FALSE
    if kind is Marking.NEGATIVE:
        return text.casefold() in _TRUE
    if kind is Marking.ERROR:
        is_count = text.isdecimal() and _is_count(name)
        return not (_UNCERTAINTY.fullmatch(text) or _is_no_error(text) or is_count)
    return _is_bad_status(text) or (kind is Marking.QUALITY and text in _MISSING_FLAGS)


def is_unclear_text(name: str, text: str) -> bool:
    """Return whether a text of a column for quality is a code whose meaning only its source knows."""
    if marking_of(name) is not Marking.QUALITY or not text:
        return False
    if _is_flag(name):
        return text.casefold() not in _FALSE and _GOOD_WORDS.isdisjoint(_words(text) - {*_TRUE})
    is_denied = not _BAD_WORDS.isdisjoint(_words(text)) and _is_no_error(text)  # as in `no-fault-detected`
    return _GOOD_WORDS.isdisjoint(_words(text)) and not is_denied


def _items(value: Any) -> Iterator[Any]:
    """Yield a value, or the values in it, such as the code and the symbol of a status.

    In an object, those of other quantities and of other parts of a device are left out.
    """
    if isinstance(value, JsonObject):
        of_temperature = [item for name, item in value.fields if meaning_of(name) is Meaning.TEMPERATURE]
        others = (
            item
            for name, item in value.fields
            if not is_other_quantity(name) and compact(name) not in _OTHER_PARTS
        )
        yield from of_temperature or others
    elif isinstance(value, list):
        yield from value
    else:
        yield value


def _is_bad(name: str, value: Any) -> bool:
    if isinstance(value, str):
        return is_bad_text(name, value.strip())
    kind = marking_of(name)
    if isinstance(value, bool):
        is_bad_if_true = kind in (Marking.NEGATIVE, Marking.ERROR) or _is_flag(name)
        return value is is_bad_if_true and kind is not Marking.STATUS
    if not isinstance(value, int):
        return False
    if kind is Marking.STATUS:
        return _MIN_OPC_UA_UNCERTAIN <= value <= _MAX_OPC_UA
    if kind is Marking.ERROR:
        return value != 0 and not _is_count(name)
    return value == (0 if kind is Marking.POSITIVE else 1) and kind is not Marking.QUALITY


def _is_flag(name: str) -> bool:
    return "flag" in name.casefold()


def _is_count(name: str) -> bool:
    """Return whether a number of this name is how many errors there were, and no code."""
    return compact(name).endswith(("errors", "faults"))


def _is_bad_status(text: str) -> bool:
    if len(text) > _MAX_CHARACTERS:
        return False
    if text.isdecimal():
        return _MIN_OPC_UA_UNCERTAIN <= int(text) <= _MAX_OPC_UA
    return _has_bad_words(text)


@lru_cache(maxsize=1024)
def _has_bad_words(text: str) -> bool:
    words = _words(text)
    is_bad = not _BAD_WORDS.isdisjoint(words) and _NEGATIONS.isdisjoint(words)
    return is_bad or _BAD_PHRASES.search(text.casefold()) is not None


def _is_no_error(text: str) -> bool:
    if text.casefold() in _NO_ERROR or _NO_CODE.fullmatch(text):
        return True
    is_negated = not _NEGATIONS.isdisjoint(_words(text)) or _NO_ERROR_JOINED.fullmatch(text) is not None
    return is_negated and _BAD_PHRASES.search(text.casefold()) is None


def _words(text: str) -> set[str]:
    return {word.casefold() for word in _WORDS.findall(text[:_MAX_CHARACTERS])}
