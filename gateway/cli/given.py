"""What people type for a mapping: its name, or its file."""

from pathlib import Path


def name_mapping(text: str) -> tuple[str, tuple[Path, ...]]:
    """The mapping's name, and the folder to search first when it is given by its file. OSError: no such file."""
    file = Path(text)
    if file.suffix != ".yaml" and "/" not in text:
        return text, ()
    if not file.is_file():
        raise FileNotFoundError(2, "there is no such mapping file", text)
    return file.stem, (file.parent,)
