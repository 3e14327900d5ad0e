"""The answer to PROPFIND of several servers, and what is refused in one."""

import pytest

from webdav.model import Listing, WebDavRefused
from webdav.multistatus import MAX_TEXT_CHARACTERS, MultistatusParser

ROOT = "https://cloud.example/remote.php/dav/files/ana/logger%20files/"
PATH = "/remote.php/dav/files/ana/logger%20files/"


def parse(body: str, root: str = ROOT) -> Listing:
    parser = MultistatusParser(root)
    for start in range(0, len(body), 50):
        parser.feed(body[start : start + 50].encode())
    return parser.close()


def responses(*hrefs: str) -> str:
    inner = "".join(
        f"<d:response><d:href>{href}</d:href><d:propstat><d:prop><d:resourcetype/><d:getetag>"
        f'"e1"</d:getetag></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>'
        for href in hrefs
    )
    return f'<?xml version="1.0"?><d:multistatus xmlns:d="DAV:">{inner}</d:multistatus>'


def test_nextcloud_says_which_properties_it_does_not_have() -> None:
    listing = parse(
        f"""<?xml version="1.0"?>
        <d:multistatus xmlns:d="DAV:" xmlns:s="http://sabredav.org/ns" xmlns:oc="http://owncloud.org/ns">
        <d:response><d:href>{PATH}work/</d:href><d:propstat><d:prop>
          <d:resourcetype><d:collection/></d:resourcetype><d:getetag>&quot;66a0&quot;</d:getetag>
          <d:getlastmodified>Thu, 26 Nov 2026 10:00:00 GMT</d:getlastmodified></d:prop>
          <d:status>HTTP/1.1 200 OK</d:status></d:propstat>
          <d:propstat><d:prop><d:getcontentlength/></d:prop>
          <d:status>HTTP/1.1 404 Not Found</d:status></d:propstat>
        </d:response>
        <d:response><d:href>{PATH}work/K%c3%bchlschrank.csv</d:href><d:propstat><d:prop>
          <d:resourcetype/><d:getetag>&quot;66a1&quot;</d:getetag><d:getcontentlength>42</d:getcontentlength>
          </d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>
        </d:multistatus>"""
    )

    folder, file = listing.resources
    assert (folder.path, folder.is_folder, folder.size) == ("work", True, None)
    assert (file.path, file.etag, file.size) == ("work/Kühlschrank.csv", '"66a1"', 42)
    assert file.condition == file.version == '"66a1"'


@pytest.mark.parametrize(
    ("etag", "etag_read", "condition"),
    [
        ("66a1", '"66a1"', '"66a1"'),
        ('W/"66a1"', 'W/"66a1"', None),
        ("", None, None),
    ],
    ids=["without quotes", "weak", "none"],
)
def test_an_etag_has_its_quotes_and_a_weak_one_is_no_condition(
    etag: str, etag_read: str | None, condition: str | None
) -> None:
    [file] = parse(responses(f"{PATH}x.csv").replace('"e1"', etag)).resources
    assert (file.etag, file.condition) == (etag_read, condition)


def test_without_etag_size_and_time_are_the_version() -> None:
    properties = "<d:getlastmodified>Thu</d:getlastmodified><d:getcontentlength>5</d:getcontentlength>"
    [file] = parse(responses(f"{PATH}x.csv").replace('<d:getetag>"e1"</d:getetag>', properties)).resources
    assert (file.version, file.condition) == ("5 Thu", None)

    [other] = parse(responses(f"{PATH}x.csv").replace('<d:getetag>"e1"</d:getetag>', "")).resources
    assert other.version is None


@pytest.mark.parametrize("prefix", [PATH, ROOT, ROOT.replace("cloud", "CLOUD")])
def test_an_address_is_a_path_or_a_url(prefix: str) -> None:
    assert [r.path for r in parse(responses(f"{prefix}a/x.csv")).resources] == ["a/x.csv"]


@pytest.mark.parametrize(
    "href",
    [
        f"{PATH}../secret.csv",
        f"{PATH}a/%2e%2e/secret.csv",
        f"{PATH}a%2fb.csv",
        f"{PATH}a%5cb.csv",
        f"{PATH}a%00.csv",
        f"{PATH}%ff.csv",
        "/remote.php/dav/files/eve/x.csv",
        "https://elsewhere.example" + PATH + "x.csv",
        f"{PATH}/x.csv",
        f"{PATH}a%252fb.csv",
    ],
)
def test_no_address_leads_out_of_the_folder(href: str) -> None:
    listing = parse(responses(href, f"{PATH}x.csv"))
    assert [r.path for r in listing.resources] == ["x.csv"]
    assert len(listing.refused) == 1


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "declares a document type"),
        ('<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', "declares a document type"),
        ("<html><br></html>", "no XML, or is cut off"),
        ("", "no XML, or is cut off"),
        (responses(f"{PATH}x")[:-20], "no XML, or is cut off"),
        ("<a>" * 100, "nested too deeply"),
        (f"<a>{'b' * (MAX_TEXT_CHARACTERS + 1)}</a>", "a value that is too long"),
    ],
    ids=["entity", "external", "HTML", "empty", "cut off", "deep", "long"],
)
def test_what_is_no_answer_is_refused(body: str, message: str) -> None:
    with pytest.raises(WebDavRefused, match=message):
        parse(body)
