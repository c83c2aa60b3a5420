"""Trains `desensitize/names.crf` on made-up sentences and on the portal's own words.

    python tools/train_names.py

The sentences come from `desensitize/training.py`; what nobody is named in are the Chinese texts of
the portal's pages. Nothing of another's corpus is in it, and nothing of the tests.
"""

from __future__ import annotations

import re
from pathlib import Path

from babel.messages.pofile import read_po
from pycrfsuite import Trainer

from desensitize import crf, training

ROOT = Path(__file__).parents[1]
SENTENCES = 60_000
SEED = 20_261_122
_cut = re.compile(r"[。；\n]")


def plain() -> list[str]:
    """Chinese texts that name nobody: the translations of the portal's pages."""
    found: set[str] = set()
    for path in sorted(ROOT.glob("*/**/i18n/zh_Hans_CN.po")):
        if ".venv" in path.parts:
            continue
        with path.open("rb") as file:
            for message in read_po(file):
                texts = message.string if isinstance(message.string, tuple) else (message.string,)
                for text in texts:
                    found.update(p.strip() for p in _cut.split(text) if 2 <= len(p.strip()) <= 60)
    return sorted(found)


def sentences() -> list[training.Marked]:
    """What the model is trained on."""
    return training.sentences(SENTENCES, SEED, plain())


def main() -> None:
    """Writes the model."""
    trainer = Trainer(algorithm="lbfgs", verbose=False)
    trainer.set_params({"c1": 0.3, "c2": 0.01, "max_iterations": 80, "feature.minfreq": 3})
    for text, names in sentences():
        tags = ["O"] * len(text)
        for start, end in names:
            tags[start:end] = ["B", *"I" * (end - start - 1)]
        trainer.append(crf.features(text), tags)
    path = ROOT / "desensitize" / crf.MODEL
    trainer.train(str(path))
    print(f"{path.name}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
