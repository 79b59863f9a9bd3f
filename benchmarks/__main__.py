"""``python -m benchmarks``: measure everything, write the page. Nothing here passes or fails but a wrong answer."""

import argparse
import tempfile
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console
from rich.markdown import Markdown

from benchmarks.page import disagreements, page
from benchmarks.plan import TABLES, Figure, run
from kbo_core.clock import now
from kbo_core.domain.thai_dates import BANGKOK


def main() -> None:
    """Run the sizes asked for, one after another."""
    asked = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    asked.add_argument("--products", default="20000,250000,2500000", help="sizes, separated by commas")
    asked.add_argument("--only", default=",".join(TABLES), help="tables of the page, separated by commas")
    asked.add_argument("--out", type=Path, help="the page to write, docs/performance.md for one; else it is only shown")
    asked.add_argument("--timeout", type=float, default=900, help="seconds after which a step is given up")
    asked.add_argument(
        "--folder", type=Path, help="where to make the data and leave it (some 3 GB at the largest size)"
    )
    asked.add_argument("--sessions", type=int, default=200, help="districts at their desks at once; 0: none")
    told = asked.parse_args()
    sizes = sorted({int(size) for size in told.products.split(",")})
    console = Console(stderr=True)
    figures: list[Figure] = []
    day = now().astimezone(BANGKOK).date()  # before the crowd sets a clock of its own
    with tempfile.TemporaryDirectory() as place, console.status("…") as status:
        for products in sizes:
            for figure in run(told.folder or Path(place), products, told.only.split(","), told.timeout, status.update):
                figures.append(figure)
                console.print(_line(figure), highlight=False)
    crowd: Mapping[str, float] = {}
    if told.sessions:
        # Not before: what a step is told to have taken begins with what its parent has.
        from benchmarks.crowd import measure

        with tempfile.TemporaryDirectory() as place:
            crowd = measure(Path(place), told.sessions)
    text = page(figures, day, crowd)
    if told.out:
        told.out.write_text(text, encoding="utf-8")
    Console().print(Markdown(text))
    if wrong := disagreements(figures):
        raise SystemExit(f"other answers than ours: {', '.join(wrong)}")


def _line(figure: Figure) -> str:
    measured = figure.measured
    shown = measured if isinstance(measured, str) else f"CPU {measured.cpu:.4f} s, {measured.peak_mib:,.0f} MiB"
    return f"{figure.products:>9,}  {figure.table:<10}  {figure.title}: {shown}"


if __name__ == "__main__":
    main()
