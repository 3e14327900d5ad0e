"""MkDocs calls this when it builds the site, https://www.mkdocs.org/user-guide/plugins/#events."""

from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from scripts.docs.pages import PAGES, ROOT

# Folders with pages and pictures of their own, which are part of the site where they are.
FOLDERS = ("benchmarks", "evaluation")
SUFFIXES = (".md", ".png", ".svg")


DECISIONS = "Decisions"


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """List every decision record in the navigation."""
    folder = Path(config.docs_dir)
    records = [file.relative_to(folder).as_posix() for file in sorted((folder / "adr").glob("*.md"))]
    for section in config.nav or []:
        if DECISIONS in section:
            section[DECISIONS] = records
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the generated pages, and the pages that are kept elsewhere in the repository."""
    for path, generate in PAGES.items():
        files.append(File.generated(config, path, content=generate()))
    for folder in FOLDERS:
        for source in sorted((ROOT / folder).rglob("*")):
            if source.suffix in SUFFIXES:
                name = source.relative_to(ROOT).as_posix()
                files.append(File.generated(config, name, abs_src_path=str(source)))
    return files


def on_page_markdown(markdown: str, page: Page, **_: object) -> str:
    """Change links between `docs/` and FOLDERS, which lie next to each other in the repository only."""
    for folder in FOLDERS:
        markdown = markdown.replace(f"](../../{folder}/", f"](../{folder}/")
        if "/" not in page.file.src_uri:
            markdown = markdown.replace(f"](../{folder}/", f"]({folder}/")
    if page.file.src_uri.startswith(FOLDERS):
        markdown = markdown.replace("](../docs/", "](../")
    return markdown
