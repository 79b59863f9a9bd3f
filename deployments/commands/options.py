"""Arguments and options that many commands take."""

from typing import Annotated

import typer


def _said(text: str) -> str:
    """A name or a reason that is not blank: nothing is decided by nobody, or for no reason."""
    if not text.strip():
        raise typer.BadParameter("must not be blank")
    return text.strip()


Cycle = Annotated[str, typer.Argument(help="the cycle's name, e.g. kbo-2568-56")]
District = Annotated[str, typer.Argument(help="district code, e.g. 5601")]
By = Annotated[str, typer.Option("--by", help="who decides this", callback=_said)]
Reason = Annotated[str, typer.Option("--reason", help="why", callback=_said)]
