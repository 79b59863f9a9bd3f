"""What every part of a cycle definition has in common."""

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """A frozen piece of the definition; an unknown key is refused by name."""

    model_config = ConfigDict(extra="forbid", frozen=True)
