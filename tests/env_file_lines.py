"""Lines of `.env` files and what Docker Compose reads from them; None where this project refuses the line."""

from typing import NamedTuple


class Line(NamedTuple):
    """A file that sets the variable V, and V's value."""

    text: str
    value: str | None


# The environment of each line.
ENVIRONMENT = {"word": "from environment", "EMPTY": ""}
LINES = (
    Line("V=plain", "plain"),
    Line("V=", ""),
    Line("V=  spaces around  ", "spaces around"),
    Line(" V = v", "v"),
    Line("\tV\t=\tv\t", "v"),
    Line("export V=v", "v"),
    Line("export\tV = 'v'", "v"),
    Line("V=first\nV=second", "second"),
    Line("V=a=b", "a=b"),
    Line("V=1:B", "1:B"),
    Line("V=v\r\n", "v"),
    Line("V='v'\r\n# comment\r\n", "v"),
    Line("\ufeffV=v", "v"),
    Line("V=ümlaut 温度", "ümlaut 温度"),
    # Comments
    Line("# V=other\n\n  # indented\nV=v", "v"),
    Line("V=v # comment", "v"),
    Line("V=v#no-comment", "v#no-comment"),
    Line("V=v\t# a tab begins no comment", "v\t# a tab begins no comment"),
    Line("V='a # b' # comment", "a # b"),
    Line('V="a # b"# comment', "a # b"),
    Line("V= # comment or value?", None),
    Line("V=#value?", None),
    # Dollar signs
    Line("V=pa$$word", "pa$word"),
    Line("V=pa$word", "pafrom environment"),
    Line("V=pa$unset", "pa"),
    Line("V=pa${word}x", "pafrom environmentx"),
    Line("V=pa${unset}x", "pax"),
    Line("V=pa$1", "pa$1"),
    Line("V=pa$", "pa$"),
    Line("V=pa$$$$", "pa$$"),
    Line("V=pa$$$word", "pa$from environment"),
    Line("V=$(id)", "$(id)"),
    Line("V='pa$word'", "pa$word"),
    Line("V='pa$$word'", "pa$$word"),
    Line('V="pa$word"', "pafrom environment"),
    Line('V="pa$$word"', "pa$word"),
    Line(r'V="pa\$word"', "pa$word"),
    Line(r"V=pa\$word", "pa\\from environment"),
    Line("W=file\nV=$W", "file"),
    Line("word=file\nV=$word", "from environment"),
    Line("V=${unset:-default} and ${unset:-another}", "default and another"),
    Line("V=${EMPTY:-default}${EMPTY-unused}", "default"),
    Line("V=${word-unused} }", "from environment }"),
    Line("V=${", None),
    Line("V=${word", None),
    Line("V=${word:?required}", None),
    Line("V=${word:+alternative}", None),
    Line("V=${unset:-${word}}", None),
    # Quotes and backslashes
    Line("V='single'", "single"),
    Line('V="double"', "double"),
    Line("V=it's", "it's"),
    Line('V=a"b"', 'a"b"'),
    Line('V="it\'s"', "it's"),
    Line("V='say \"hi\"'", 'say "hi"'),
    Line(r"V='it\'s'", "it's"),
    Line(r"V='a\nb\\c'", r"a\nb\\c"),
    Line(r'V="say \"hi\""', 'say "hi"'),
    Line(r'V="a\nb\tc\\d"', "a\nb\tc\\d"),
    Line(r'V="\x41\u0041\q"', r"\x41\u0041\q"),
    Line(r'V="\\\""', '\\"'),
    Line(r'V="ends with \\"', "ends with \\"),
    Line(r"V=C:\new\table", r"C:\new\table"),
    Line("V='  kept  '", "  kept  "),
    Line("V='two\nlines'\nW=w", "two\nlines"),
    Line('V="two\nlines"', "two\nlines"),
    Line("V='a'b", None),
    Line("V='a' 'b'", None),
    Line("V='never closed", None),
    Line('V="never closed\nW=w', None),
    Line(r"V='ends with \'", None),
    Line(r'V="\0101"', None),
    Line(r'V="\c"', None),
    # No assignment
    Line("V", None),
    Line("V: v", None),
    Line("=v", None),
    Line("V W=v", None),
    Line("export V", None),
    Line("export =v", None),
    Line("lol$V=v", None),
    # Line ends and control characters
    Line("V=v\rW=w", None),
    Line("# comment\rV=v", None),
    Line("V=a\x00b", None),
    Line("V=a\x1bb", None),
    Line('V="two\r\nlines"', None),
)
