"""What the editor shows and sends, as a browser does; and what a hostile author might send."""

from html.parser import HTMLParser
from typing import Any

from euthymia.web.house import House
from tests.web.author_house import Browser

FILE = "parameters/refractoriness.yaml"

OUTSIDE = [
        "../pyproject.toml", "../rules/sources.yaml", "/etc/passwd", "safety/../../x.yaml", "safety/x.yml", "safety/x.py", "new.yaml",
        "nowhere/new.yaml", "schemas/new.yaml", "schemas/rules.schema.json", "safety/.hidden.yaml", "safety//x.yaml", "", "safety",
        "link.yaml", "linked/criterion-a.yaml", "safety/x.yaml\n", "safety/X.yaml", "safety\\x.yaml", "safety/\0.yaml",
    ]  # fmt: skip
HOSTILE = [
    ("a: &x [1]\nb: *x\n", "alias"),
    ("!!python/object/apply:os.system ['true']\n", "tags"),
    (f"rules: {'[' * 5_000}\n", "deep"),
    ("rules: [" + "1," * 30_000 + "1]\n", ""),
    (f"title: {'x' * 320_000}\n", "longer than 300,000"),
    ("\t\x00\x07", "YAML"),
    ("", "empty"),
    ("just words\n", "mapping"),
    ("schema: euthymia.rules/1\ntitle: t\nrules:\n" + "  - {id: a, title: t, kind: rule, when: always}\n" * 500, "defined twice"),
]


class Field(HTMLParser):
    """The text of the editor and the version that it showed, as a browser would read them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text, self.seen, self._inside = "", "", False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._inside = tag == "textarea"
        if given.get("name") == "seen":
            self.seen = given["value"] or ""

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.text += data

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "textarea"


def opened_file(browser: Browser, path: str) -> Field:
    page = browser.get("/rules/edit", path=path)
    assert page.status_code == 200
    field = Field(page.text)
    field.text = field.text.removeprefix("\n")
    return field


def save(browser: Browser, path: str, text: str, seen: str = "0") -> Any:
    return browser.post("/rules/edit", path=path, text=text.replace("\n", "\r\n"), seen=seen, do="save")


def in_force(house: House, path: str) -> str:
    return (house.settings.rules / path).read_text(encoding="utf-8")


def longer(house: House) -> str:
    """The shortest medication trial that counts, made longer."""
    text = in_force(house, FILE)
    return text.replace("    value: 4\n    unit: weeks", "    value: 30\n    unit: weeks", 1)
