"""`.env` files, read as Docker Compose reads them.

Both read the same value, or this module refuses the line: what versions of Compose, shells and people read in
different ways is an error that says how to write it. The reference is `dotenv` and `template` of
https://github.com/compose-spec/compose-go.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from runtime.errors import ConfigurationError

ASSIGNMENT = re.compile(r"(?:export[ \t]+)?(?!export[ \t])(?P<name>[A-Za-z_][A-Za-z0-9_.-]*)[ \t]*=")
# What Compose removes after the equals sign; at the end of an unquoted value it removes every Unicode space.
LEADING_SPACE = " \t\r\xa0"
COMMENT_START = " #"
CONTROL_CHARACTER = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]|\r(?!\n)")
QUOTED = {quote: re.compile(rf"{quote}((?:[^{quote}\\]|\\.)*){quote}", re.DOTALL) for quote in "'\""}
ESCAPE = re.compile(r"\\(.)", re.DOTALL)
ESCAPES = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\\": "\\"}
# \c and \0 are in Compose's list, and what they stand for differs from digit to digit.
UNCLEAR_ESCAPES = "c0"
SUBSTITUTION = re.compile(
    r"\$(?:(?P<dollar>\$)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|\{(?P<braced>[A-Za-z_][A-Za-z0-9_]*)(?:(?P<operator>:?-)(?P<default>[^${}\n]*))?\}"
    r"|(?P<invalid>\{|[^\x00-\x7f]))"
)
LITERAL_HINT = "for a literal value, write it in single quotes"
TYPOGRAPHIC_QUOTES = re.compile("[\u2018-\u201f].*[\u2018-\u201f]")
UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class EnvFile:
    """The variables of a file, and remarks on values that are probably not what was meant."""

    values: dict[str, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


def read_env_file(path: Path, environment: Mapping[str, str]) -> EnvFile:
    """Read a file; there are no variables in a file that does not exist.

    `$NAME` is replaced by the variable of the environment, or else of the file.

    Raises:
        ConfigurationError: When the file cannot be read, or a line is not unequivocal. The message names the
            line and the variable, and does not contain the value, which may be a password.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return EnvFile()
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}") from None
    parser = _Parser(_decode(path, content), path, environment)
    parser.parse()
    return parser.result


def format_env_file(variables: Mapping[str, str]) -> str:
    """Return the lines of a file from which the same variables are read."""
    return "".join(f"{name}={_quote(value)}\n" for name, value in variables.items())


def _quote(value: str) -> str:
    if re.fullmatch(r"[A-Za-z0-9_@%+:,./-]*", value):
        return value
    return '"' + re.sub(r'([\\"$])', r"\\\1", value) + '"'


def _decode(path: Path, content: bytes) -> str:
    if content.startswith(UTF_16_MARKS) or b"\0" in content:
        raise ConfigurationError(f"{path} is not UTF-8 but probably UTF-16: save it as UTF-8")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ConfigurationError(
            f"line {line} of {path} is not UTF-8 (byte 0x{content[error.start]:02x}): save the file as UTF-8"
        ) from None


class _Parser:
    """Reads one statement after the other; `position` is in the text that remains."""

    def __init__(self, text: str, path: Path, environment: Mapping[str, str]) -> None:
        self.result = EnvFile()
        self._text = text
        self._path = path
        self._environment = environment
        self._position = 0
        self._name = ""

    def parse(self) -> None:
        if control := CONTROL_CHARACTER.search(self._text):
            self._position = control.start()
            raise self._error(
                f"contains the control character {control[0]!r}; lines must end with LF or CR LF"
            )
        while self._skip_blank_and_comments():
            self._name = ""
            statement = ASSIGNMENT.match(self._text, self._position)
            if statement is None:
                raise self._error("must be NAME=value, or a comment that begins with #")
            self._name = statement["name"]
            self._position = statement.end()
            self.result.values[self._name] = self._value()

    def _skip_blank_and_comments(self) -> bool:
        """Go to the next statement, and return whether there is one."""
        while self._position < len(self._text):
            if self._text[self._position].isspace():
                self._position += 1
            elif self._text[self._position] == "#":
                self._position = self._line_end()
            else:
                return True
        return False

    def _line_end(self) -> int:
        end = self._text.find("\n", self._position)
        return len(self._text) if end < 0 else end

    def _value(self) -> str:
        rest = self._text[self._position : self._line_end()]
        self._position += len(rest) - len(rest.lstrip(LEADING_SPACE))
        quote = self._text[self._position : self._position + 1]
        return self._quoted(quote) if quote in QUOTED else self._unquoted()

    def _unquoted(self) -> str:
        value = self._text[self._position : self._line_end()]
        if value.startswith("#"):
            raise self._error("begins with #: put comments on lines of their own, or quote the value")
        value = self._substitute(value.partition(COMMENT_START)[0].rstrip())
        if TYPOGRAPHIC_QUOTES.fullmatch(value):
            self._warn("is in typographic quotes, which are part of the value; write them as \" or '")
        self._position = self._line_end()
        return value

    def _quoted(self, quote: str) -> str:
        quoted = QUOTED[quote].match(self._text, self._position)
        if quoted is None:
            raise self._error(f"begins with {quote} and has no {quote} at its end")
        value = quoted[1]
        if "\r" in value:
            raise self._error("has several lines that end with CR LF: save the file with LF line ends")
        if quote == '"':
            value = self._substitute(self._unescape(value))
        else:
            # An escaped quote loses its backslash; every other backslash stays.
            value = ESCAPE.sub(lambda escape: "'" if escape[1] == "'" else escape[0], value)
        self._position = quoted.end()
        rest = self._text[self._position : self._line_end()].strip()
        if rest and not rest.startswith("#"):
            raise self._error("has more after its closing quote: write the whole value in one pair of quotes")
        return value

    def _unescape(self, value: str) -> str:
        """Return a value in double quotes, in which `$$` stands for an escaped dollar sign."""

        def replace(escape: re.Match[str]) -> str:
            character = escape[1]
            if character in UNCLEAR_ESCAPES:
                raise self._error(f"contains \\{character} in double quotes: {LITERAL_HINT}")
            if character == "$":
                return "$$"
            return '"' if character == '"' else ESCAPES.get(character, escape[0])

        return ESCAPE.sub(replace, value)

    def _substitute(self, value: str) -> str:
        def replace(match: re.Match[str]) -> str:
            if match["dollar"]:
                return "$"
            if match["invalid"]:
                raise self._error(f"contains a $ that begins no $NAME and no ${{NAME}}: {LITERAL_HINT}")
            name = match["name"] or match["braced"]
            found = self._environment.get(name, self.result.values.get(name))
            if match["operator"]:
                is_set = bool(found) if match["operator"] == ":-" else found is not None
                return str(found) if is_set else match["default"]
            if found is None:
                self._warn(f"refers to ${name}, which is not set and counts as empty; {LITERAL_HINT}")
            return found or ""

        return SUBSTITUTION.sub(replace, value)

    def _location(self) -> str:
        line = self._text.count("\n", 0, self._position) + 1
        where = f"line {line} of {self._path}"
        return f"{self._name} in {where}" if self._name else where

    def _error(self, problem: str) -> ConfigurationError:
        return ConfigurationError(f"{self._location()} {problem}")

    def _warn(self, problem: str) -> None:
        self.result.warnings.append(f"{self._location()} {problem}")
