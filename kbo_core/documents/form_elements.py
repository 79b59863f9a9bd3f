"""The elements of an XML part, one after the other: nothing is kept that a handler does not keep."""

from xml.parsers import expat


class Handler:
    """What happens at the beginning of an element, at its end and at text; names come without prefix."""

    def begin(self, name: str, attributes: dict[str, str]) -> None: ...

    def end(self, name: str) -> None: ...

    def text(self, text: str) -> None: ...


def walk(part: bytes, handler: Handler) -> None:
    """Hand every element of a screened part to the handler. Raises ``ExpatError`` where it is not well-formed."""
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def begin(name: str, attributes: dict[str, str]) -> None:
        handler.begin(name.rpartition(":")[2], {key.rpartition(":")[2]: value for key, value in attributes.items()})

    def end(name: str) -> None:
        handler.end(name.rpartition(":")[2])

    parser.StartElementHandler, parser.EndElementHandler = begin, end
    parser.CharacterDataHandler = handler.text
    parser.Parse(part, True)
