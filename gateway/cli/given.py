"""What people type for a mapping: its name, or its file."""

from pathlib import Path

from gateway.mapping.diagnose import Diagnostic, MappingError, Place


def name_mapping(text: str) -> tuple[str, tuple[Path, ...]]:
    """The mapping's name, and the folder to search first when it is given by its file. MappingError: no such file."""
    file = Path(text)
    is_named = file.suffix == ".yaml" or "/" in text
    if not is_named and not file.is_file():
        return text, ()
    if not file.is_file():
        what = "this is a directory" if file.is_dir() else "there is no such mapping file"
        raise MappingError([Diagnostic("E123", what, Place(text), "name a mapping, or its file: my-vendor.yaml")])
    if file.suffix != ".yaml":
        hint = f"call it {file.with_suffix('.yaml')}"
        raise MappingError([Diagnostic("E123", "the name of a mapping's file ends in .yaml", Place(text), hint)])
    return file.stem, (file.parent,)
