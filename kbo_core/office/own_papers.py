"""What an office set up for its letters: form and digits by its surroundings, Word templates in its home."""

import os
from pathlib import Path

from kbo_core.documents.letter_samples import TRIALS, shipped_templates
from kbo_core.documents.paper_style import Face, Form, PaperStyle
from kbo_core.domain.findings import Finding, RefusedError, block, refused

_DIGITS = {"thai": True, "arabic": False}
_FORMS = {form.value: form for form in Form}
_FACES = {face.value: face for face in Face}


def paper_style(form: str = "", digits: str = "", face: str = "") -> PaperStyle:
    """The office's style: what is asked for here, else ``KBO_LETTER_FORM``, ``KBO_LETTER_DIGITS`` and
    ``KBO_LETTER_FACE``, else a letter in Thai digits whose Word document carries its own face.

    Raises RefusedError for a word that is neither.
    """
    form = form or os.environ.get("KBO_LETTER_FORM") or Form.LETTER.value
    digits = digits or os.environ.get("KBO_LETTER_DIGITS") or "thai"
    face = face or os.environ.get("KBO_LETTER_FACE") or Face.SARABUN.value
    for name, value, known in (
        ("KBO_LETTER_FORM", form, _FORMS),
        ("KBO_LETTER_DIGITS", digits, _DIGITS),
        ("KBO_LETTER_FACE", face, _FACES),
    ):
        if value not in known:
            raise refused(
                "letter-setting",
                name,
                f'ไม่รู้จักค่า "{value}" เลือกจาก: {", ".join(known)}',
                f'"{value}" is not known; choose one of: {", ".join(known)}',
            )
    return PaperStyle(_FORMS[form], _DIGITS[digits], _FACES[face])


def letters_folder(home: Path) -> Path:
    """Where an office keeps its own templates of letters."""
    return home / "templates" / "letters"


def own_template(home: Path, name: str) -> bytes | None:
    """The office's own template of a letter; None where it uses the shipped one."""
    file = letters_folder(home) / name
    return file.read_bytes() if file.is_file() else None


def write_letters(home: Path, style: PaperStyle) -> list[str]:
    """Put the shipped templates into the home, to be edited; the names of those written. None is overwritten."""
    folder = letters_folder(home)
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, content in shipped_templates(style).items():
        if not (folder / name).exists():
            (folder / name).write_bytes(content)
            written.append(name)
    return written


def check_own_letters(home: Path) -> list[str]:
    """Try the office's settings and its own templates on sample facts; the names of the templates that it has.

    Raises RefusedError for a setting that is not known, or naming every template that cannot be used.
    """
    paper_style()
    own = sorted(f.name for f in letters_folder(home).glob("*.docx") if not f.name.startswith("~$"))
    faults: list[Finding] = []
    for name in own:
        if name not in TRIALS:
            faults.append(_unknown(name))
            continue
        try:
            TRIALS[name]((letters_folder(home) / name).read_bytes())
        except RefusedError as refusal:
            faults += refusal.findings
    if faults:
        raise RefusedError(*faults)
    return own


def _unknown(name: str) -> Finding:
    usable = ", ".join(TRIALS)
    return block(
        "letter-template-unknown-file",
        name,
        f"ไม่มีหนังสือชื่อนี้ แม่แบบนี้จึงไม่ถูกใช้ เปลี่ยนชื่อเป็นชื่อใดชื่อหนึ่งต่อไปนี้ หรือนำออกไป: {usable}",
        f"no letter has this name, so the template is never used; rename it to one of these or take it away: {usable}",
    )
