"""Makes torchmetrics.txt: mean absolute error and R² of each output, for numbers that are drawn as regression_test.cpp draws them.

    python3 -m venv VENV && VENV/bin/pip install torch torchmetrics
    VENV/bin/python torchmetrics_reference.py torchmetrics.txt

Made with torchmetrics 1.9.
"""
import sys
from pathlib import Path

import torch
from torchmetrics import MeanAbsoluteError, R2Score

sys.path.insert(0, str(Path(__file__).parent.parent / "ops"))
from reference_random import ReferenceRandom  # noqa: E402

lines = []
random = ReferenceRandom(4)
for rows, outputs in ((2, 1), (5, 3), (100, 2), (400, 1)):
    target = torch.tensor([[random.below(2001) / 8 - 100 for _ in range(outputs)] for _ in range(rows)], dtype=torch.float64)
    preds = target + torch.tensor([[random.below(401) / 8 - 25 for _ in range(outputs)] for _ in range(rows)], dtype=torch.float64)
    errors = MeanAbsoluteError(num_outputs=outputs).set_dtype(torch.float64)
    scores = R2Score(multioutput="raw_values").set_dtype(torch.float64)
    mean = R2Score(multioutput="uniform_average").set_dtype(torch.float64)
    for metric in (errors, scores, mean):
        metric.update(preds.squeeze(1), target.squeeze(1))
    numbers = torch.cat([errors.compute().reshape(-1), scores.compute().reshape(-1), mean.compute().reshape(-1)])
    lines.append(" ".join(f"{value:.12g}" for value in numbers.tolist()))
Path(sys.argv[1]).write_text("\n".join(lines) + "\n")
