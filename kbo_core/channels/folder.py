"""Messages as ``.eml`` files in a folder: opened with any mail program, carried by hand or by a mail gateway."""

import os
from collections.abc import Mapping
from pathlib import Path

from kbo_core.channels.channel import DeliveryError, Outgoing
from kbo_core.domain.delivery import Answer, Outcome


class FolderChannel:
    """One file a message, named by its key: the same message is the same file, however often it is sent."""

    name = "folder"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, message: Outgoing) -> Mapping[str, Answer]:
        place = self._folder / f"{message.key}.eml"
        unfinished = place.with_suffix(f".{os.getpid()}.part")
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            unfinished.write_bytes(message.content)
            unfinished.replace(place)
        except OSError as error:
            raise DeliveryError(f"{place.parent}: {error.strerror}") from error
        return dict.fromkeys(message.recipients, Answer(Outcome.ACCEPTED))
