"""The answer to PROPFIND, read as it comes: without entities, and within bounds."""

from urllib.parse import unquote, urlsplit
from xml.parsers import expat

from jobs.file_paths import check_path
from runtime.text import quote_name
from webdav.model import Listing, Resource, WebDavRefused

MAX_RESPONSES = 100_000
MAX_TEXT_CHARACTERS = 16_384
MAX_DEPTH = 64
RESPONSE, HREF, PROPSTAT, STATUS = "DAV: response", "DAV: href", "DAV: propstat", "DAV: status"
COLLECTION = "DAV: collection"
PROPERTIES = {
    "DAV: getetag": "etag",
    "DAV: getcontentlength": "size",
    "DAV: getlastmodified": "modified",
}


class MultistatusParser:
    """Collects the resources below the root whose URL is `root`."""

    def __init__(self, root: str) -> None:
        parts = urlsplit(root)
        self._origin = (parts.scheme, parts.netloc.lower())
        self._root = unquote(parts.path)
        self._listing = Listing([], [])
        self._path: list[str] = []
        self._text: list[str] = []
        self._length = 0
        self._href = self._status = ""
        self._found: dict[str, str] = {}
        self._confirmed: dict[str, str] = {}
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = _refuse_declaration
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._append

    def feed(self, data: bytes) -> None:
        """Parse the next bytes.

        Raises:
            WebDavRefused: When they are no such answer, or too much.
        """
        self._parse(data, is_final=False)

    def close(self) -> Listing:
        """Return what was found.

        Raises:
            WebDavRefused: When the answer is not complete.
        """
        self._parse(b"", is_final=True)
        return self._listing

    def _parse(self, data: bytes, *, is_final: bool) -> None:
        try:
            self._parser.Parse(data, is_final)
        except expat.ExpatError as error:
            raise WebDavRefused(
                f"the answer to PROPFIND is no XML, or is cut off ({expat.ErrorString(error.code)}, line "
                f"{error.lineno}): check that WEBDAV_URL is the address of a WebDAV folder"
            ) from None

    def _start(self, name: str, _attributes: dict[str, str]) -> None:
        self._path.append(name)
        if len(self._path) > MAX_DEPTH:
            raise WebDavRefused("the answer to PROPFIND is nested too deeply")
        self._text, self._length = [], 0
        if name == RESPONSE:
            self._href, self._confirmed = "", {}
        elif name == PROPSTAT:
            self._found, self._status = {}, ""
        elif name == COLLECTION:
            self._found["is_folder"] = "1"

    def _append(self, text: str) -> None:
        self._length += len(text)
        if self._length > MAX_TEXT_CHARACTERS:
            raise WebDavRefused("the answer to PROPFIND has a value that is too long")
        self._text.append(text)

    def _end(self, name: str) -> None:
        self._path.pop()
        text = "".join(self._text).strip()
        parent = self._path[-1] if self._path else ""
        if name == HREF and parent == RESPONSE:
            self._href = text
        elif name in PROPERTIES:
            self._found[PROPERTIES[name]] = text
        elif name == STATUS and parent == PROPSTAT:
            self._status = text
        elif name == PROPSTAT and " 200" in self._status:
            self._confirmed |= self._found
        elif name == RESPONSE:
            self._add()
        self._text, self._length = [], 0

    def _add(self) -> None:
        if len(self._listing.resources) >= MAX_RESPONSES:
            raise WebDavRefused(f"the folder has over {MAX_RESPONSES:,} entries: move some elsewhere")
        try:
            path = self._path_of(self._href)
        except ValueError as error:
            self._listing.refused.append(f"{quote_name(self._href)}: {error}")
            return
        size = self._confirmed.get("size", "")
        self._listing.resources.append(
            Resource(
                path,
                "is_folder" in self._confirmed,
                etag=_quoted(self._confirmed.get("etag")),
                size=int(size) if size.isascii() and size.isdecimal() else None,
                modified=self._confirmed.get("modified") or None,
            )
        )

    def _path_of(self, href: str) -> str:
        """Return the path below the root; the root itself is the empty text.

        Raises:
            ValueError: When it is not below the root, or its names may lead out of it.
        """
        parts = urlsplit(href)
        if parts.netloc and (parts.scheme or self._origin[0], parts.netloc.lower()) != self._origin:
            raise ValueError("is on another server")
        names = [unquote(name, errors="strict") for name in parts.path.rstrip("/").split("/")]
        if any("/" in name for name in names):
            raise ValueError("has a name that contains a slash")
        path = "/".join(names) + "/"
        if not path.startswith(self._root):
            raise ValueError("is not below WEBDAV_URL")
        below = path.removeprefix(self._root).rstrip("/")
        return check_path(below) if below else ""


def _refuse_declaration(*_declaration: object) -> None:
    raise WebDavRefused(
        "the answer to PROPFIND declares a document type, which WebDAV does not use: it is not read"
    )


def _quoted(etag: str | None) -> str | None:
    """Return an ETag with its quotes, which some servers leave out here."""
    if not etag:
        return None
    return etag if etag.endswith('"') else f'"{etag}"'
