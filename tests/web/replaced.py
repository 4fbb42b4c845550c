"""The digest of the rules by which a worker decides, before and after the folder was changed and the worker died. A process of its own."""

import sys
from contextlib import suppress
from pathlib import Path

from euthymia.resources import bundled
from euthymia.web.charts import work
from euthymia.web.workers import NotDecided, Workers
from tests.web.tasks import die


def main(rules: Path) -> None:
    workers = Workers(rules, bundled("templates"), 1)
    print(workers.call("now", "chart", work.ready))
    changed = rules / "parameters" / "refractoriness.yaml"
    changed.write_text(changed.read_text(encoding="utf-8").replace("value: 4\n", "value: 20\n", 1), encoding="utf-8")
    with suppress(NotDecided):
        workers.call("now", "chart", die)
    print(workers.call("now", "chart", work.ready))
    workers.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
