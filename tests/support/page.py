"""Pages read as a browser reads them."""

import html.parser


class Page(html.parser.HTMLParser):
    """What a page has: texts by tag, links within them as their words; ids by tag; everything that it would load."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.links: list[str] = []
        self.open: list[str] = []
        self.texts: dict[str, list[str]] = {}
        self.ids: dict[str, list[str]] = {}
        self.alts: list[str] = []
        self._said: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "a":
            self.links.append(found.get("href") or "")
            return
        self._flush()
        if tag not in ("meta", "img", "link", "br"):
            self.open.append(tag)
        if tag == "img":
            self.alts.append(found.get("alt") or "")
        if name := found.get("id"):
            self.ids.setdefault(tag, []).append(name)
        self.loads += [value or "" for name, value in attrs if name in ("src", "href", "srcset", "data")]

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            return
        self._flush()
        assert self.open.pop() == tag, f"{tag} closes nothing"

    def handle_data(self, data: str) -> None:
        self._said.append(data)

    def _flush(self) -> None:
        text = " ".join("".join(self._said).split())
        self._said = []
        if self.open and text:
            self.texts.setdefault(self.open[-1], []).append(text)

    @property
    def figures(self) -> list[str]:
        """Names of the figures, in order."""
        return [name.removeprefix("figure-") for name in self.ids.get("figure", [])]

    @property
    def titles(self) -> list[str]:
        """Headings, and what stands over what is folded."""
        return [text for tag in ("h2", "h3", "summary") for text in self.texts.get(tag, [])]
