"""Where files come from and go to: folders of a WebDAV server, and who may use them."""

from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, field_validator, model_validator

from jobs.file_paths import check_path
from runtime.addresses import HttpUrl, has_credentials
from runtime.settings import ReadableFile, Settings

MAX_FOLDER_CHARACTERS = 200


def check_folder(text: str) -> str:
    """Return the path of a folder below the address of the WebDAV server, without slashes around it.

    Raises:
        ValueError: When it is empty, too long, or leads out of the folder of the address.
    """
    path = text.strip("/")
    if not path.isprintable() or any(not name.strip() for name in path.split("/")):
        raise ValueError("must be the path of a folder such as work or logger/work, without . or .. in it")
    if len(path) > MAX_FOLDER_CHARACTERS:
        raise ValueError(f"must have at most {MAX_FOLDER_CHARACTERS} characters")
    return check_path(path)


Folder = Annotated[str, AfterValidator(check_folder)]


class WebDavSettings(Settings):
    """The server, its folders, and the user; the password is never a part of the URL."""

    webdav_url: HttpUrl | None = Field(
        default=None,
        description=(
            "Address of the folder on a WebDAV server that contains the three below; unset: no files are read"
        ),
    )
    webdav_user: str = Field(default="", description="User at the WebDAV server; empty: no login")
    webdav_password: SecretStr = Field(default=SecretStr(""), description="Password of the user")
    webdav_ca_file: ReadableFile | None = Field(
        default=None,
        description=(
            "PEM file of the authority that signed the server's certificate; unset: those that the machine "
            "trusts"
        ),
    )
    webdav_work_folder: Folder = Field(default="work", description="Folder from which files are read")
    webdav_done_folder: Folder = Field(
        default="finalizado", description="Folder into which reports and the files they were made from go"
    )
    webdav_error_folder: Folder = Field(
        default="erro", description="Folder into which files go of which no report could be made"
    )

    @field_validator("webdav_url")
    @classmethod
    def _is_a_folder(cls, url: str | None) -> str | None:
        if url is None:
            return None
        if has_credentials(url):
            raise ValueError("must not contain a user: set WEBDAV_USER and WEBDAV_PASSWORD")
        if urlsplit(url).query or urlsplit(url).fragment:
            raise ValueError("must be the address of a folder, without ? and #")
        return url.rstrip("/")

    @model_validator(mode="after")
    def _login_is_complete(self) -> Self:
        if bool(self.webdav_user) != bool(self.webdav_password.get_secret_value()):
            raise ValueError("WEBDAV_USER and WEBDAV_PASSWORD belong together: set both or none")
        return self

    @model_validator(mode="after")
    def _folders_are_separate(self) -> Self:
        # A report would be read as a file.
        folders = (self.webdav_work_folder, self.webdav_done_folder, self.webdav_error_folder)
        for one in folders:
            if sum(f"{other}/".startswith(f"{one}/") for other in folders) > 1:
                raise ValueError(
                    "WEBDAV_WORK_FOLDER, WEBDAV_DONE_FOLDER and WEBDAV_ERROR_FOLDER must be three folders "
                    "of which none contains another"
                )
        return self
