"""Arguments and options that many commands take."""

from typing import Annotated

import typer

Cycle = Annotated[str, typer.Argument(help="the cycle's name, e.g. kbo-2568-56")]
District = Annotated[str, typer.Argument(help="district code, e.g. 5601")]
By = Annotated[str, typer.Option("--by", help="who decides this")]
Reason = Annotated[str, typer.Option("--reason", help="why")]
