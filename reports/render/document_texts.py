"""Texts that this project writes into documents in English, in the other language; those of people stay."""

from reports.model import Input, Language

_PRESET = "preset "
_USP = "United States Pharmacopeia, general chapter 659, Packaging and Storage Requirements"
_USP_PORTUGUESE = "Farmacopeia dos Estados Unidos, capítulo geral 659, “Packaging and Storage Requirements”"
_PORTUGUESE = {
    "request": "solicitação",
    "readings in the database": "leituras no banco de dados",
    # The presets that exist from the start, as the migration 0016 has them.
    "Refrigerated, 2 to 8 °C": "Refrigerado, 2 a 8 °C",
    "Controlled room temperature, 20 to 25 °C, excursions between 15 and 30 °C": (
        "Temperatura ambiente controlada, 20 a 25 °C, excursões entre 15 e 30 °C"
    ),
    "Deep-frozen, -18 °C or colder": "Ultracongelado, \N{MINUS SIGN}18 °C ou mais frio",
    f"{_USP}: refrigerator": f"{_USP_PORTUGUESE}: refrigerador",
    f"{_USP}: controlled room temperature": f"{_USP_PORTUGUESE}: temperatura ambiente controlada",
    "Council Directive 89/108/EEC on quick-frozen foodstuffs, article 5": (
        "Diretiva 89/108/CEE do Conselho, relativa aos alimentos ultracongelados, artigo 5.º"
    ),
}


def translate(text: str, language: Language) -> str:
    """Return a text of a document in a language; one that a person has written or changed stays as it is."""
    if language == "en":
        return text
    if text.startswith(_PRESET):
        return f"condição de armazenamento {text.removeprefix(_PRESET)}"
    return _PORTUGUESE.get(text, text)


def input_name(source: Input, language: Language) -> str:
    """Return the name of an input in a language; that of a file stays as it is."""
    return source.name if source.sha256 else translate(source.name, language)
