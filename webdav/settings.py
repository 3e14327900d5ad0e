"""Where the files are: a folder of a WebDAV server, and who may use it."""

from typing import Annotated, Self

from pydantic import AfterValidator, Field, SecretStr, model_validator

from jobs.file_paths import check_path
from runtime.addresses import HttpUrl, has_credentials
from runtime.settings import ReadableFile, Settings


def _check_folder(path: str) -> str:
    return check_path(path.strip("/"))


def _check_url(url: str) -> str:
    if has_credentials(url):
        raise ValueError("must not contain a user or a password: set WEBDAV_USER and WEBDAV_PASSWORD")
    if "?" in url or "#" in url:
        raise ValueError("must not contain a query or a fragment: write the address of the folder alone")
    return url.rstrip("/") + "/"


Folder = Annotated[str, AfterValidator(_check_folder)]


class WebDavSettings(Settings):
    """The server, its folders, and the user; a password is a variable or a file, never part of the URL."""

    webdav_url: Annotated[HttpUrl, AfterValidator(_check_url)] | None = Field(
        default=None,
        description="Address of the WebDAV folder in which the folders below are; unset: there are no files",
    )
    webdav_user: str = Field(default="", description="User of the WebDAV server; empty: none")
    webdav_password: SecretStr = Field(default=SecretStr(""), description="Password of the user")
    webdav_ca_file: ReadableFile | None = Field(
        default=None,
        description="PEM file of the authority that signed the server's certificate; unset: the machine's",
    )
    webdav_work_folder: Folder = Field(default="work", description="Folder into which files are dropped")
    webdav_done_folder: Folder = Field(
        default="finalizado", description="Folder of reports, and of the files that they are made of"
    )
    webdav_error_folder: Folder = Field(
        default="erro", description="Folder of files that failed, each with a text that says why"
    )

    @model_validator(mode="after")
    def _folders_differ(self) -> Self:
        folders = (self.webdav_work_folder, self.webdav_done_folder, self.webdav_error_folder)
        for folder in folders:
            others = [other for other in folders if other is not folder]
            if any(f"{folder}/".startswith(f"{other}/") for other in others):
                raise ValueError(
                    "WEBDAV_WORK_FOLDER, WEBDAV_DONE_FOLDER and WEBDAV_ERROR_FOLDER must be three folders of "
                    "which none is in another"
                )
        return self
