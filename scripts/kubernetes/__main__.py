"""`make kubernetes`: write the rendered files of deploy/kubernetes, and the names in the schema of values."""

from scripts.kubernetes import render, settings_names


def main() -> None:
    """Write the schema, then what Helm renders."""
    # Helm reads the schema.
    settings_names.SCHEMA.write_text(settings_names.schema(), encoding="utf-8")
    for file, text in render.files().items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
