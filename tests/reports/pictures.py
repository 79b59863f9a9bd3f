"""``python -m tests.reports.pictures``: the pictures of ``docs/pictures`` that are of papers, made anew.

Of a demo's papers, and of two overdue districts' letter; LibreOffice, which must be there, opens the Word document. All
names are made up.
"""

import argparse
import subprocess
import tempfile
from pathlib import Path

import pypdfium2
from PIL import Image

from deployments.demo.run import run_demo
from kbo_core.documents.follow_up import follow_up_pdf
from kbo_core.documents.paper_style import HOUSE_STYLE
from kbo_core.office.drafting import covering_letters
from kbo_core.office.office import open_office
from tests.unit.sample_papers import follow_up

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
_CYCLE, _DISTRICT = "kbo-2568-56-demo", "5605"
_SCALE = 1.4  # pixels a point


def main() -> None:
    """Make them all."""
    parser = argparse.ArgumentParser(prog="python -m tests.reports.pictures", description=__doc__)
    parser.add_argument("--out", type=Path, default=FOLDER)
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        run_demo(folder / "demo", 1)
        reports = folder / "demo" / "home" / "reports" / _CYCLE / "v1"
        for name, paper in (("report", "report"), ("public-report", "public-report")):
            _keep([page(reports / f"{paper}-{_CYCLE}-v1.pdf", 0)], out / f"{name}-page-1.png")
        _keep([page(reports / f"report-{_CYCLE}-v1.pdf", -1)], out / "report-provenance.png")
        _keep([page(reports / f"letter-{_CYCLE}-v1.pdf", 0)], out / "report-letter.png")

        office = open_office(folder / "demo" / "home")
        for name, content in covering_letters(office, _CYCLE, [_DISTRICT], HOUSE_STYLE):
            (folder / f"letter{Path(name).suffix}").write_bytes(content)
        office.database.close()
        (folder / "follow-up.pdf").write_bytes(follow_up_pdf(follow_up("5607", "5605")))
        _keep([page(folder / "letter.pdf", 0)], out / f"letter-{_DISTRICT}.png", 640)
        _keep([page(folder / "letter.pdf", 2)], out / f"candidates-{_DISTRICT}.png", 640)
        _keep([page(folder / "follow-up.pdf", 0)], out / "follow-up-letter.png", 640)
        opened = _opened_in_libreoffice(folder / "letter.docx")
        _keep([page(folder / "letter.pdf", 0), page(opened, 0)], out / "letter-libreoffice.png", 640)


def page(pdf: Path, number: int) -> Image.Image:
    """One page; a negative number counts from the end."""
    document = pypdfium2.PdfDocument(pdf)
    picture: Image.Image = document[number % len(document)].render(scale=_SCALE).to_pil()
    return picture.convert("RGB")


def _opened_in_libreoffice(paper: Path) -> Path:
    folder = paper.parent / "libreoffice"
    command = ["soffice", "--headless", f"-env:UserInstallation={folder.as_uri()}", "--convert-to", "pdf"]
    subprocess.run([*command, "--outdir", str(folder), str(paper)], check=True, capture_output=True, timeout=300)
    return folder / paper.with_suffix(".pdf").name


def _keep(pages: list[Image.Image], path: Path, height: int = 842) -> None:
    """The pages side by side, down to a height in points, in 256 colours."""
    width = sum(each.width for each in pages) + 4 * (len(pages) - 1)
    whole = Image.new("RGB", (width, round(height * _SCALE)), (120, 120, 120))
    at = 0
    for each in pages:
        whole.paste(each, (at, 0))
        at += each.width + 4
    whole.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)


if __name__ == "__main__":
    main()
