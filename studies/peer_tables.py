"""The table of studies/tune_vs_peers.py."""
from markdown import gap_cells, markdown, pm
from statistics_of import DIVERGED

NAMES = {"tune": "`coldstart tune`", "default": "AdamW 6e-4, 5 % warmup, cosine",
         "start": "one run at what `tune` begins at",
         "random": "random search, 4 runs", "halving": "successive halving on raw curves"}


def by_arm(records, text):
    """arm -> seed -> test loss; a diverged run counts as guessing."""
    arms = {}
    for record in records:
        if record["text"] == text:
            loss = record["test_loss"]
            arms.setdefault(record["arm"], {})[record["seed"]] = DIVERGED if loss is None else loss
    return arms


def peer_table(records):
    rows = []
    for text in dict.fromkeys(record["text"] for record in records):
        arms = by_arm(records, text)
        for arm, name in NAMES.items():
            if arm not in arms:
                continue
            tokens = max(r["tokens"] for r in records if r["text"] == text and r["arm"] == arm)
            gap = ["", "", str(len(arms[arm]))] if arm == "tune" else \
                gap_cells(arms[arm], arms["tune"])
            rows.append([f"`{text}`", name, f"{tokens / 1e6:.2f}", pm(arms[arm].values()), *gap])
    return markdown(["text", "arm", "Mtokens", "test loss", "minus tune ± SE", "it is", "seeds"], rows)
